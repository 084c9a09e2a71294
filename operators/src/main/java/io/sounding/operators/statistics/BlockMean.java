package io.sounding.operators.statistics;

/**
 * Mean of a block of rows, summed as differences from the first row: {@code x_0 + (1/n) sum (x_i -
 * x_0)}. Exact when all rows are equal, and without cancellation when the mean is large against the
 * spread.
 */
final class BlockMean {
  private BlockMean() {}

  /** {@code rows[count * d]} or longer, count at least 1. */
  static double[] of(float[] rows, int count, int d) {
    double[] sum = new double[d];
    for (int i = d; i < count * d; i += d) {
      for (int j = 0; j < d; j++) {
        sum[j] += (double) rows[i + j] - rows[j];
      }
    }
    for (int j = 0; j < d; j++) {
      sum[j] = rows[j] + sum[j] / count;
    }
    return sum;
  }
}
