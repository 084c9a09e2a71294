package io.sounding.operators.relate;

import io.sounding.schemas.AlarmEvent;
import io.sounding.schemas.AlarmState;
import java.time.Instant;

/**
 * How an alarm stands.
 *
 * @param isRaised whether it is raised; if not, cleared
 * @param layer the layer; {@link Measurement#NO_LAYER} for the loss
 * @param metric name of the metric
 * @param step training step of the checkpoint at which it came to stand so
 * @param checkpointId that checkpoint
 * @param value the metric there
 * @param reference the best value of the run up to there; NaN for the loss
 * @param threshold the bound that counts; NaN for the loss
 * @param reason what happened, a sentence
 */
public record Alarm(
    boolean isRaised,
    int layer,
    String metric,
    long step,
    String checkpointId,
    double value,
    double reference,
    double threshold,
    String reason) {

  /** Names the alarm among those of its run and corpus. */
  String key() {
    return layer + "\n" + metric;
  }

  /**
   * The same alarm, taken back: a checkpoint that was evaluated late or again, or other rules after
   * a restart, have shown it to be none.
   *
   * @param latest the measurement that came last
   */
  Alarm withdrawn(Measurement latest) {
    return new Alarm(
        false,
        layer,
        metric,
        latest.step(),
        latest.checkpointId(),
        Double.NaN,
        reference,
        threshold,
        "The alarm of step %d is withdrawn: by all that is known at step %d, and the rules the job has now, it is none."
            .formatted(step, latest.step()));
  }

  AlarmEvent toEvent(String runId, String corpusId, Instant emittedAt) {
    return AlarmEvent.newBuilder()
        .setState(isRaised ? AlarmState.RAISED : AlarmState.CLEARED)
        .setRunId(runId)
        .setCheckpointId(checkpointId)
        .setStep(step)
        .setCorpusId(corpusId)
        .setLayer(layer == Measurement.NO_LAYER ? null : layer)
        .setMetric(metric)
        .setValue(finiteOrNull(value))
        .setReference(finiteOrNull(reference))
        .setThreshold(finiteOrNull(threshold))
        .setReason(reason)
        .setEmittedAt(emittedAt)
        .build();
  }

  private static Double finiteOrNull(double value) {
    return Double.isFinite(value) ? value : null;
  }
}
