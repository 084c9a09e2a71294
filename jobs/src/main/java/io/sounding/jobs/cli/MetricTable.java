package io.sounding.jobs.cli;

import io.sounding.schemas.AlarmEvent;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.MetricStatus;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * What is shown while checkpoints are evaluated: a row per finished checkpoint, of its last layer,
 * and in between a line of progress (rewritten in place on a terminal).
 */
final class MetricTable {

  private final AlarmRows alarms = new AlarmRows();
  private final PrintWriter terminal;
  private final double totalAudioSeconds;
  private final long start;
  private final ProgressLine progress;

  MetricTable(PrintWriter terminal, double totalAudioSeconds, long startNanos) {
    this.terminal = terminal;
    this.totalAudioSeconds = totalAudioSeconds;
    this.start = startNanos;
    progress = new ProgressLine(terminal);
  }

  void header() {
    terminal.println();
    terminal.println(MetricRow.HEADER);
    terminal.flush();
  }

  void progress(MetricEvent event, double audioSecondsDone) {
    progress.show(
        () ->
            String.format(
                Locale.ROOT,
                "  %5.1f s: embedded %.0f of %.0f s of audio; at %s of run %s",
                (System.nanoTime() - start) * 1e-9,
                audioSecondsDone,
                totalAudioSeconds,
                event.getCheckpointId(),
                event.getRunId()));
  }

  /** The row of a finished checkpoint from its closing events. */
  void row(List<MetricEvent> closing) {
    progress.erase();
    MetricEvent shown =
        closing.stream()
            .filter(event -> event.getStatus() == MetricStatus.FAILED)
            .findFirst()
            .orElseGet(() -> ofLastLayer(closing));
    terminal.println(MetricRow.of(shown));
    terminal.flush();
  }

  /** The line of an alarm that was raised or cleared. */
  void alarm(AlarmEvent alarm) {
    progress.erase();
    terminal.println(alarms.row(alarm));
    terminal.flush();
  }

  private static MetricEvent ofLastLayer(List<MetricEvent> closing) {
    return closing.stream()
        .max(
            Comparator.comparing(
                MetricEvent::getLayer, Comparator.nullsFirst(Comparator.naturalOrder())))
        .orElseThrow();
  }

  void end() {
    progress.erase();
  }
}
