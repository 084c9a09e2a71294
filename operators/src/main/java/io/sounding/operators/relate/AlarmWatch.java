package io.sounding.operators.relate;

/**
 * Watches one metric of one layer over the checkpoints of a run, in the order of their steps:
 * raises an alarm once enough of them in a row are out of bounds, and clears it once as many are
 * well back.
 */
final class AlarmWatch {

  private final AlarmMetric metric;
  private final int layer;
  private final AlarmRules rules;
  private final AlarmBound bound;

  private Alarm latest;
  private int inARow;
  private long sinceStep;
  private long lastGoodStep = -1;
  private String lastGoodCheckpoint;

  AlarmWatch(AlarmMetric metric, int layer, AlarmRules rules) {
    this.metric = metric;
    this.layer = layer;
    this.rules = rules;
    this.bound = new AlarmBound(metric, rules.thresholds().get(metric));
  }

  /** How the alarm stands; null if it was never raised. */
  Alarm latest() {
    return latest;
  }

  private boolean isRaised() {
    return latest != null && latest.isRaised();
  }

  /** Takes the value of the next checkpoint; one that is no number counts of the loss alone. */
  void take(long step, String checkpointId, double value) {
    if (metric.hasThreshold() && !Double.isFinite(value)) {
      return;
    }
    bound.take(step, value);
    if (metric.hasThreshold() && step < rules.graceSteps()) {
      return;
    }
    boolean isOut = bound.isOut(value);
    boolean counts = isRaised() ? bound.isBack(value) : isOut;
    inARow = counts ? inARow + 1 : 0;
    if (inARow == 1) {
      sinceStep = step;
    }
    if (inARow >= (isRaised() || metric.hasThreshold() ? rules.confirmations() : 1)) {
      latest = isRaised() ? cleared(step, checkpointId, value) : raised(step, checkpointId, value);
      inARow = 0;
    }
    if (!isOut) {
      lastGoodStep = step;
      lastGoodCheckpoint = checkpointId;
    }
  }

  private Alarm raised(long step, String checkpointId, double value) {
    StringBuilder reason = new StringBuilder(bound.fallen(layer, step, value)).append('.');
    if (sinceStep != step) {
      reason.append(" It has been out of bounds since step %d.".formatted(sinceStep));
    }
    if (lastGoodCheckpoint != null) {
      reason.append(
          " The last checkpoint within bounds is %s (step %d): see what changed after it, and go back to it if the run does not recover."
              .formatted(lastGoodCheckpoint, lastGoodStep));
    }
    return alarm(true, step, checkpointId, value, reason.toString());
  }

  private Alarm cleared(long step, String checkpointId, double value) {
    String reason =
        bound.back(layer, step, value) + ": the alarm of step %d is over.".formatted(latest.step());
    return alarm(false, step, checkpointId, value, reason);
  }

  private Alarm alarm(
      boolean isRaised, long step, String checkpointId, double value, String reason) {
    return new Alarm(
        isRaised,
        layer,
        metric.field(),
        step,
        checkpointId,
        value,
        bound.best(),
        bound.threshold(),
        reason);
  }
}
