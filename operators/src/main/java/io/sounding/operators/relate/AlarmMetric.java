package io.sounding.operators.relate;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * What a run is watched for, with the threshold that is the default and the values behind it. All
 * but the loss are judged against the best that the run itself had reached before, so that a model
 * whose frames always were alike is no alarm.
 *
 * <p>Measured on two healthy runs (BEST-RQ encoders, d = 128 and 64; their rank dips during warm-up
 * and recovers) and two that collapse (self-distillation without stop-gradient), last layer, values
 * at the first checkpoints and the worst of the whole run:
 *
 * <pre>
 *                                  healthy, worst     collapsing: first checkpoints       last
 * rankMe, fall below its peak      60 %, 51 %         59 %, 93 %, 97 % | 29 %, 79 %, 93 %  99 %
 * anisotropy                       0.951 (one step)   0.960, 0.998, 0.9998                 1.0000
 * clusters without a frame         none               none, of 64                          none
 * </pre>
 */
public enum AlarmMetric {
  /**
   * Uncentred RankMe; the threshold is its fall below the running peak, as a share. Back: within
   * two thirds of that.
   */
  RANK_ME("rankMe", 0.75),
  /**
   * Mean cosine of two frames; the threshold is its value. To be an alarm, its distance from 1 must
   * also have shrunk to a tenth of the widest. Back: twice as far from 1.
   */
  ANISOTROPY("anisotropy", 0.99),
  /**
   * Share of the clusters without a frame; the threshold is its value. To be an alarm, the share of
   * the others must also have shrunk to half of the largest. Back: those half as many again.
   */
  DEAD_CLUSTERS("deadClusters", 0.5),
  /** Not a number, or infinite: at once and without a threshold. Back: finite. */
  TRAINING_LOSS("trainingLoss", Double.NaN);

  private final String field;
  private final double defaultThreshold;

  AlarmMetric(String field, double defaultThreshold) {
    this.field = field;
    this.defaultThreshold = defaultThreshold;
  }

  /** Its name in events and options. */
  public String field() {
    return field;
  }

  double defaultThreshold() {
    return defaultThreshold;
  }

  boolean hasThreshold() {
    return this != TRAINING_LOSS;
  }

  /**
   * The metric of this name.
   *
   * @throws IllegalArgumentException with a sentence, if there is none
   */
  public static AlarmMetric of(String field) {
    return Arrays.stream(values())
        .filter(metric -> metric.field.equals(field))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "There is no alarm on '%s'; there are %s."
                        .formatted(
                            field,
                            Arrays.stream(values())
                                .map(AlarmMetric::field)
                                .collect(Collectors.joining(", ")))));
  }
}
