package io.sounding.jobs.dashboard;

import io.sounding.schemas.CorrelationEvent;
import io.sounding.schemas.CorrelationScope;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** Correlations with downstream scores, by size of Spearman's. */
record CorrelationsAnswer(int total, List<Correlation> correlations) {

  static final Set<String> PARAMETERS = Set.of("run", "corpus", "task", "scope", "limit", "offset");

  /** See openapi.json. */
  record Correlation(
      String scope,
      String run,
      Long step,
      Long scoreStep,
      long fromStep,
      Double fromShare,
      String corpus,
      Integer layer,
      String metric,
      String task,
      int pairs,
      Double pearson,
      Double spearman,
      Double spearmanLow,
      Double spearmanHigh,
      Double kendall,
      Double spearmanGivenStep,
      Instant emittedAt) {

    private static Correlation of(CorrelationEvent event) {
      return new Correlation(
          event.getScope().name(),
          event.getRunId(),
          event.getStep(),
          event.getScoreStep(),
          event.getFromStep(),
          event.getFromShare(),
          event.getCorpusId(),
          event.getLayer(),
          event.getMetric(),
          event.getTask(),
          event.getPairs(),
          event.getPearson(),
          event.getSpearman(),
          event.getSpearmanLow(),
          event.getSpearmanHigh(),
          event.getKendall(),
          event.getSpearmanGivenStep(),
          event.getEmittedAt());
    }
  }

  static CorrelationsAnswer of(Board board, Question question) throws RefusedException {
    Set<String> runs = question.runs();
    String corpus = question.name("corpus");
    String task = question.name("task");
    CorrelationScope scope =
        question.choice("scope", List.of(CorrelationScope.ALONG_RUN, CorrelationScope.ACROSS_RUNS));
    int limit = question.number("limit", 1, 5_000, 500);
    int offset = question.number("offset", 0, 1_000_000, 0);
    List<CorrelationEvent> found = new ArrayList<>();
    for (CorrelationEvent event : board.correlations().all()) {
      if ((runs.isEmpty() || event.getRunId() == null || runs.contains(event.getRunId()))
          && (corpus == null || corpus.equals(event.getCorpusId()))
          && (task == null || task.equals(event.getTask()))
          && (scope == null
              ? event.getScope() != CorrelationScope.UNKNOWN
              : scope == event.getScope())) {
        found.add(event);
      }
    }
    found.sort(Comparator.comparingDouble(CorrelationsAnswer::size).reversed());
    return new CorrelationsAnswer(
        found.size(), found.stream().skip(offset).limit(limit).map(Correlation::of).toList());
  }

  private static double size(CorrelationEvent event) {
    Double spearman = event.getSpearman();
    return spearman == null || spearman.isNaN() ? -1 : Math.abs(spearman);
  }
}
