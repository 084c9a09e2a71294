package io.sounding.jobs.cli;

import io.sounding.schemas.AlarmEvent;
import io.sounding.schemas.AlarmState;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Alarms as lines between the rows of a table. An alarm that is raised already and comes again,
 * since a checkpoint of an earlier step was evaluated after it, is told as a correction. Not
 * thread-safe.
 */
final class AlarmRows {

  private final Set<List<Object>> raised = new HashSet<>();

  /** The line of an event; events come in the order in which they were published. */
  String row(AlarmEvent alarm) {
    return "%s: run %s, step %d, %s: %s"
        .formatted(
            kind(alarm),
            MetricRow.printable(alarm.getRunId()),
            alarm.getStep(),
            MetricRow.printable(alarm.getMetric()),
            MetricRow.printable(alarm.getReason()));
  }

  private String kind(AlarmEvent alarm) {
    List<Object> key =
        Arrays.asList(alarm.getRunId(), alarm.getCorpusId(), alarm.getLayer(), alarm.getMetric());
    if (alarm.getState() == AlarmState.RAISED) {
      return raised.add(key) ? "ALARM" : "alarm corrected";
    }
    raised.remove(key);
    return "alarm cleared";
  }
}
