package io.sounding.operators.statistics;

import java.util.PriorityQueue;

/**
 * An interval that holds RankMe, {@code exp H}, of every spectrum that keeps to {@link
 * EigenvalueBounds}.
 *
 * <p>Formula. Scale to trace 1; let sigma_i = sqrt lambda_i, s = sum sigma, L = sum sigma_i log
 * sigma_i, so that H = -sum p log p = log s - L / s for p = sigma / s. For every t &gt; 0, with
 * kappa = 1 + log t - c,
 *
 * <pre>
 *   H ≤ c  &lt;=&gt;  L - s log s + c s ≥ 0,    and   s log s ≥ s (1 + log t) - t, with equality at t = s.
 * </pre>
 *
 * <p>Highest: {@code max H ≤ sup over kappa of 1 - kappa + log(-D(kappa))}, where {@code D(kappa) =
 * min sum (sigma_i log sigma_i - kappa sigma_i)} over the spectra that keep to the bounds: were H
 * larger, t = s would contradict it. The supremum is over kappa in [1 + log s_min - log m, 1 + log
 * s_max], where t = s and 0 ≤ c ≤ log m can fall. Lowest: {@code min H ≥ 1 - kappa +
 * log(-E(kappa))} for any kappa with {@code E(kappa) = max sum (...)} negative: take t = -E.
 *
 * <p>D and E have one constraint that couples the sigma_i, sum sigma_i^2 = 1. It is replaced by its
 * Lagrangian (weak duality: a valid bound for any multiplier, see {@link EntropyDual}), which
 * leaves a minimum per box. -D is convex in kappa, so between two values of kappa it is below the
 * chord, and log(chord) - kappa has its maximum in closed form: so the supremum is bounded on all
 * of its range with few evaluations. log(-E) - kappa is concave: golden section.
 *
 * <p>The 1e-7 that RankMe adds to each p: sum h(p + e) - h(p), h(x) = -x log x, is a sum of convex
 * decreasing functions of p; so it is at least m times that at 1/m (Jensen), and at most that at
 * the least p_i that the bounds allow.
 *
 * <p>Tightness: the upper end is attained up to the duality gap (a single eigenvalue's worth). The
 * lower end is that of the convex hull of the attainable (s, L), so it may lie somewhat lower than
 * any attainable spectrum. Neither uses more than the bounds say.
 *
 * <p>No eigenvalues, or a trace of 0: 0 to 0.
 *
 * @param low lower end
 * @param high upper end
 */
record RankMeInterval(double low, double high) {

  /** Relative, for the rounding of sums of some thousand terms. */
  private static final double SLACK = 1e-11;

  private static final double RESOLUTION = 2e-4;
  private static final int MOST_CELLS = 300;
  private static final int SECTIONS = 40;
  private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;

  static RankMeInterval of(EigenvalueBounds bounds) {
    int m = bounds.found().length;
    if (m == 0 || bounds.trace() == 0) {
      return new RankMeInterval(0, 0);
    }
    EntropyDual dual = EntropyDual.of(bounds);
    double least = Math.max(dual.leastSum(), Math.sqrt(1 - bounds.traceRounding()));
    double most =
        Math.max(least, Math.min(dual.mostSum(), Math.sqrt(m * (1 + bounds.traceRounding()))));
    double from = Math.log(least) + 1 - Math.log(m);
    double to = Math.log(most) + 1;
    double high =
        Math.min(highest(dual, from, to), Math.log(m)) + dual.mostOfEpsilon(Spectrum.EPSILON, most);
    double low = Math.max(0, lowest(dual, from, to)) + leastOfEpsilon(m);
    return new RankMeInterval(Math.exp(low) * (1 - SLACK), Math.exp(high) * (1 + SLACK));
  }

  private static double lowest(EntropyDual dual, double from, double to) {
    double left = from;
    double right = to + 1;
    double best = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < SECTIONS; i++) {
      double a = right - GOLDEN * (right - left);
      double b = left + GOLDEN * (right - left);
      double atA = entropy(a, -dual.most(a));
      double atB = entropy(b, -dual.most(b));
      best = Math.max(best, Math.max(atA, atB));
      // where E is not negative yet, kappa is too small
      if (atA > atB) {
        right = b;
      } else {
        left = a;
      }
    }
    return best;
  }

  /** Bisects the cells of kappa that matter most, until that gains nothing. */
  private static double highest(EntropyDual dual, double from, double to) {
    PriorityQueue<Cell> cells = new PriorityQueue<>((a, b) -> Double.compare(b.bound(), a.bound()));
    Cell whole = Cell.of(from, -dual.least(from), to, -dual.least(to));
    cells.add(whole);
    double attained = Math.max(entropy(from, whole.atFrom()), entropy(to, whole.atTo()));
    for (int i = 0; i < MOST_CELLS && cells.peek().bound() > attained + RESOLUTION; i++) {
      Cell widest = cells.poll();
      double middle = (widest.from() + widest.to()) / 2;
      double value = -dual.least(middle);
      attained = Math.max(attained, entropy(middle, value));
      cells.add(Cell.of(widest.from(), widest.atFrom(), middle, value));
      cells.add(Cell.of(middle, value, widest.to(), widest.atTo()));
    }
    return cells.peek().bound();
  }

  private static double entropy(double kappa, double value) {
    return value > 0 ? 1 - kappa + Math.log(value) : Double.NEGATIVE_INFINITY;
  }

  private static double leastOfEpsilon(int m) {
    return m * gain(1.0 / m, Spectrum.EPSILON);
  }

  /** h(p + e) - h(p). */
  static double gain(double p, double e) {
    double before = p > 0 ? -p * Math.log(p) : 0;
    return -(p + e) * Math.log(p + e) - before;
  }

  /**
   * An interval of kappa with the values of -D at its ends.
   *
   * @param bound what the entropy is at most there
   */
  private record Cell(double from, double atFrom, double to, double atTo, double bound) {
    static Cell of(double from, double atFrom, double to, double atTo) {
      double slope = (atTo - atFrom) / (to - from);
      double bound = Math.max(entropy(from, atFrom), entropy(to, atTo));
      double peak = slope > 0 && to > from ? from + (slope - atFrom) / slope : from;
      if (peak > from && peak < to) {
        bound = Math.max(bound, entropy(peak, slope));
      }
      return new Cell(from, atFrom, to, atTo, bound);
    }
  }
}
