package io.sounding.jobs.cli;

import io.sounding.schemas.AlarmEvent;
import io.sounding.schemas.AlarmState;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.MetricStatus;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Metric events and alarms as lines of a table, as they come; on a terminal in colours, and with a
 * line that tells what is under way.
 */
final class LiveTable {

  private static final int ROWS_PER_HEADER = 40;
  private static final String BOLD = "1";
  private static final String RED = "1;31";
  private static final String GREEN = "32";
  private static final String FAINT = "2";

  private record Evaluation(String runId, String checkpointId, String corpusId) {}

  private final AlarmRows alarms = new AlarmRows();
  private final PrintWriter terminal;
  private final boolean colours;
  private final ProgressLine progress;
  private final Map<Evaluation, MetricEvent> underWay = new LinkedHashMap<>();
  private int rowsLeft;

  /**
   * A table.
   *
   * @param interactive whether lines may be rewritten
   * @param colours whether they may be coloured
   */
  LiveTable(PrintWriter terminal, boolean interactive, boolean colours) {
    this.terminal = terminal;
    this.colours = colours;
    progress = interactive ? new ProgressLine(terminal) : null;
  }

  /** A row. */
  void show(MetricEvent event) {
    follow(event);
    boolean failed = event.getStatus() == MetricStatus.FAILED;
    boolean partial = event.getStatus() == MetricStatus.PARTIAL;
    row(MetricRow.of(event), failed ? RED : partial ? FAINT : null);
  }

  /** Takes note of how far an evaluation is, without a row. */
  void follow(MetricEvent event) {
    Evaluation evaluation =
        new Evaluation(event.getRunId(), event.getCheckpointId(), event.getCorpusId());
    if (event.getStatus() == MetricStatus.PARTIAL) {
      underWay.put(evaluation, event);
    } else {
      underWay.remove(evaluation);
    }
  }

  /** An alarm, across all columns. */
  void show(AlarmEvent alarm) {
    row(alarms.row(alarm), alarm.getState() == AlarmState.RAISED ? RED : GREEN);
  }

  /** A sentence about the table itself. */
  void tell(String sentence) {
    erase();
    terminal.println(sentence);
    terminal.flush();
  }

  /** Whether nobody reads it any more. */
  boolean isLost() {
    return terminal.checkError();
  }

  /** Brings the line of what is under way up to date. */
  void tick() {
    if (progress == null) {
      return;
    }
    if (underWay.isEmpty()) {
      progress.erase();
      return;
    }
    progress.show(this::underWay);
  }

  private String underWay() {
    MetricEvent first = underWay.values().iterator().next();
    return "  evaluating %s of run %s: %.0f %% of %.0f s of audio%s"
        .formatted(
            MetricRow.printable(first.getCheckpointId()),
            MetricRow.printable(first.getRunId()),
            100 * MetricRow.progress(first),
            first.getCorpusAudioSeconds(),
            underWay.size() == 1 ? "" : "; and " + (underWay.size() - 1) + " more");
  }

  private void row(String text, String style) {
    erase();
    if (rowsLeft == 0) {
      terminal.println(styled(MetricRow.HEADER, BOLD));
      rowsLeft = ROWS_PER_HEADER;
    }
    rowsLeft--;
    terminal.println(styled(text, style));
    terminal.flush();
  }

  private String styled(String text, String style) {
    return colours && style != null ? "\u001b[" + style + "m" + text + "\u001b[0m" : text;
  }

  void erase() {
    if (progress != null) {
      progress.erase();
    }
  }
}
