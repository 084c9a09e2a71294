package io.sounding.operators.statistics;

import smile.math.matrix.Matrix;

/** Singular values of a matrix, by LAPACK through Smile. */
final class SingularValues {
  static {
    OpenBlas.load();
  }

  private SingularValues() {}

  /**
   * Their squares, descending.
   *
   * @param rows {@code [n * d]}, row-major
   * @return {@code [min(n, d)]}
   */
  static double[] squared(double[] rows, int dimension) {
    int count = rows.length / dimension;
    if (count == 0) {
      return new double[0];
    }
    Matrix matrix = new Matrix(count, dimension);
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < dimension; j++) {
        matrix.set(i, j, rows[i * dimension + j]);
      }
    }
    double[] values = matrix.svd(false, true).s;
    for (int i = 0; i < values.length; i++) {
      values[i] *= values[i];
    }
    return values;
  }
}
