package io.sounding.operators.statistics;

import java.util.Arrays;

/** A point in the middle of rows, about which they keep their digits in float32. */
final class RobustCentre {
  /** Rows of which the median is taken. */
  private static final int MEDIAN_OF = 64;

  /** Spreads that the mean may lie off: they cost float32 three of its seven digits. */
  private static final double OFF = 1024;

  private RobustCentre() {}

  /**
   * The mean of the rows, unless some that are far out draw it so far from the others that these
   * would lose their digits: then the median of each coordinate of the first {@value #MEDIAN_OF}.
   */
  static double[] of(float[] rows, int size, int dimension) {
    double[] mean = FrameBlock.of(rows, size, dimension).mean();
    int some = Math.min(size, MEDIAN_OF);
    double[] median = new double[dimension];
    double[] values = new double[some];
    double[] squared = new double[some];
    double off = 0;
    for (int j = 0; j < dimension; j++) {
      for (int i = 0; i < some; i++) {
        values[i] = rows[i * dimension + j];
      }
      double[] ascending = values.clone();
      Arrays.sort(ascending);
      median[j] = ascending[some / 2];
      for (int i = 0; i < some; i++) {
        squared[i] += (values[i] - median[j]) * (values[i] - median[j]);
      }
      off += (mean[j] - median[j]) * (mean[j] - median[j]);
    }
    Arrays.sort(squared);
    return off > OFF * OFF * squared[some * 3 / 4] ? median : mean;
  }
}
