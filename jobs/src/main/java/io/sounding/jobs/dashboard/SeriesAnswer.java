package io.sounding.jobs.dashboard;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.sounding.jobs.report.Comparability;
import io.sounding.jobs.report.Conditions;
import io.sounding.jobs.watch.MetricField;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToLongFunction;

/** Metrics and training losses along runs, and why some are not to be compared. */
record SeriesAnswer(String corpus, List<Series> series, List<Losses> losses, List<String> notes) {

  static final Set<String> PARAMETERS = Set.of("run", "corpus", "layer", "metric");

  private static final int CURVES = 1_000;
  private static final int VALUES = 400_000;

  /** A metric of a layer along a run; the arrays have an item for each step. */
  record Series(
      String run,
      int layer,
      String metric,
      long[] steps,
      double[] values,
      double[] low,
      double[] high,
      double[] progress,
      @JsonProperty("final") boolean[] isFinal,
      String[] checkpoints) {}

  /** Training loss along a run. */
  record Losses(String run, long[] steps, double[] values) {}

  static SeriesAnswer of(Board board, Question question) throws RefusedException {
    Set<String> runs = question.namedRuns();
    String corpus = question.requiredName("corpus");
    Question.Layers layers = question.layers();
    List<Integer> metrics = question.metrics();
    List<Series> series = new ArrayList<>();
    List<Losses> losses = new ArrayList<>();
    Set<Conditions> conditions = new LinkedHashSet<>();
    long values = 0;
    for (String run : runs) {
      Collection<Evaluation> evaluations =
          List.copyOf(board.metrics().evaluations(new RunOnCorpus(run, corpus)));
      addLosses(losses, run, evaluations);
      for (int layer : layers.of(OverviewAnswer.layersOf(evaluations))) {
        List<Point> points = points(evaluations, layer);
        points.forEach(point -> addConditions(conditions, point.event()));
        for (int metric : metrics) {
          values += points.size();
          if (series.size() >= CURVES || values > VALUES) {
            throw new RefusedException(
                "At most %,d curves of %,d values are answered at once: ask for fewer runs, layers or metrics."
                    .formatted(CURVES, VALUES));
          }
          addSeries(series, run, layer, metric, points);
        }
      }
    }
    return new SeriesAnswer(corpus, series, losses, Comparability.notes(corpus, conditions));
  }

  private record Point(Evaluation evaluation, LayerEvent event) {

    private long step() {
      return evaluation.step();
    }
  }

  private static void addConditions(Set<Conditions> conditions, LayerEvent event) {
    if (event.isFinal()) {
      conditions.add(event.facts().conditions());
    }
  }

  /** By step; of several at one step the one that was emitted last. */
  private static List<Point> points(Collection<Evaluation> evaluations, int layer) {
    List<Point> points = new ArrayList<>(evaluations.size());
    for (Evaluation evaluation : evaluations) {
      LayerEvent event = evaluation.event(layer);
      if (event != null && event.numbers().length > 0) {
        points.add(new Point(evaluation, event));
      }
    }
    return lastOfEachStep(points, Point::step, point -> point.event().emittedAt());
  }

  private static <P> List<P> lastOfEachStep(
      List<P> points, ToLongFunction<P> step, ToLongFunction<P> emittedAt) {
    points.sort(Comparator.comparingLong(step).thenComparingLong(emittedAt));
    List<P> last = new ArrayList<>(points.size());
    for (int i = 0; i < points.size(); i++) {
      if (i + 1 == points.size()
          || step.applyAsLong(points.get(i)) != step.applyAsLong(points.get(i + 1))) {
        last.add(points.get(i));
      }
    }
    return last;
  }

  private static void addSeries(
      List<Series> all, String run, int layer, int metric, List<Point> points) {
    double[] values =
        points.stream()
            .mapToDouble(point -> LayerNumbers.value(point.event().numbers(), metric))
            .toArray();
    for (double value : values) {
      if (Double.isFinite(value)) {
        all.add(series(run, layer, metric, points, values));
        return;
      }
    }
  }

  private static Series series(
      String run, int layer, int metric, List<Point> points, double[] values) {
    double[] low = new double[values.length];
    double[] high = new double[values.length];
    double[] progress = new double[values.length];
    boolean[] isFinal = new boolean[values.length];
    for (int i = 0; i < values.length; i++) {
      LayerEvent event = points.get(i).event();
      low[i] = LayerNumbers.low(event.numbers(), metric);
      high[i] = LayerNumbers.high(event.numbers(), metric);
      progress[i] = event.progress();
      isFinal[i] = event.isFinal();
    }
    return new Series(
        run,
        layer,
        MetricField.ALL.get(metric).name(),
        points.stream().mapToLong(Point::step).toArray(),
        values,
        low,
        high,
        progress,
        isFinal,
        points.stream().map(point -> point.evaluation().checkpointId()).toArray(String[]::new));
  }

  private static void addLosses(
      List<Losses> losses, String run, Collection<Evaluation> evaluations) {
    List<Evaluation> known = new ArrayList<>();
    for (Evaluation evaluation : evaluations) {
      if (evaluation.trainingLoss() != null) {
        known.add(evaluation);
      }
    }
    List<Evaluation> last = lastOfEachStep(known, Evaluation::step, Evaluation::emittedAt);
    if (!last.isEmpty()) {
      losses.add(
          new Losses(
              run,
              last.stream().mapToLong(Evaluation::step).toArray(),
              last.stream().mapToDouble(Evaluation::trainingLoss).toArray()));
    }
  }
}
