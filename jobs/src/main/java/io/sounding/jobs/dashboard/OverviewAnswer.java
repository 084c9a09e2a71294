package io.sounding.jobs.dashboard;

import io.sounding.jobs.watch.MetricField;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Runs, corpora, layers and metrics that there are, and the state of the feed. */
record OverviewAnswer(
    String version,
    FeedAnswer feed,
    Held held,
    List<Metric> metrics,
    Collection<String> corpora,
    Collection<String> tasks,
    List<Run> runs) {

  /** See the field's descriptions in openapi.json. */
  record Held(int events, int limit, long dropped) {}

  /** The same. */
  record Metric(String name, String title, String family, String definition, boolean hasInterval) {

    private static Metric of(MetricField field) {
      return new Metric(
          field.name(),
          field.title(),
          field.family(),
          field.definition(),
          field.errorName() != null);
    }
  }

  /** The same. */
  record Run(String name, int openAlarms, List<On> on) {}

  /** A run on a corpus. */
  record On(
      String corpus,
      Collection<Integer> layers,
      int checkpoints,
      int evaluating,
      int failed,
      long firstStep,
      long lastStep,
      Instant lastAt) {

    private static On of(String corpus, Collection<Evaluation> evaluations) {
      int checkpoints = 0;
      int evaluating = 0;
      int failed = 0;
      long first = Long.MAX_VALUE;
      long last = Long.MIN_VALUE;
      long newest = 0;
      for (Evaluation evaluation : evaluations) {
        checkpoints++;
        evaluating += evaluation.status() == Evaluation.Status.EVALUATING ? 1 : 0;
        failed += evaluation.status() == Evaluation.Status.FAILED ? 1 : 0;
        first = Math.min(first, evaluation.step());
        last = Math.max(last, evaluation.step());
        newest = Math.max(newest, evaluation.emittedAt());
      }
      return new On(
          corpus,
          layersOf(evaluations),
          checkpoints,
          evaluating,
          failed,
          first,
          last,
          Instant.ofEpochMilli(newest));
    }
  }

  private static final List<Metric> METRICS = MetricField.ALL.stream().map(Metric::of).toList();

  static OverviewAnswer of(Board board, String version) {
    Map<String, Integer> openAlarms = board.alarms().openByRun();
    Map<String, List<On>> runs = new TreeMap<>();
    SortedSet<String> corpora = new TreeSet<>();
    board
        .metrics()
        .runs()
        .forEach(
            (run, checkpoints) -> {
              List<Evaluation> evaluations = List.copyOf(checkpoints.values());
              if (!evaluations.isEmpty()) {
                corpora.add(run.corpus());
                runs.computeIfAbsent(run.run(), name -> new ArrayList<>())
                    .add(On.of(run.corpus(), evaluations));
              }
            });
    return new OverviewAnswer(
        version,
        FeedAnswer.of(board.feed()),
        new Held(board.metrics().size(), board.metrics().limit(), board.metrics().dropped()),
        METRICS,
        corpora,
        board.correlations().tasks(),
        runs.entrySet().stream()
            .map(
                run ->
                    new Run(run.getKey(), openAlarms.getOrDefault(run.getKey(), 0), run.getValue()))
            .toList());
  }

  /** The layers with a value, ascending. */
  static SortedSet<Integer> layersOf(Collection<Evaluation> evaluations) {
    SortedSet<Integer> layers = new TreeSet<>();
    for (Evaluation evaluation : evaluations) {
      for (LayerEvent event : evaluation.events()) {
        if (event.layer() >= 0 && event.numbers().length > 0) {
          layers.add(event.layer());
        }
      }
    }
    return layers;
  }
}
