package io.sounding.jobs.cli;

import io.sounding.schemas.AlarmEvent;
import io.sounding.schemas.AlarmState;

/** An alarm as a line between the rows of a table. */
final class AlarmRow {

  private AlarmRow() {}

  static String of(AlarmEvent alarm) {
    return "%s: run %s, step %d, %s: %s"
        .formatted(
            alarm.getState() == AlarmState.RAISED ? "ALARM" : "alarm cleared",
            MetricRow.printable(alarm.getRunId()),
            alarm.getStep(),
            MetricRow.printable(alarm.getMetric()),
            MetricRow.printable(alarm.getReason()));
  }
}
