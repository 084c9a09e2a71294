package io.sounding.jobs.report;

import io.sounding.jobs.watch.MetricField;
import java.util.List;

/** The checkpoints of a run as a table: how they ended, what they cost. */
final class CheckpointTable {

  private static final List<String> HEADS =
      List.of(
          "step",
          "checkpoint",
          "status",
          "training loss",
          "RankMe",
          "anisotropy",
          "audio, s",
          "embedding, s",
          "folding, s");

  private static final MetricField RANK_ME = MetricField.named("rankMe");
  private static final MetricField ANISOTROPY = MetricField.named("anisotropy");

  private CheckpointTable() {}

  static void write(Html html, RunHistory run) {
    html.open("div", "class", "scroll").open("table").open("tr");
    HEADS.forEach(head -> html.element("th", head));
    boolean anyFailed = run.checkpoints().stream().anyMatch(CheckpointResult::isFailed);
    if (anyFailed) {
      html.element("th", "why it failed");
    }
    html.close("tr");
    Integer last = run.layers().isEmpty() ? null : run.layers().last();
    for (CheckpointResult checkpoint : run.checkpoints()) {
      html.open("tr");
      number(html, Long.toString(checkpoint.step()));
      html.element("td", checkpoint.checkpointId(), "class", "name");
      html.element("td", checkpoint.status(), "class", checkpoint.isFailed() ? "failed" : "status");
      Double loss = checkpoint.loss();
      number(html, loss == null ? "" : RunSummary.number("%.6g", loss));
      number(html, value(checkpoint, last, RANK_ME, "%.2f"));
      number(html, value(checkpoint, last, ANISOTROPY, "%.3f"));
      number(html, seconds(checkpoint.audioSeconds()));
      number(html, seconds(checkpoint.embedSeconds()));
      number(html, seconds(checkpoint.foldSeconds()));
      if (anyFailed) {
        String reason = checkpoint.failureReason();
        html.element("td", reason == null ? "" : reason, "class", "reason");
      }
      html.close("tr");
    }
    html.close("table").close("div");
  }

  private static void number(Html html, String text) {
    html.element("td", text, "class", "number");
  }

  /** Of the layer that the column is about, the run's last; empty: it is not there. */
  private static String value(
      CheckpointResult checkpoint, Integer layer, MetricField field, String format) {
    CheckpointResult.Layer result = layer == null ? null : checkpoint.layers().get(layer);
    return result == null ? "" : RunSummary.number(format, result.value(field));
  }

  private static String seconds(double value) {
    return value == 0 ? "" : RunSummary.number("%.1f", value);
  }
}
