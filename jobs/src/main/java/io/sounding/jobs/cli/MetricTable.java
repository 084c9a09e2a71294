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

  private static final double SECONDS_BETWEEN_LINES = 5;

  private final AlarmRows alarms = new AlarmRows();
  private final PrintWriter terminal;
  private final double totalAudioSeconds;
  private final long start;
  private final boolean interactive = System.console() != null;
  private double lastLine = -SECONDS_BETWEEN_LINES;
  private boolean progressShown;

  MetricTable(PrintWriter terminal, double totalAudioSeconds, long startNanos) {
    this.terminal = terminal;
    this.totalAudioSeconds = totalAudioSeconds;
    this.start = startNanos;
  }

  void header() {
    terminal.println();
    terminal.println(MetricRow.HEADER);
    terminal.flush();
  }

  void progress(MetricEvent event, double audioSecondsDone) {
    double now = (System.nanoTime() - start) * 1e-9;
    if (!interactive && now - lastLine < SECONDS_BETWEEN_LINES) {
      return;
    }
    lastLine = now;
    String line =
        String.format(
            Locale.ROOT,
            "  %5.1f s: embedded %.0f of %.0f s of audio; at %s of run %s",
            now,
            audioSecondsDone,
            totalAudioSeconds,
            event.getCheckpointId(),
            event.getRunId());
    if (interactive) {
      terminal.printf("\r%-100s", line);
      progressShown = true;
    } else {
      terminal.println(line);
    }
    terminal.flush();
  }

  /** The row of a finished checkpoint from its closing events. */
  void row(List<MetricEvent> closing) {
    erase();
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
    erase();
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
    erase();
    terminal.flush();
  }

  private void erase() {
    if (progressShown) {
      terminal.printf("\r%-100s\r", "");
      progressShown = false;
    }
  }
}
