package io.sounding.operators.statistics;

/**
 * Rows that are added together, and their mean.
 *
 * @param rows {@code [count * d]} or longer, row-major
 * @param count number of rows
 * @param dimension d
 * @param mean {@code [d]}; zeros when there is no row
 */
record FrameBlock(float[] rows, int count, int dimension, double[] mean) {

  /** The first {@code count} rows. */
  static FrameBlock of(float[] rows, int count, int dimension) {
    return new FrameBlock(rows, count, dimension, mean(rows, count, dimension));
  }

  /**
   * Summed as differences from the first row: {@code x_0 + (1/n) sum (x_i - x_0)}. Exact when all
   * rows are equal, and without cancellation when the mean is large against the spread.
   */
  private static double[] mean(float[] rows, int count, int d) {
    double[] sum = new double[d];
    for (int i = d; i < count * d; i += d) {
      for (int j = 0; j < d; j++) {
        sum[j] += (double) rows[i + j] - rows[j];
      }
    }
    for (int j = 0; j < d && count > 0; j++) {
      sum[j] = rows[j] + sum[j] / count;
    }
    return sum;
  }
}
