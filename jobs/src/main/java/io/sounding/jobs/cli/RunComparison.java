package io.sounding.jobs.cli;

import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.MetricStatus;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Training runs side by side: loss and RankMe of the last layer over the steps, with bars. */
final class RunComparison {

  private static final int BAR = 20;

  private final List<MetricEvent> events;

  /** Of FINAL events; others are passed over. */
  RunComparison(Collection<MetricEvent> closing) {
    events =
        closing.stream()
            .filter(event -> event.getStatus() == MetricStatus.FINAL)
            .sorted(Comparator.comparingLong(MetricEvent::getStep))
            .toList();
  }

  void print(PrintWriter terminal, List<String> runs) {
    List<List<MetricEvent>> columns = runs.stream().map(this::of).toList();
    double most = events.stream().mapToDouble(event -> event.getRank().getRankMe()).max().orElse(1);
    terminal.println();
    for (String run : runs) {
      terminal.printf("%-56s", "run " + run);
    }
    terminal.println();
    for (int i = 0; i < runs.size(); i++) {
      terminal.printf("%6s %10s %7s %-30s", "step", "loss", "RankMe", "");
    }
    terminal.println();
    int rows = columns.stream().mapToInt(List::size).max().orElse(0);
    for (int row = 0; row < rows; row++) {
      StringBuilder line = new StringBuilder();
      for (List<MetricEvent> column : columns) {
        line.append("%-56s".formatted(row < column.size() ? cell(column.get(row), most) : ""));
      }
      terminal.println(line.toString().stripTrailing());
    }
    terminal.println();
    columns.stream().filter(column -> !column.isEmpty()).forEach(c -> verdict(terminal, c));
    terminal.flush();
  }

  private List<MetricEvent> of(String run) {
    return events.stream().filter(event -> event.getRunId().equals(run)).toList();
  }

  private static String cell(MetricEvent event, double most) {
    double rankMe = event.getRank().getRankMe();
    return String.format(
        Locale.ROOT,
        "%6d %10s %7.2f %s",
        event.getStep(),
        MetricRow.number("%.6g", event.getTrainingLoss()),
        rankMe,
        "#".repeat((int) Math.round(BAR * rankMe / most)));
  }

  /** What the numbers did, without calling it good or bad. */
  private static void verdict(PrintWriter terminal, List<MetricEvent> run) {
    MetricEvent first = run.get(0);
    MetricEvent last = run.get(run.size() - 1);
    terminal.printf(
        Locale.ROOT,
        "%s: from step %d to %d the loss went from %s to %s, RankMe from %.1f to %.1f, anisotropy from %.3f to %.3f.%n",
        last.getRunId(),
        first.getStep(),
        last.getStep(),
        MetricRow.number("%.4g", first.getTrainingLoss()),
        MetricRow.number("%.4g", last.getTrainingLoss()),
        first.getRank().getRankMe(),
        last.getRank().getRankMe(),
        first.getRank().getAnisotropy(),
        last.getRank().getAnisotropy());
    if (last.getRank().getRankMe() < 2 && last.getRank().getAnisotropy() > 0.9) {
      terminal.printf(
          Locale.ROOT,
          "  Collapsed: its frames span %.1f directions out of %d and point the same way (anisotropy near 1).%n",
          last.getRank().getRankMe(),
          last.getFrameDimension());
    }
  }
}
