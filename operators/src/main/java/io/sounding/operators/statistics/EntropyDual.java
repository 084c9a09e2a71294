package io.sounding.operators.statistics;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * Extremes of {@code sum (sigma_i log sigma_i - kappa sigma_i)} over boxes low_i ≤ sigma_i ≤ high_i
 * with {@code sum sigma_i^2 = 1} (up to the rounding of the trace), bounded by the Lagrangian:
 *
 * <pre>
 *   least(kappa) = max over nu of  -nu + sum min over the box of  s log s - kappa s + nu s^2
 *   most(kappa)  = min over nu of  -nu + sum max over the box of  s log s - kappa s + nu s^2
 * </pre>
 *
 * <p>Each nu gives a valid bound, so the search for the best one needs no accuracy. It is by
 * bisection of the derivative {@code sum sigma_i^2 - 1}, nu = sinh(x). Inside a box the extremes of
 * {@code s log s - kappa s + nu s^2} lie at its ends or where {@code log s + 1 - kappa + 2 nu s =
 * 0}, which is the same point for all boxes: for nu ≥ 0 there is one, a minimum; for nu &lt; 0
 * there is none, or a minimum below 1 / (2 |nu|) and a maximum above.
 */
final class EntropyDual {
  private static final int HALVINGS = 60;
  private static final double WIDEST = 40;

  private final double[] low;
  private final double[] high;
  private final double[] lowLog;
  private final double[] highLog;
  private final int[] times;
  private final double traceRounding;

  private EntropyDual(double[] low, double[] high, int[] times, double traceRounding) {
    this.low = low;
    this.high = high;
    this.times = times;
    this.traceRounding = traceRounding;
    DoubleUnaryOperator withLog = value -> value > 0 ? value * Math.log(value) : 0;
    lowLog = Arrays.stream(low).map(withLog).toArray();
    highLog = Arrays.stream(high).map(withLog).toArray();
  }

  /** Boxes of sqrt(lambda / trace), equal ones together. */
  static EntropyDual of(EigenvalueBounds bounds) {
    int m = bounds.found().length;
    double[] low = new double[m];
    double[] high = new double[m];
    int[] times = new int[m];
    int boxes = 0;
    for (int i = 0; i < m; i++) {
      if (i == 0 || bounds.found()[i] != bounds.found()[i - 1]) {
        low[boxes] = Math.sqrt(bounds.low(i) / bounds.trace());
        high[boxes] =
            Math.sqrt(Math.min(1 + bounds.traceRounding(), bounds.high(i) / bounds.trace()));
        high[boxes] = Math.max(low[boxes], high[boxes]);
        boxes++;
      }
      times[boxes - 1]++;
    }
    return new EntropyDual(
        Arrays.copyOf(low, boxes),
        Arrays.copyOf(high, boxes),
        Arrays.copyOf(times, boxes),
        bounds.traceRounding());
  }

  double leastSum() {
    return weighted(low);
  }

  double mostSum() {
    return weighted(high);
  }

  /** Most that adding {@code epsilon} to each share can add to the entropy, sums ≤ mostSum. */
  double mostOfEpsilon(double epsilon, double mostSum) {
    double sum = 0;
    for (int i = 0; i < low.length; i++) {
      sum += times[i] * RankMeInterval.gain(low[i] / mostSum, epsilon);
    }
    return sum;
  }

  /** At most the true minimum. */
  double least(double kappa) {
    return search(kappa, 1);
  }

  /** At least the true maximum. */
  double most(double kappa) {
    return -search(kappa, -1);
  }

  /** max over nu of -nu + sign * sum, sign times the extreme; written for minima. */
  private double search(double kappa, int sign) {
    double best = Double.NEGATIVE_INFINITY;
    double left = -WIDEST;
    double right = WIDEST;
    double[] squares = new double[1];
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (left + right) / 2;
      double multiplier = Math.sinh(middle);
      double value = dual(kappa, multiplier, sign, squares);
      best = Math.max(best, value);
      if (squares[0] > 1) {
        left = middle;
      } else {
        right = middle;
      }
    }
    return best;
  }

  /**
   * -nu trace + sum of the minima of sign * (s log s - kappa s) + nu s^2; leaves sum s^2 there in
   * squares[0].
   */
  private double dual(double kappa, double nu, int sign, double[] squares) {
    double minimum = stationaryMinimum(kappa, sign * nu, sign);
    double minimumValue =
        minimum > 0
            ? sign * (minimum * Math.log(minimum) - kappa * minimum) + nu * minimum * minimum
            : 0;
    double sum = 0;
    double size = 0;
    squares[0] = 0;
    for (int i = 0; i < low.length; i++) {
      double atLow = sign * (lowLog[i] - kappa * low[i]) + nu * low[i] * low[i];
      double atHigh = sign * (highLog[i] - kappa * high[i]) + nu * high[i] * high[i];
      double value = Math.min(atLow, atHigh);
      double where = atLow <= atHigh ? low[i] : high[i];
      if (minimum > low[i] && minimum < high[i] && minimumValue < value) {
        value = minimumValue;
        where = minimum;
      }
      sum += times[i] * value;
      size += times[i] * Math.abs(value);
      squares[0] += times[i] * where * where;
    }
    double rounding = 1e-14 * size + Math.abs(nu) * (traceRounding + 1e-15);
    return sum - nu - rounding;
  }

  /**
   * Where sign * (s log s - kappa s + nu s^2) has its minimum inside: log s + 1 - kappa + 2 nu s
   * crosses 0, upwards for sign 1, downwards for sign -1; 0 when nowhere.
   */
  private static double stationaryMinimum(double kappa, double nu, int sign) {
    double left = -50;
    double right = 1;
    if (nu < 0) {
      double turn = -Math.log(-2 * nu);
      if (turn <= kappa) {
        return 0;
      }
      if (sign > 0) {
        right = Math.min(right, turn);
      } else {
        left = Math.max(left, turn);
      }
    } else if (sign < 0) {
      return 0;
    }
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (left + right) / 2;
      boolean positive = middle + 1 - kappa + 2 * nu * Math.exp(middle) > 0;
      if (positive == (sign > 0)) {
        right = middle;
      } else {
        left = middle;
      }
    }
    return Math.exp((left + right) / 2);
  }

  private double weighted(double[] values) {
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      sum += times[i] * values[i];
    }
    return sum;
  }
}
