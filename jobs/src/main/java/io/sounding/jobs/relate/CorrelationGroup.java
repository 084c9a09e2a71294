package io.sounding.jobs.relate;

import io.sounding.schemas.CorrelationEvent;
import io.sounding.schemas.CorrelationScope;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The correlations with one task's scores over the same checkpoints or runs, of all layers. */
public final class CorrelationGroup {

  private static final String LOSS = "trainingLoss";
  private static final String LOG_STEP = "logStep";

  private static final Comparator<CorrelationGroup> ORDER =
      Comparator.comparing((CorrelationGroup group) -> group.any().getScope())
          .thenComparing(group -> group.any().getCorpusId())
          .thenComparing(group -> orEmpty(group.any().getRunId()))
          .thenComparing(group -> group.any().getTask())
          .thenComparingLong(group -> orNone(group.any().getStep()))
          .thenComparingLong(group -> orNone(group.any().getScoreStep()))
          .thenComparingLong(group -> group.any().getFromStep())
          .thenComparingDouble(group -> orNone(group.any().getFromShare()));

  /** What events of a group have in common; the first step only if it was asked for as it is. */
  private record Question(
      CorrelationScope scope,
      String runId,
      String corpusId,
      String task,
      Long fromStep,
      Double fromShare,
      Long step,
      Long scoreStep) {

    private static Question of(CorrelationEvent event) {
      return new Question(
          event.getScope(),
          event.getRunId(),
          event.getCorpusId(),
          event.getTask(),
          event.getFromShare() == null ? event.getFromStep() : null,
          event.getFromShare(),
          event.getStep(),
          event.getScoreStep());
    }
  }

  private final List<CorrelationEvent> rows = new ArrayList<>();

  private CorrelationGroup() {}

  /** Groups events; of each there is one. */
  public static List<CorrelationGroup> of(Collection<CorrelationEvent> events) {
    Map<Question, CorrelationGroup> groups = new HashMap<>();
    for (CorrelationEvent event : events) {
      groups.computeIfAbsent(Question.of(event), k -> new CorrelationGroup()).rows.add(event);
    }
    return groups.values().stream().sorted(ORDER).toList();
  }

  private CorrelationEvent any() {
    return rows.get(0);
  }

  public boolean isAlongRun() {
    return any().getScope() == CorrelationScope.ALONG_RUN;
  }

  /** The run; null across runs. */
  public String runId() {
    return any().getRunId();
  }

  public String task() {
    return any().getTask();
  }

  /** The training step of the metrics; null along a run. */
  public Long step() {
    return any().getStep();
  }

  /** The training step of the scores; null along a run. */
  public Long scoreStep() {
    return any().getScoreStep();
  }

  /** The first step of the run that was let in. */
  public long fromStep() {
    return any().getFromStep();
  }

  /** The share of the run that sets the first step; null: it was asked for as it is. */
  public Double fromShare() {
    return any().getFromShare();
  }

  /** The checkpoints or runs: the most pairs that went into a correlation. */
  public int mostPairs() {
    return rows.stream().mapToInt(CorrelationEvent::getPairs).max().orElse(0);
  }

  /** Whether another group is about the same but for its first step. */
  public boolean differsInFirstStepOnly(CorrelationGroup other) {
    return isAlongRun()
        && other.isAlongRun()
        && runId().equals(other.runId())
        && task().equals(other.task())
        && any().getCorpusId().equals(other.any().getCorpusId());
  }

  /** What it is about, a sentence. */
  public String title() {
    CorrelationEvent any = any();
    if (!isAlongRun()) {
      return "Task %s across %d runs on corpus %s: metrics at step %d against scores at step %d."
          .formatted(any.getTask(), mostPairs(), any.getCorpusId(), step(), scoreStep());
    }
    return "Task %s along run %s on corpus %s: %d checkpoints from step %d on%s."
        .formatted(
            any.getTask(),
            any.getRunId(),
            any.getCorpusId(),
            mostPairs(),
            fromStep(),
            fromShare() == null
                ? ""
                : " (the first %.0f %% of the run is left out)".formatted(100 * fromShare()));
  }

  /** Correlation of the step itself with the score; null where there is none. */
  public CorrelationEvent logStep() {
    return baseline(LOG_STEP);
  }

  /** Correlation of the training loss with the score; null where there is none. */
  public CorrelationEvent trainingLoss() {
    return baseline(LOSS);
  }

  private CorrelationEvent baseline(String metric) {
    return rows.stream().filter(row -> row.getMetric().equals(metric)).findFirst().orElse(null);
  }

  /**
   * The metrics, by the size of what counts: along a run the correlation given the step, without
   * one and across runs Spearman's.
   */
  public List<CorrelationEvent> ranked() {
    return rows.stream()
        .filter(row -> !row.getMetric().equals(LOSS) && !row.getMetric().equals(LOG_STEP))
        .sorted(
            Comparator.comparingDouble((CorrelationEvent row) -> -size(row.getSpearmanGivenStep()))
                .thenComparingDouble(row -> -size(row.getSpearman()))
                .thenComparing(CorrelationEvent::getMetric)
                .thenComparing(CorrelationEvent::getLayer))
        .toList();
  }

  /** The size of a correlation; less than all for none. */
  static double size(Double correlation) {
    return correlation == null ? -1 : Math.abs(correlation);
  }

  private static String orEmpty(String text) {
    return text == null ? "" : text;
  }

  private static long orNone(Long number) {
    return number == null ? -1 : number;
  }

  private static double orNone(Double number) {
    return number == null ? -1 : number;
  }
}
