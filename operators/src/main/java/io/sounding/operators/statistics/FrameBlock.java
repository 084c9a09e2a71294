package io.sounding.operators.statistics;

/**
 * Rows that are added together, their mean and their norms.
 *
 * @param rows {@code [count * d]} or longer, row-major
 * @param count number of rows
 * @param dimension d
 * @param mean {@code [d]}; zeros when there is no row
 * @param squaredNorms of each row, {@code [count]}
 */
record FrameBlock(float[] rows, int count, int dimension, double[] mean, double[] squaredNorms) {

  /**
   * The first {@code count} rows. Their mean is summed as differences from the first row: {@code
   * x_0 + (1/n) sum (x_i - x_0)}. Exact when all rows are equal, and without cancellation when the
   * mean is large against the spread.
   */
  static FrameBlock of(float[] rows, int count, int dimension) {
    double[] first = new double[dimension];
    for (int j = 0; j < dimension && count > 0; j++) {
      first[j] = rows[j];
    }
    double[] mean = new double[dimension];
    double[] squaredNorms = new double[count];
    for (int i = 0; i < count; i++) {
      squaredNorms[i] = addDifferences(rows, i * dimension, first, mean);
    }
    for (int j = 0; j < dimension && count > 0; j++) {
      mean[j] = first[j] + mean[j] / count;
    }
    return new FrameBlock(rows, count, dimension, mean, squaredNorms);
  }

  /**
   * Adds the differences of a row from the first one to their sums, in one pass with its squared
   * norm, which is returned: what takes time is making float64 of float32. Four partial sums.
   */
  private static double addDifferences(float[] rows, int start, double[] first, double[] sums) {
    double a = 0;
    double b = 0;
    double c = 0;
    double e = 0;
    int j = 0;
    for (; j + 3 < first.length; j += 4) {
      double va = rows[start + j];
      double vb = rows[start + j + 1];
      double vc = rows[start + j + 2];
      double ve = rows[start + j + 3];
      sums[j] += va - first[j];
      sums[j + 1] += vb - first[j + 1];
      sums[j + 2] += vc - first[j + 2];
      sums[j + 3] += ve - first[j + 3];
      a += va * va;
      b += vb * vb;
      c += vc * vc;
      e += ve * ve;
    }
    for (; j < first.length; j++) {
      double value = rows[start + j];
      sums[j] += value - first[j];
      a += value * value;
    }
    return (a + b) + (c + e);
  }
}
