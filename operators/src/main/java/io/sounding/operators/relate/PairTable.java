package io.sounding.operators.relate;

import io.sounding.schemas.CorrelationScope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What is known of one layer on one corpus, over all runs: their metrics and scores, and which of
 * them make pairs. A function of what came, not of the order in which it came. A group that exists
 * once exists until runs are forgotten; what was published of it stays.
 *
 * <p>Along a run, a pair is a checkpoint with metrics and a score. Across runs, a pair is a run
 * with metrics at the step and a score: at the same step, and at the last later step at which at
 * least {@value #LEAST_PAIRS} of the runs have one, which answers whether early metrics tell late
 * scores.
 */
final class PairTable {

  /** Fewer pairs say nothing: two points always lie on a line. */
  static final int LEAST_PAIRS = 3;

  private static final String LOSS = "trainingLoss";
  private static final String LOG_STEP = "logStep";

  private final boolean ofLayer;
  private final NavigableMap<String, LayerHistory> histories = new TreeMap<>();
  private final NavigableMap<String, NavigableMap<String, TaskScores>> scores = new TreeMap<>();
  private final Map<String, NavigableSet<Long>> stepsOfTasks = new TreeMap<>();

  /**
   * @param ofLayer whether the histories are those of a layer, not of checkpoints as a whole, which
   *     have their loss and their step
   */
  PairTable(boolean ofLayer) {
    this.ofLayer = ofLayer;
  }

  void put(String runId, LayerHistory history) {
    histories.put(runId, history);
  }

  void put(String runId, String task, TaskScores scoresOfRun) {
    scores.computeIfAbsent(task, t -> new TreeMap<>()).put(runId, scoresOfRun);
  }

  /** All groups that may have pairs, always in the same order. */
  List<PairGroup> groups(List<FromStep> fromSteps) {
    List<PairGroup> groups = new ArrayList<>();
    NavigableSet<Long> steps =
        stepsOfSeveralRuns(histories.values().stream().map(LayerHistory::steps));
    for (var task : scores.entrySet()) {
      for (String runId : task.getValue().keySet()) {
        fromSteps.forEach(from -> groups.add(PairGroup.alongRun(runId, from, task.getKey())));
      }
      for (long step : steps) {
        groups.add(PairGroup.acrossRuns(step, false, task.getKey()));
        groups.add(PairGroup.acrossRuns(step, true, task.getKey()));
      }
    }
    return groups;
  }

  /** The pairs of a group; null if there are not enough. */
  PairSet pairs(PairGroup group) {
    return group.scope() == CorrelationScope.ALONG_RUN ? alongRun(group) : acrossRuns(group);
  }

  private PairSet alongRun(PairGroup group) {
    LayerHistory history = histories.getOrDefault(group.runId(), LayerHistory.EMPTY);
    TaskScores scored = scores.get(group.task()).get(group.runId());
    long[] both =
        Arrays.stream(scored.steps()).filter(step -> history.indexOf(step) >= 0).toArray();
    if (both.length < LEAST_PAIRS) {
      return null;
    }
    long first = group.from().of(both[both.length - 1]);
    long[] used = Arrays.stream(both).filter(step -> step >= first).toArray();
    Columns columns = new Columns(used.length);
    for (int pair = 0; pair < used.length; pair++) {
      columns.put(pair, history, used[pair], scored.at(used[pair]));
    }
    return columns.alongRun(group, first);
  }

  private PairSet acrossRuns(PairGroup group) {
    Map<String, TaskScores> scored = scores.get(group.task());
    List<String> runs =
        scored.keySet().stream()
            .filter(histories::containsKey)
            .filter(run -> histories.get(run).indexOf(group.step()) >= 0)
            .toList();
    Long scoreStep =
        group.later() ? lastScored(group.task(), runs, group.step()) : (Long) group.step();
    if (scoreStep == null) {
      return null;
    }
    List<String> used =
        runs.stream().filter(run -> scored.get(run).indexOf(scoreStep) >= 0).toList();
    if (used.size() < LEAST_PAIRS) {
      return null;
    }
    Columns columns = new Columns(used.size());
    for (int pair = 0; pair < used.size(); pair++) {
      String run = used.get(pair);
      columns.put(pair, histories.get(run), group.step(), scored.get(run).at(scoreStep));
    }
    return columns.acrossRuns(group, scoreStep);
  }

  /** The last step above {@code step} at which enough of the runs have a score; or null. */
  private Long lastScored(String task, List<String> runs, long step) {
    Map<String, TaskScores> scored = scores.get(task);
    NavigableSet<Long> later =
        stepsOfTasks
            .computeIfAbsent(
                task, t -> stepsOfSeveralRuns(scored.values().stream().map(TaskScores::steps)))
            .tailSet(step, false);
    for (long candidate : later.descendingSet()) {
      if (runs.stream().filter(run -> scored.get(run).indexOf(candidate) >= 0).count()
          >= LEAST_PAIRS) {
        return candidate;
      }
    }
    return null;
  }

  private static NavigableSet<Long> stepsOfSeveralRuns(Stream<long[]> stepsOfRuns) {
    NavigableMap<Long, Integer> runs = new TreeMap<>();
    stepsOfRuns.flatMapToLong(Arrays::stream).forEach(step -> runs.merge(step, 1, Integer::sum));
    runs.values().removeIf(count -> count < LEAST_PAIRS);
    return runs.navigableKeySet();
  }

  /** The metrics of checkpoints or runs, with their scores, pair by pair. */
  private final class Columns {
    private final double[][] values;
    private final double[] scoreOf;
    private final double[] logSteps;

    private Columns(int pairs) {
      values = new double[ofLayer ? LayerMetric.fields().size() : 1][pairs];
      scoreOf = new double[pairs];
      logSteps = new double[pairs];
    }

    private void put(int pair, LayerHistory history, long step, double score) {
      int index = history.indexOf(step);
      for (int column = 0; column < values.length; column++) {
        double value = history.value(index, column);
        values[column][pair] = Double.isFinite(value) ? value : Double.NaN;
      }
      scoreOf[pair] = score;
      logSteps[pair] = Math.log1p(step);
    }

    private PairSet alongRun(PairGroup group, long fromStep) {
      return ofLayer
          ? new PairSet(group, fromStep, null, LayerMetric.fields(), values, scoreOf, logSteps)
          : new PairSet(
              group,
              fromStep,
              null,
              List.of(LOSS, LOG_STEP),
              new double[][] {values[0], logSteps},
              scoreOf,
              logSteps);
    }

    private PairSet acrossRuns(PairGroup group, long scoreStep) {
      List<String> metrics = ofLayer ? LayerMetric.fields() : List.of(LOSS);
      return new PairSet(group, 0, scoreStep, metrics, values, scoreOf, null);
    }
  }
}
