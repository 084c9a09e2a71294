package io.sounding.operators.relate;

import java.util.Locale;

/**
 * Where a metric stands between the best value of its run so far and the bound that makes it an
 * alarm. Formulas stand at {@link AlarmMetric}; here {@code room} is what shrinks: RankMe itself,
 * or the distance of anisotropy and of the share of dead clusters from 1.
 */
final class AlarmBound {

  /**
   * With no more room than this at its best a run has none to lose: frames that always were alike
   * leave rounding alone, about 1e-16.
   */
  private static final double LEAST_BEST_ROOM = 1e-9;

  private final AlarmMetric metric;
  private final double threshold;
  private double best = Double.NaN;
  private long bestStep;

  AlarmBound(AlarmMetric metric, double threshold) {
    this.metric = metric;
    this.threshold = threshold;
  }

  /** Takes the next value in the order of steps into the best. */
  void take(long step, double value) {
    if (metric.hasThreshold() && !(room(best) >= room(value))) {
      best = value;
      bestStep = step;
    }
  }

  /** The best value so far; NaN without one, and of the loss. */
  double best() {
    return best;
  }

  /** The bound as it stands, in the unit of {@link AlarmMetric}. */
  double threshold() {
    return switch (metric) {
      case RANK_ME, TRAINING_LOSS -> threshold;
      case ANISOTROPY, DEAD_CLUSTERS -> 1 - leastRoom();
    };
  }

  boolean isOut(double value) {
    return metric.hasThreshold()
        ? room(best) > LEAST_BEST_ROOM && room(value) <= leastRoom()
        : !Double.isFinite(value);
  }

  boolean isBack(double value) {
    return switch (metric) {
      case RANK_ME -> room(value) >= (1 - threshold * 2 / 3) * room(best);
      case ANISOTROPY -> room(value) >= 2 * leastRoom();
      case DEAD_CLUSTERS -> room(value) >= 1.5 * leastRoom();
      case TRAINING_LOSS -> Double.isFinite(value);
    };
  }

  private double room(double value) {
    return metric == AlarmMetric.RANK_ME ? value : 1 - value;
  }

  /** At this room, or less, the metric is out of bounds. */
  private double leastRoom() {
    return switch (metric) {
      case RANK_ME -> (1 - threshold) * room(best);
      case ANISOTROPY -> Math.min(1 - threshold, room(best) / 10);
      case DEAD_CLUSTERS -> Math.min(1 - threshold, room(best) / 2);
      case TRAINING_LOSS -> Double.NaN;
    };
  }

  /** What a value out of bounds means, a sentence without its full stop. */
  String fallen(int layer, long step, double value) {
    return switch (metric) {
      case RANK_ME ->
          text(
              "RankMe of layer %d fell to %.1f at step %d, %.0f %% below its peak of %.1f at step %d: the frames span ever fewer directions",
              layer, value, step, 100 * (1 - value / best), best, bestStep);
      case ANISOTROPY ->
          text(
              "Anisotropy of layer %d rose to %.4f at step %d, from %.4f at step %d: the frames point the same way, whatever is said",
              layer, value, step, best, bestStep);
      case DEAD_CLUSTERS ->
          text(
              "%.0f %% of the clusters of layer %d have no frame at step %d, after %.0f %% at step %d: the frames fall onto few points",
              100 * value, layer, step, 100 * best, bestStep);
      case TRAINING_LOSS -> text("The training loss is %s at step %d", value, step);
    };
  }

  /** What a value that is back means, a sentence without its full stop. */
  String back(int layer, long step, double value) {
    return switch (metric) {
      case RANK_ME ->
          text(
              "RankMe of layer %d is back at %.1f at step %d, %.0f %% below its peak of %.1f at step %d",
              layer, value, step, 100 * (1 - value / best), best, bestStep);
      case ANISOTROPY ->
          text("Anisotropy of layer %d is back at %.4f at step %d", layer, value, step);
      case DEAD_CLUSTERS ->
          text(
              "%.0f %% of the clusters of layer %d have no frame at step %d",
              100 * value, layer, step);
      case TRAINING_LOSS -> text("The training loss is %s at step %d", value, step);
    };
  }

  private static String text(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
