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

  /**
   * The first {@code count} rows. Their mean is summed as differences from the first row: {@code
   * x_0 + (1/n) sum (x_i - x_0)}. Exact when all rows are equal, and without cancellation when the
   * mean is large against the spread.
   */
  static FrameBlock of(float[] rows, int count, int dimension) {
    return of(rows, count, dimension, row -> {});
  }

  /** The same; {@code visitor} is given each row when it is at hand in float64. */
  static FrameBlock of(float[] rows, int count, int dimension, RowVisitor visitor) {
    double[] first = new double[dimension];
    double[] mean = new double[dimension];
    double[] row = new double[dimension];
    for (int i = 0; i < count; i++) {
      int start = i * dimension;
      // a loop of its own, since one that converts is not made of vector instructions
      for (int j = 0; j < dimension; j++) {
        row[j] = rows[start + j];
      }
      if (i == 0) {
        System.arraycopy(row, 0, first, 0, dimension);
      }
      for (int j = 0; j < dimension; j++) {
        mean[j] += row[j] - first[j];
      }
      visitor.visit(row);
    }
    for (int j = 0; j < dimension && count > 0; j++) {
      mean[j] = first[j] + mean[j] / count;
    }
    return new FrameBlock(rows, count, dimension, mean);
  }

  /** By four partial sums. */
  static double squaredNorm(double[] row) {
    double a = 0;
    double b = 0;
    double c = 0;
    double e = 0;
    int j = 0;
    for (; j + 3 < row.length; j += 4) {
      a += row[j] * row[j];
      b += row[j + 1] * row[j + 1];
      c += row[j + 2] * row[j + 2];
      e += row[j + 3] * row[j + 3];
    }
    for (; j < row.length; j++) {
      a += row[j] * row[j];
    }
    return (a + b) + (c + e);
  }

  /** Takes rows one after the other. */
  interface RowVisitor {

    /** A row, {@code [d]}, which is not kept. */
    void visit(double[] row);
  }
}
