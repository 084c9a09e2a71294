package io.sounding.jobs.cli;

import io.sounding.schemas.ClusterFamily;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.MetricStatus;
import io.sounding.schemas.RankFamily;
import java.util.Locale;

/** A metric event as a line of a table, and the head of that table. */
final class MetricRow {

  /** Names of the columns. */
  static final String HEADER =
      String.format(
          Locale.ROOT,
          "%-14s %8s %10s %6s %9s %9s %9s %12s %10s",
          "run",
          "step",
          "loss",
          "layer",
          "RankMe",
          "+/-",
          "anisotr.",
          "inertia",
          "Davies-B.");

  private MetricRow() {}

  /** The line; of a PARTIAL event it ends with how far it is, of a FAILED one with its reason. */
  static String of(MetricEvent event) {
    String line =
        String.format(
            Locale.ROOT,
            "%-14s %8d %10s ",
            printable(event.getRunId()),
            event.getStep(),
            number("%.6g", event.getTrainingLoss()));
    if (event.getStatus() == MetricStatus.FAILED) {
      return line + "FAILED: " + printable(String.valueOf(event.getFailureReason()));
    }
    RankFamily rank = event.getRank();
    line +=
        String.format(
            Locale.ROOT,
            "%6s %9s %9s %9s ",
            event.getLayer(),
            number("%.3f", rank == null ? null : rank.getRankMe()),
            number("%.3f", rank == null ? null : rank.getRankMeStdErr()),
            number("%.4f", rank == null ? null : rank.getAnisotropy()));
    ClusterFamily clusters = event.getClusters();
    return event.getStatus() == MetricStatus.PARTIAL || clusters == null
        ? line + String.format(Locale.ROOT, "  PARTIAL, %.0f %%", 100 * progress(event))
        : line
            + String.format(
                Locale.ROOT,
                "%12s %10s",
                number("%.5g", clusters.getInertiaPerFrame()),
                number("%.3f", clusters.getDaviesBouldin()));
  }

  /** The share of the corpus that an event covers, 0 to 1. */
  static double progress(MetricEvent event) {
    return event.getCorpusUtterances() == 0
        ? 0
        : (double) event.getUtterances() / event.getCorpusUtterances();
  }

  /** A number, or a dash for none. */
  static String number(String format, Double value) {
    return value == null ? "-" : String.format(Locale.ROOT, format, value);
  }

  /** The text without what could steer the terminal: names and reasons are other people's. */
  static String printable(String text) {
    return text.replaceAll("[\\p{Cntrl}\u0080-\u009f]+", " ");
  }

  /** The same of a text of several lines. */
  static String printableLines(String text) {
    return text.replaceAll("[\\p{Cntrl}\u0080-\u009f&&[^\n]]+", " ");
  }
}
