package io.sounding.jobs.report;

import io.sounding.jobs.watch.MetricField;
import io.sounding.schemas.AlarmEvent;
import io.sounding.schemas.AlarmState;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** The sheets of a report: which panels show what. */
final class Plots {

  private static final List<String> OVERVIEW =
      List.of("rankMe", "anisotropy", "inertiaNormalised", "daviesBouldin", "silhouette");
  private static final String LOSS = "Training loss";

  private final History history;
  private final StepAxis steps;
  private final String footer;
  private final List<PlotLine.Style> styles;

  Plots(History history, boolean logarithmicSteps) {
    this.history = history;
    steps = StepAxis.over(history.steps(), logarithmicSteps);
    footer = logarithmicSteps ? "training step, logarithmic" : "training step";
    styles = Palette.runs(history.runs().size());
  }

  /** Loss and the metrics that say most, of each run's last layer. */
  Sheet overview() {
    List<Panel> panels = new ArrayList<>();
    panels.add(lossOfRuns());
    for (String name : OVERVIEW) {
      MetricField field = MetricField.named(name);
      List<PlotLine> lines = runs(run -> last(run, field));
      List<Panel.Mark> marks =
          history.runs().stream()
              .filter(run -> !run.layers().isEmpty())
              .flatMap(run -> marks(run, field, run.layers().last()))
              .toList();
      panels.add(panel(field.title(), lines, marks));
    }
    return sheet("Training loss and metrics of " + lastLayers(), 3, panels, legendOfRuns());
  }

  /** A metric: a panel per layer, a line per run, and the loss. */
  Sheet byLayer(MetricField field) {
    List<PlotLine> all = new ArrayList<>();
    history.layers().forEach(layer -> all.addAll(runsAt(field, layer)));
    ValueAxis values = ValueAxis.over(all);
    List<Panel> panels = new ArrayList<>();
    panels.add(lossOfRuns());
    for (int layer : history.layers()) {
      panels.add(
          new Panel("Layer " + layer, steps, values, runsAt(field, layer), marks(field, layer)));
    }
    return sheet(
        field.title(), Math.min(panels.size(), panels.size() <= 6 ? 3 : 4), panels, legendOfRuns());
  }

  /** A metric: a panel per run, a line per layer, and the run's loss below. */
  Sheet byRun(MetricField field) {
    List<Integer> layers = List.copyOf(history.layers());
    List<PlotLine.Style> layerStyles = Palette.layers(layers.size());
    List<List<PlotLine>> byRun = new ArrayList<>();
    for (RunHistory run : history.runs()) {
      List<PlotLine> lines = new ArrayList<>();
      for (int i = 0; i < layers.size(); i++) {
        lines.add(
            new PlotLine(
                "layer " + layers.get(i), layerStyles.get(i), run.metric(field, layers.get(i))));
      }
      byRun.add(lines);
    }
    ValueAxis values = ValueAxis.over(byRun.stream().flatMap(List::stream).toList());
    int columns = Math.min(3, byRun.size());
    List<Panel> panels = new ArrayList<>();
    for (int first = 0; first < byRun.size(); first += columns) {
      int end = Math.min(byRun.size(), first + columns);
      for (int i = first; i < first + columns; i++) {
        panels.add(i < end ? ofRun(i, field, byRun.get(i), values, layers) : null);
      }
      for (int i = first; i < first + columns; i++) {
        panels.add(i < end ? lossOf(i) : null);
      }
    }
    return sheet(field.title() + " by layer", columns, panels, byRun.get(0));
  }

  private Panel ofRun(
      int index, MetricField field, List<PlotLine> lines, ValueAxis values, List<Integer> layers) {
    RunHistory run = history.runs().get(index);
    List<Panel.Mark> marks =
        layers.stream().flatMap(layer -> marks(run, field, layer)).distinct().toList();
    return new Panel(
        "%s: %s".formatted(history.label(run), field.title()), steps, values, lines, marks);
  }

  private Panel lossOf(int index) {
    RunHistory run = history.runs().get(index);
    List<PlotLine> line =
        List.of(new PlotLine(LOSS, new PlotLine.Style(Palette.TEXT, 0), run.losses()));
    return panel(LOSS, line, lossMarks(run).toList());
  }

  private Panel lossOfRuns() {
    List<Panel.Mark> marks = history.runs().stream().flatMap(Plots::lossMarks).toList();
    return panel(LOSS, runs(RunHistory::losses), marks);
  }

  private Panel panel(String title, List<PlotLine> lines, List<Panel.Mark> marks) {
    return new Panel(title, steps, ValueAxis.over(lines), lines, marks);
  }

  private Sheet sheet(String title, int columns, List<Panel> panels, List<PlotLine> legend) {
    List<String> corpora = history.runs().stream().map(RunHistory::corpusId).distinct().toList();
    String subtitle =
        corpora.size() == 1 ? "corpus " + corpora.get(0) + ", FINAL events" : "FINAL events";
    return new Sheet(title, subtitle, columns, panels, legend, footer);
  }

  private List<PlotLine> legendOfRuns() {
    return runs(RunHistory::losses);
  }

  private String lastLayers() {
    List<Integer> layers =
        history.runs().stream()
            .filter(run -> !run.layers().isEmpty())
            .map(run -> run.layers().last())
            .distinct()
            .toList();
    return layers.size() == 1 ? "layer " + layers.get(0) : "each run's last layer";
  }

  private static List<PlotLine.Point> last(RunHistory run, MetricField field) {
    return run.layers().isEmpty() ? List.of() : run.metric(field, run.layers().last());
  }

  private List<PlotLine> runsAt(MetricField field, int layer) {
    return runs(run -> run.metric(field, layer));
  }

  private List<PlotLine> runs(Function<RunHistory, List<PlotLine.Point>> points) {
    List<PlotLine> lines = new ArrayList<>();
    for (int i = 0; i < history.runs().size(); i++) {
      RunHistory run = history.runs().get(i);
      lines.add(new PlotLine(history.label(run), styles.get(i), points.apply(run)));
    }
    return lines;
  }

  private List<Panel.Mark> marks(MetricField field, int layer) {
    return history.runs().stream().flatMap(run -> marks(run, field, layer)).toList();
  }

  /** Alarms of a metric, where its line is at that step. */
  private static Stream<Panel.Mark> marks(RunHistory run, MetricField field, int layer) {
    List<PlotLine.Point> points = run.metric(field, layer);
    return run.alarms().stream()
        .filter(alarm -> alarm.getMetric().equals(field.name()))
        .filter(alarm -> alarm.getLayer() == null || alarm.getLayer() == layer)
        .flatMap(alarm -> mark(alarm, points));
  }

  /** Alarms of any metric, where the loss is at that step: it often looks well. */
  private static Stream<Panel.Mark> lossMarks(RunHistory run) {
    List<PlotLine.Point> losses = run.losses();
    return run.alarms().stream()
        .filter(alarm -> alarm.getState() == AlarmState.RAISED)
        .flatMap(alarm -> mark(alarm, losses))
        .distinct();
  }

  private static Stream<Panel.Mark> mark(AlarmEvent alarm, List<PlotLine.Point> points) {
    return points.stream()
        .filter(point -> point.step() == alarm.getStep())
        .limit(1)
        .map(
            point ->
                new Panel.Mark(point.step(), point.value(), alarm.getState() == AlarmState.RAISED));
  }
}
