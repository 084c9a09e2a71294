package io.sounding.jobs.dashboard;

import io.sounding.schemas.AlarmEvent;
import io.sounding.schemas.AlarmState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** Alarms, newest first. */
record AlarmsAnswer(int total, List<Alarm> alarms) {

  static final Set<String> PARAMETERS = Set.of("run", "corpus", "limit");

  /** See openapi.json. */
  record Alarm(
      String state,
      boolean open,
      String run,
      String checkpoint,
      long step,
      String corpus,
      Integer layer,
      String metric,
      Double value,
      Double reference,
      Double threshold,
      String reason,
      Instant emittedAt) {

    private static Alarm of(AlarmLog.Alarm alarm) {
      AlarmEvent event = alarm.event();
      return new Alarm(
          event.getState().name(),
          alarm.open(),
          event.getRunId(),
          event.getCheckpointId(),
          event.getStep(),
          event.getCorpusId(),
          event.getLayer(),
          event.getMetric(),
          event.getValue(),
          event.getReference(),
          event.getThreshold(),
          event.getReason(),
          event.getEmittedAt());
    }
  }

  static AlarmsAnswer of(Board board, Question question) throws RefusedException {
    Set<String> runs = question.runs();
    String corpus = question.name("corpus");
    int limit = question.number("limit", 1, 5_000, 500);
    List<AlarmLog.Alarm> found = new ArrayList<>();
    for (AlarmLog.Alarm alarm : board.alarms().all()) {
      if ((runs.isEmpty() || runs.contains(alarm.event().getRunId()))
          && (corpus == null || corpus.equals(alarm.event().getCorpusId()))
          && alarm.event().getState() != AlarmState.UNKNOWN) {
        found.add(alarm);
      }
    }
    Collections.reverse(found); // of one time stamp, the one that came last is the newest
    found.sort(
        Comparator.comparing((AlarmLog.Alarm alarm) -> alarm.event().getEmittedAt()).reversed());
    return new AlarmsAnswer(found.size(), found.stream().limit(limit).map(Alarm::of).toList());
  }
}
