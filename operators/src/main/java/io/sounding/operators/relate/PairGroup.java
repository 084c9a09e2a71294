package io.sounding.operators.relate;

import io.sounding.schemas.CorrelationScope;

/**
 * What is correlated together: the checkpoints of a run, or the runs at a step.
 *
 * @param scope along a run or across runs
 * @param runId the run; null across runs
 * @param from the first step of the run; null across runs
 * @param step the step of the metrics; -1 along a run
 * @param later across runs: whether the scores are those of a later step
 * @param task the downstream task
 */
record PairGroup(
    CorrelationScope scope, String runId, FromStep from, long step, boolean later, String task) {

  static PairGroup alongRun(String runId, FromStep from, String task) {
    return new PairGroup(CorrelationScope.ALONG_RUN, runId, from, -1, false, task);
  }

  static PairGroup acrossRuns(long step, boolean later, String task) {
    return new PairGroup(CorrelationScope.ACROSS_RUNS, null, null, step, later, task);
  }

  /** Names the group among those of its layer and corpus; ids hold no line feeds. */
  String id() {
    return scope == CorrelationScope.ALONG_RUN
        ? String.join("\n", "run", runId, from.toString(), task)
        : String.join("\n", "step", Long.toString(step), later ? "later" : "same", task);
  }
}
