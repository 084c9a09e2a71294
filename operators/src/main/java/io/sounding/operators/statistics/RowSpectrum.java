package io.sounding.operators.statistics;

import java.util.Arrays;

/**
 * Eigenvalues of BᵀB, B few rows of many dimensions or many of few, by the smaller of the Gram
 * matrices BBᵀ and BᵀB; and B shrunk to fewer rows.
 *
 * <p>Error: eigenvalues within {@link #rounding} (2.2e-16 times the size and 16 times the largest).
 * Squaring costs nothing here: what is kept of B is an orthogonal mixture of its rows with factors
 * of at most 1, so that the shrunk BᵀB is below the former up to a relative 1e-15, whatever the
 * error of an eigenvalue (with more rows than dimensions, up to {@link #rounding}). No rows: no
 * eigenvalues.
 */
final class RowSpectrum {
  private RowSpectrum() {}

  /** How far an eigenvalue is off at most. */
  static double rounding(int size, double largest) {
    return 0x1p-52 * (size + 16) * largest;
  }

  /** {@code rows[used * d]}; min(used, d) eigenvalues, descending, none negative. */
  static double[] eigenvalues(double[] rows, int d) {
    return nonNegative(decompose(rows, rows.length / d, d, false).values());
  }

  /**
   * B with its weakest directions taken off.
   *
   * @param rows B' {@code [kept * d]}
   * @param kept number of rows of B'
   * @param shrinkage least delta known with 0 ≤ BᵀB - B'ᵀB' ≤ delta I
   * @param rounding how far both inequalities may be off
   */
  record Shrunk(double[] rows, int kept, double shrinkage, double rounding) {}

  /**
   * Keeps the {@code most} strongest directions; the last {@code weakened} of them lose delta, the
   * eigenvalue of the first that is not kept.
   */
  static Shrunk shrink(double[] rows, int used, int d, int most, int weakened) {
    SymmetricEigen eigen = decompose(rows, used, d, true);
    double[] values = nonNegative(eigen.values());
    int size = values.length;
    double delta = size > most ? values[most] : 0;
    int kept = 0;
    double[] factors = new double[Math.min(most, size)];
    for (int i = 0; i < factors.length; i++) {
      double value = i < most - weakened ? values[i] : Math.max(0, values[i] - delta);
      // factors of B's own directions, or lengths of new rows along orthonormal directions
      factors[i] =
          used <= d ? (values[i] > 0 ? Math.sqrt(value / values[i]) : 0) : Math.sqrt(value);
      if (factors[i] > 0) {
        kept = i + 1;
      }
    }
    double[] mixture = new double[kept * size];
    for (int i = 0; i < kept; i++) {
      for (int j = 0; j < size; j++) {
        mixture[i * size + j] = factors[i] * eigen.vectors()[i * size + j];
      }
    }
    double[] shrunk = mixture;
    if (used <= d) {
      shrunk = new double[kept * d];
      if (kept > 0) {
        Products.multiply(mixture, kept, transposed(rows, used, d), d, used, shrunk);
      }
    }
    return new Shrunk(shrunk, kept, delta, rounding(size, values[0]));
  }

  private static SymmetricEigen decompose(double[] rows, int used, int d, boolean vectors) {
    int size = Math.min(used, d);
    if (size == 0) {
      return new SymmetricEigen(new double[0], new double[0]);
    }
    double[] gram = new double[size * size];
    if (used <= d) {
      Products.multiply(rows, used, rows, used, d, gram);
    } else {
      Products.addGram(rows, used, d, gram);
    }
    return SymmetricEigen.of(gram, size, vectors);
  }

  private static double[] transposed(double[] rows, int used, int d) {
    double[] columns = new double[used * d];
    for (int i = 0; i < used; i++) {
      for (int j = 0; j < d; j++) {
        columns[j * used + i] = rows[i * d + j];
      }
    }
    return columns;
  }

  private static double[] nonNegative(double[] values) {
    return Arrays.stream(values).map(value -> Math.max(0, value)).toArray();
  }
}
