package io.sounding.jobs.cli;

import io.sounding.jobs.relate.CorrelationGroup;
import io.sounding.jobs.relate.CorrelationWords;
import io.sounding.schemas.CorrelationEvent;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** A group of correlations as a table, with what it supports below. */
final class CorrelationPrinter {

  private static final int LINE_WIDTH = 100;
  private static final String ROW = "  %-24s %5s %4s %9s  %-15s %11s %9s %9s%n";

  private final PrintWriter terminal;
  private final int most;

  /**
   * @param most how many metrics are shown
   */
  CorrelationPrinter(PrintWriter terminal, int most) {
    this.terminal = terminal;
    this.most = most;
  }

  void print(CorrelationGroup group) {
    terminal.println();
    wrapped("", MetricRow.printable(group.title()));
    terminal.println();
    terminal.printf(
        ROW,
        "metric",
        "layer",
        "n",
        "Spearman",
        "95 % interval",
        "given step",
        "Pearson",
        "Kendall");
    row("the step itself", group.logStep());
    row("training loss", group.trainingLoss());
    terminal.println("  " + "-".repeat(LINE_WIDTH - 5));
    List<CorrelationEvent> all = group.ranked();
    List<CorrelationEvent> metrics = all.stream().filter(row -> row.getSpearman() != null).toList();
    metrics.stream().limit(most).forEach(row -> row(row.getMetric(), row));
    if (metrics.size() > most) {
      terminal.printf("  ... and %d more; --all shows them.%n", metrics.size() - most);
    }
    if (all.size() > metrics.size()) {
      terminal.printf(
          "  %d more have no correlation: constant, or not known of 3 pairs.%n",
          all.size() - metrics.size());
    }
    terminal.println();
    CorrelationWords.of(group).forEach(sentence -> wrapped("* ", sentence));
    terminal.flush();
  }

  /** What holds for all groups. */
  void printSigns() {
    terminal.println();
    wrapped("", CorrelationWords.SIGNS);
    terminal.flush();
  }

  private void row(String name, CorrelationEvent row) {
    if (row == null) {
      return;
    }
    terminal.printf(
        ROW,
        MetricRow.printable(name),
        row.getLayer() == null ? "" : row.getLayer(),
        row.getPairs(),
        number(row.getSpearman()),
        row.getSpearmanLow() == null || row.getSpearmanHigh() == null
            ? "-"
            : String.format(
                Locale.ROOT, "[%.2f, %.2f]", row.getSpearmanLow(), row.getSpearmanHigh()),
        number(row.getSpearmanGivenStep()),
        number(row.getPearson()),
        number(row.getKendall()));
  }

  private static String number(Double value) {
    return MetricRow.number("%.3f", value);
  }

  private void wrapped(String bullet, String sentence) {
    StringBuilder line = new StringBuilder(bullet);
    for (String word : sentence.split(" ", -1)) {
      if (line.length() + word.length() >= LINE_WIDTH) {
        terminal.println(line.toString().stripTrailing());
        line = new StringBuilder(" ".repeat(bullet.length()));
      }
      line.append(word).append(' ');
    }
    terminal.println(line.toString().stripTrailing());
  }
}
