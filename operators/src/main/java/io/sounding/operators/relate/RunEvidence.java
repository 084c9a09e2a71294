package io.sounding.operators.relate;

import java.util.HashMap;
import java.util.Map;

/**
 * What is known of one run, of one layer on one corpus. Immutable.
 *
 * @param history metrics by step
 * @param scores scores by task
 */
public record RunEvidence(LayerHistory history, Map<String, TaskScores> scores) {

  /** Nothing yet. */
  static final RunEvidence EMPTY = new RunEvidence(LayerHistory.EMPTY, Map.of());

  /** With the evidence; this very object if it does not count or is there. */
  RunEvidence with(Evidence evidence) {
    if (evidence.measurement() != null) {
      LayerHistory after = history.with(evidence.measurement(), evidence.measurement().values());
      return after == history ? this : new RunEvidence(after, scores);
    }
    String task = evidence.score().task();
    TaskScores before = scores.getOrDefault(task, TaskScores.EMPTY);
    TaskScores after = before.with(evidence.score());
    if (after == before) {
      return this;
    }
    Map<String, TaskScores> renewed = new HashMap<>(scores);
    renewed.put(task, after);
    return new RunEvidence(history, renewed);
  }
}
