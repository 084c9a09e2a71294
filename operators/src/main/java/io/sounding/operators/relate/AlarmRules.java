package io.sounding.operators.relate;

import java.io.Serializable;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * What is an alarm.
 *
 * @param thresholds by metric, in the unit of {@link AlarmMetric}; a metric that is missing is not
 *     watched
 * @param confirmations checkpoints in a row, in the order of steps, that must be out of bounds for
 *     an alarm to be raised, and back within them for it to be cleared; a loss that is no number is
 *     raised by one
 * @param graceSteps checkpoints before this step raise no alarm, but for the loss; their peak
 *     counts
 * @param allLayers whether every layer is judged, not the last of each checkpoint alone
 */
public record AlarmRules(
    Map<AlarmMetric, Double> thresholds, int confirmations, long graceSteps, boolean allLayers)
    implements Serializable {

  /**
   * The defaults of {@link AlarmMetric}, confirmed by a second checkpoint, so that one odd value is
   * no alarm; without grace, since the thresholds leave the dips of warm-up out; the last layer, on
   * which all that was measured collapsed first.
   */
  public static final AlarmRules DEFAULT = new AlarmRules(defaults(), 2, 0, false);

  /** Refuses values that cannot work, each with a sentence. */
  public AlarmRules {
    Map<AlarmMetric, Double> copy = new EnumMap<>(AlarmMetric.class);
    copy.putAll(thresholds);
    thresholds = Collections.unmodifiableMap(copy);
    for (Map.Entry<AlarmMetric, Double> threshold : thresholds.entrySet()) {
      double value = threshold.getValue();
      if (threshold.getKey().hasThreshold() && !(value > 0 && value < 1)) {
        throw new IllegalArgumentException(
            "The alarm threshold of %s is %s; it must lie between 0 and 1."
                .formatted(threshold.getKey().field(), value));
      }
    }
    if (confirmations < 1) {
      throw new IllegalArgumentException(
          "Alarms are to be confirmed by %d checkpoints; it must be at least 1."
              .formatted(confirmations));
    }
    if (graceSteps < 0) {
      throw new IllegalArgumentException(
          "The grace of alarms is %d steps; it must not be negative.".formatted(graceSteps));
    }
  }

  private static Map<AlarmMetric, Double> defaults() {
    Map<AlarmMetric, Double> defaults = new EnumMap<>(AlarmMetric.class);
    for (AlarmMetric metric : AlarmMetric.values()) {
      defaults.put(metric, metric.defaultThreshold());
    }
    return defaults;
  }

  /**
   * The same with another threshold.
   *
   * @param assignment {@code rankMe=0.8}, or {@code rankMe=off}
   * @throws IllegalArgumentException with a sentence, if it is neither
   */
  public AlarmRules with(String assignment) {
    int equals = assignment.indexOf('=');
    if (equals < 0) {
      throw new IllegalArgumentException(
          "'%s' sets no alarm; write METRIC=THRESHOLD or METRIC=off.".formatted(assignment));
    }
    AlarmMetric metric = AlarmMetric.of(assignment.substring(0, equals));
    String value = assignment.substring(equals + 1);
    Map<AlarmMetric, Double> changed = new EnumMap<>(AlarmMetric.class);
    changed.putAll(thresholds);
    if (value.equals("off")) {
      changed.remove(metric);
    } else if (metric.hasThreshold()) {
      changed.put(metric, number(assignment, value));
    } else {
      throw new IllegalArgumentException(
          "The alarm on %s has no threshold; write %s=off, or leave it out."
              .formatted(metric.field(), metric.field()));
    }
    return new AlarmRules(changed, confirmations, graceSteps, allLayers);
  }

  private static double number(String assignment, String value) {
    try {
      return Double.parseDouble(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "'%s' sets no alarm; write METRIC=THRESHOLD or METRIC=off.".formatted(assignment), e);
    }
  }

  /** The same with other conditions. */
  public AlarmRules with(int newConfirmations, long newGraceSteps, boolean newAllLayers) {
    return new AlarmRules(thresholds, newConfirmations, newGraceSteps, newAllLayers);
  }
}
