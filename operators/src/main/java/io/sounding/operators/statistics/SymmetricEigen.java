package io.sounding.operators.statistics;

import smile.math.blas.UPLO;
import smile.math.matrix.Matrix;

/**
 * Eigenvalues of a symmetric matrix, descending, and its eigenvectors if asked for, by LAPACK
 * through Smile.
 *
 * @param values {@code [size]}
 * @param vectors {@code [size * size]}, row i belonging to value i; null when not asked for
 */
record SymmetricEigen(double[] values, double[] vectors) {
  static {
    OpenBlas.load();
  }

  /** {@code packed[size * (size + 1) / 2]}, the upper triangle by rows. */
  static SymmetricEigen ofPacked(double[] packed, int size, boolean withVectors) {
    double[] upper = new double[Math.multiplyExact(size, size)];
    int position = 0;
    for (int i = 0; i < size; i++) {
      System.arraycopy(packed, position, upper, i * size + i, size - i);
      position += size - i;
    }
    return of(upper, size, withVectors);
  }

  /** {@code upper[size * size]}, row-major, of which the upper triangle is read. */
  static SymmetricEigen of(double[] upper, int size, boolean withVectors) {
    Matrix matrix = new Matrix(size, size);
    for (int i = 0; i < size; i++) {
      for (int j = i; j < size; j++) {
        matrix.set(i, j, upper[i * size + j]);
        matrix.set(j, i, upper[i * size + j]);
      }
    }
    matrix.uplo(UPLO.LOWER);
    Matrix.EVD ascending = matrix.eigen(false, withVectors, true);
    double[] values = new double[size];
    double[] vectors = withVectors ? new double[size * size] : null;
    for (int i = 0; i < size; i++) {
      values[i] = ascending.wr[size - 1 - i];
      for (int j = 0; withVectors && j < size; j++) {
        vectors[i * size + j] = ascending.Vr.get(j, size - 1 - i);
      }
    }
    return new SymmetricEigen(values, vectors);
  }
}
