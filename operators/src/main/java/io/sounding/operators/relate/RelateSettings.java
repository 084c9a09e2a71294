package io.sounding.operators.relate;

import java.io.Serializable;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;

/**
 * How metric events are set against scores and against their run's history.
 *
 * @param fromSteps from which checkpoint of a run on correlations are computed, each on its own
 * @param resamples bootstrap resamples of an interval; 0: no intervals
 * @param alarms what is an alarm
 * @param history how long runs, scores and alarms are remembered after their last sign of life
 * @param gauges most layers (of runs, on corpora) whose latest values are shown as Flink metrics
 */
public record RelateSettings(
    List<FromStep> fromSteps, int resamples, AlarmRules alarms, Duration history, int gauges)
    implements Serializable {

  /**
   * A group of pairs is not divided, so it holds up a barrier for as long as all its resamples
   * take: that many of 400 checkpoints about 0.7 s, by what was measured of 1,000 ({@link
   * Correlate}). The 2.5 % of resamples beyond a bound are 2.5 % +- 0.1 % then.
   */
  private static final int MOST_RESAMPLES = 20_000;

  /**
   * All checkpoints, and those after the first tenth of the run so far: the rank of the trained
   * runs that were measured dips during the first 6 to 13 % of their steps, and of untrained
   * checkpoints it is higher than of any trained one. 200 layers are about 4,000 gauges.
   */
  public static final RelateSettings DEFAULT =
      new RelateSettings(
          List.of(FromStep.of("0"), FromStep.of("10%")),
          1_000,
          AlarmRules.DEFAULT,
          Duration.ofDays(90),
          200);

  /** Refuses values that cannot work, each with a sentence. */
  public RelateSettings {
    fromSteps = List.copyOf(new LinkedHashSet<>(fromSteps)); // whoever asks twice is told once
    if (resamples < 0 || resamples > MOST_RESAMPLES) {
      throw new IllegalArgumentException(
          "There are to be %d resamples; it must be 0 to %d.".formatted(resamples, MOST_RESAMPLES));
    }
    Objects.requireNonNull(alarms, "alarms");
    if (history.toMillis() < 1) {
      throw new IllegalArgumentException(
          "history is %s; it must be at least 1 ms.".formatted(history));
    }
    if (gauges < 0) {
      throw new IllegalArgumentException(
          "gauges is %d; it must not be negative.".formatted(gauges));
    }
  }

  /** The same with correlations from these steps on, and so many resamples. */
  public RelateSettings with(List<FromStep> newFromSteps, int newResamples) {
    return new RelateSettings(newFromSteps, newResamples, alarms, history, gauges);
  }

  /** The same with other alarms. */
  public RelateSettings with(AlarmRules newAlarms) {
    return new RelateSettings(fromSteps, resamples, newAlarms, history, gauges);
  }

  /** The same with another memory. */
  public RelateSettings with(Duration newHistory) {
    return new RelateSettings(fromSteps, resamples, alarms, newHistory, gauges);
  }

  /** The same with other limits of gauges. */
  public RelateSettings withGauges(int newGauges) {
    return new RelateSettings(fromSteps, resamples, alarms, history, newGauges);
  }
}
