package io.sounding.jobs.dashboard;

import io.sounding.jobs.watch.MetricField;
import io.sounding.schemas.MetricEvent;
import java.util.List;
import java.util.function.DoubleBinaryOperator;

/**
 * The metrics of a layer as an array: those of the rank family, their standard errors, the ends of
 * RankMe's guaranteed interval; then, where the event has them, those of the clusters and their
 * standard errors. NaN stands for what the event has no number for. A metric is named by its index
 * in {@link MetricField#ALL}.
 */
final class LayerNumbers {

  private static final List<MetricField> METRICS = MetricField.ALL;

  private static final int[] VALUE_AT = new int[METRICS.size()];
  private static final int[] ERROR_AT = new int[METRICS.size()];
  private static final int RANK_ME = METRICS.indexOf(MetricField.named("rankMe"));
  private static final int RANK_ME_LOW;
  private static final int RANK_ME_HIGH;
  private static final int RANK_LENGTH;
  private static final int FULL_LENGTH;

  static {
    int next = place(true, 0);
    RANK_ME_LOW = next++;
    RANK_ME_HIGH = next++;
    RANK_LENGTH = next;
    FULL_LENGTH = place(false, next);
  }

  private LayerNumbers() {}

  private static int place(boolean rank, int from) {
    int next = from;
    for (int metric = 0; metric < METRICS.size(); metric++) {
      if (METRICS.get(metric).isRank() == rank) {
        VALUE_AT[metric] = next++;
      }
    }
    for (int metric = 0; metric < METRICS.size(); metric++) {
      if (METRICS.get(metric).isRank() == rank) {
        ERROR_AT[metric] = METRICS.get(metric).errorName() == null ? -1 : next++;
      }
    }
    return next;
  }

  /** Those of an event; empty if it has none. */
  static double[] of(MetricEvent event) {
    if (event.getRank() == null && event.getClusters() == null) {
      return new double[0];
    }
    double[] numbers = new double[event.getClusters() == null ? RANK_LENGTH : FULL_LENGTH];
    for (int metric = 0; metric < METRICS.size(); metric++) {
      if (VALUE_AT[metric] < numbers.length) {
        numbers[VALUE_AT[metric]] = METRICS.get(metric).value(event);
        if (ERROR_AT[metric] >= 0) {
          numbers[ERROR_AT[metric]] = METRICS.get(metric).standardError(event);
        }
      }
    }
    boolean ranked = event.getRank() != null;
    numbers[RANK_ME_LOW] = ranked ? event.getRank().getRankMeLow() : Double.NaN;
    numbers[RANK_ME_HIGH] = ranked ? event.getRank().getRankMeHigh() : Double.NaN;
    return numbers;
  }

  /** A metric's value. */
  static double value(double[] numbers, int metric) {
    return at(numbers, VALUE_AT[metric]);
  }

  /** Lower end of the band around it. */
  static double low(double[] numbers, int metric) {
    double low = value(numbers, metric) - MetricField.BAND * error(numbers, metric);
    return metric == RANK_ME ? guaranteed(numbers, Math::min, low, RANK_ME_LOW) : low;
  }

  /** Upper end of the band around it. */
  static double high(double[] numbers, int metric) {
    double high = value(numbers, metric) + MetricField.BAND * error(numbers, metric);
    return metric == RANK_ME ? guaranteed(numbers, Math::max, high, RANK_ME_HIGH) : high;
  }

  /**
   * The farther one. The exact sketch guarantees the value itself, which alone says nothing about
   * its uncertainty.
   */
  private static double guaranteed(
      double[] numbers, DoubleBinaryOperator farther, double end, int at) {
    double bound = at(numbers, at);
    if (Double.isNaN(bound) || at(numbers, RANK_ME_LOW) == at(numbers, RANK_ME_HIGH)) {
      return end;
    }
    return Double.isNaN(end) ? bound : farther.applyAsDouble(end, bound);
  }

  private static double error(double[] numbers, int metric) {
    return ERROR_AT[metric] < 0 ? Double.NaN : at(numbers, ERROR_AT[metric]);
  }

  private static double at(double[] numbers, int index) {
    return index < numbers.length ? numbers[index] : Double.NaN;
  }
}
