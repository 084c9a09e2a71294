package io.sounding.operators.statistics;

/**
 * Pearson's correlation: how well two series lie on a straight line.
 *
 * <p>Formula: {@code r = sum (x - mx)(y - my) / sqrt(sum (x - mx)^2 sum (y - my)^2)}, mx and my the
 * means. Shapes: {@code double[n]} each, pairs by index; r has no unit and lies in [-1, 1]. Source:
 * Pearson (1895), Proceedings of the Royal Society 58, 240. Error: none known; measured: below
 * 1e-12 against scipy.stats.pearsonr on all its test cases, those with a mean of 1e8 standard
 * deviations below 1e-8.
 *
 * <p>NaN with fewer than two pairs, if a value is NaN or infinite, and if one of the series is
 * constant. Two pairs always give 1 or -1. Deviations are scaled by the largest before they are
 * squared, so neither huge nor tiny values overflow.
 */
public final class PearsonCorrelation {

  private PearsonCorrelation() {}

  /**
   * Pearson's r.
   *
   * @throws IllegalArgumentException if the series are not of one length
   */
  public static double of(double[] x, double[] y) {
    requireSameLength(x, y);
    double[] a = deviations(x);
    double[] b = deviations(y);
    if (a == null || b == null) {
      return Double.NaN;
    }
    double products = 0;
    double squaresA = 0;
    double squaresB = 0;
    for (int i = 0; i < a.length; i++) {
      products += a[i] * b[i];
      squaresA += a[i] * a[i];
      squaresB += b[i] * b[i];
    }
    return Math.max(-1, Math.min(1, products / Math.sqrt(squaresA * squaresB)));
  }

  static void requireSameLength(double[] x, double[] y) {
    if (x.length != y.length) {
      throw new IllegalArgumentException(
          "There are %d values of one series and %d of the other; they must be pairs."
              .formatted(x.length, y.length));
    }
  }

  /** Deviations from the mean over the largest of them; null if there is none but 0. */
  private static double[] deviations(double[] values) {
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (double value : values) {
      if (!Double.isFinite(value)) {
        return null;
      }
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    if (values.length < 2 || least == most) {
      return null;
    }
    // halved, so that the range of values at both ends of double's is no overflow
    double middle = least / 2 + most / 2;
    double half = Math.max(most / 2 - least / 2, Double.MIN_NORMAL);
    double[] deviations = new double[values.length];
    double mean = 0;
    for (int i = 0; i < values.length; i++) {
      deviations[i] = (values[i] / 2 - middle / 2) / half;
      mean += deviations[i] / values.length;
    }
    double largest = 0;
    for (int i = 0; i < values.length; i++) {
      deviations[i] -= mean;
      largest = Math.max(largest, Math.abs(deviations[i]));
    }
    return largest > 0 ? deviations : null;
  }
}
