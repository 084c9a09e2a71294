package io.sounding.operators.statistics;

/**
 * Spearman's correlation: how well two series agree in their order.
 *
 * <p>Formula: {@code rho} is Pearson's r of the average ranks. Given a third series z it is
 * partial, {@code (rxy - rxz ryz) / sqrt((1 - rxz^2)(1 - ryz^2))} of the three rho: the correlation
 * of what a straight line in the ranks of z leaves of the ranks of x and y. Shapes: {@code
 * double[n]} each, by index; no unit, in [-1, 1]. Source: Spearman (1904), American Journal of
 * Psychology 15, 72; Kendall and Gibbons, Rank Correlation Methods (1990), chapters 1 and 3 for
 * ties, 8 for partial correlation. Error: ranks are exact, so that of a few operations; measured:
 * below 1e-12 against scipy.stats.spearmanr, and against residuals for partial ones.
 *
 * <p>NaN with fewer than two pairs, if a value is NaN, and if one of the series is constant.
 * Partial: NaN below four (three points leave one degree of freedom, hence 1 or -1), and if z
 * orders x or y completely, since nothing is left. Infinite values are the first or last in order.
 */
public final class SpearmanCorrelation {

  private static final int LEAST_PARTIAL = 4;

  /** Of n up to 10,000, the smallest 1 - r^2 of series that differ in their order is above. */
  private static final double NOTHING_LEFT = 1e-12;

  private SpearmanCorrelation() {}

  /**
   * Spearman's rho.
   *
   * @throws IllegalArgumentException if the series are not of one length
   */
  public static double of(double[] x, double[] y) {
    PearsonCorrelation.requireSameLength(x, y);
    Levels a = Levels.of(x);
    Levels b = Levels.of(y);
    return a.isOrdered() && b.isOrdered()
        ? PearsonCorrelation.of(a.averageRanks(), b.averageRanks())
        : Double.NaN;
  }

  /**
   * Spearman's rho of x and y given z.
   *
   * @throws IllegalArgumentException if the series are not of one length
   */
  public static double given(double[] x, double[] y, double[] z) {
    double xy = of(x, y);
    double xz = of(x, z);
    double yz = of(y, z);
    double leftOfX = 1 - xz * xz;
    double leftOfY = 1 - yz * yz;
    if (x.length < LEAST_PARTIAL || !(leftOfX > NOTHING_LEFT) || !(leftOfY > NOTHING_LEFT)) {
      return Double.NaN;
    }
    double partial = (xy - xz * yz) / Math.sqrt(leftOfX) / Math.sqrt(leftOfY);
    return Math.max(-1, Math.min(1, partial));
  }
}
