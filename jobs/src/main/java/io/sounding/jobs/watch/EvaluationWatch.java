package io.sounding.jobs.watch;

import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.MetricStatus;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Knows when a set of checkpoints is done: each has a FINAL event for each of its layers, or a
 * FAILED one.
 */
public final class EvaluationWatch {

  /** A checkpoint of a run. */
  public record Checkpoint(String runId, String checkpointId) {}

  private static final class Seen {
    private final Map<Integer, MetricEvent> finals = new TreeMap<>();
    private MetricEvent failed;
    private double secondsDone;

    private boolean isDone() {
      return failed != null
          || !finals.isEmpty() && finals.size() >= finals.values().iterator().next().getLayers();
    }
  }

  private final Map<Checkpoint, Seen> checkpoints = new HashMap<>();
  private int open;

  public EvaluationWatch(Collection<Checkpoint> expected) {
    expected.forEach(checkpoint -> checkpoints.put(checkpoint, new Seen()));
    open = checkpoints.size();
  }

  /**
   * Takes note of an event.
   *
   * @return whether it is new and expected: not a repetition, and of an expected checkpoint
   */
  public boolean take(MetricEvent event) {
    Seen seen = checkpoints.get(new Checkpoint(event.getRunId(), event.getCheckpointId()));
    if (seen == null || seen.isDone()) {
      return false;
    }
    seen.secondsDone = Math.max(seen.secondsDone, event.getAudioSeconds());
    if (event.getStatus() == MetricStatus.FAILED) {
      seen.failed = event;
    } else if (event.getStatus() == MetricStatus.FINAL
        && seen.finals.put(event.getLayer(), event) != null) {
      return false;
    }
    if (seen.isDone()) {
      open--;
    }
    return true;
  }

  /** Whether this checkpoint is done. */
  public boolean isDone(MetricEvent event) {
    return checkpoints.get(new Checkpoint(event.getRunId(), event.getCheckpointId())).isDone();
  }

  /** Whether every checkpoint is done. */
  public boolean allDone() {
    return open == 0;
  }

  /** Checkpoints that are not done. */
  public int open() {
    return open;
  }

  /** Whether a checkpoint failed. */
  public boolean anyFailed() {
    return checkpoints.values().stream().anyMatch(seen -> seen.failed != null);
  }

  /** Audio embedded so far, summed over checkpoints, seconds. */
  public double audioSecondsDone() {
    return checkpoints.values().stream().mapToDouble(seen -> seen.secondsDone).sum();
  }
}
