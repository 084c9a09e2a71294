package io.sounding.jobs.dashboard;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What changed since it was last told: grows with each change, but never beyond 50 names. Not
 * thread-safe.
 */
final class Change {

  /** So many runs are named; of more, all are meant. */
  static final int NAMED_RUNS = 50;

  /**
   * As it is sent.
   *
   * @param runs null: all
   */
  record Told(Collection<String> runs, boolean metrics, boolean alarms, boolean correlations) {}

  private final Set<String> runs = new TreeSet<>();
  private boolean allRuns;
  private boolean metrics;
  private boolean alarms;
  private boolean correlations;

  void metrics(String run) {
    metrics = true;
    name(run);
  }

  void alarms(String run) {
    alarms = true;
    name(run);
  }

  /**
   * A correlation is new.
   *
   * @param run null: across runs
   */
  void correlations(String run) {
    correlations = true;
    if (run != null) {
      name(run);
    }
  }

  /** All may have changed. */
  void everything() {
    metrics = true;
    alarms = true;
    correlations = true;
    allRuns = true;
    runs.clear();
  }

  private void name(String run) {
    if (!allRuns) {
      runs.add(run);
      if (runs.size() > NAMED_RUNS) {
        allRuns = true;
        runs.clear();
      }
    }
  }

  void add(Change other) {
    metrics |= other.metrics;
    alarms |= other.alarms;
    correlations |= other.correlations;
    other.runs.forEach(this::name);
    if (other.allRuns) {
      allRuns = true;
      runs.clear();
    }
  }

  boolean isEmpty() {
    return !metrics && !alarms && !correlations;
  }

  Told told() {
    return new Told(allRuns ? null : List.copyOf(runs), metrics, alarms, correlations);
  }
}
