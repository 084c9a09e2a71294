package io.sounding.operators.relate;

import io.sounding.schemas.AlarmEvent;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.MetricStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What {@link JudgeAlarms} would publish of events that are all at hand, had the checkpoints been
 * evaluated in the order of their steps: each alarm is raised once and cleared once.
 */
public final class RecordedAlarms {

  private record Run(String runId, String corpusId) {}

  private record Taken(Measurement measurement, Instant emittedAt) {}

  private final Map<Run, NavigableMap<Long, List<Taken>>> runs =
      new TreeMap<>(Comparator.comparing(Run::runId).thenComparing(Run::corpusId));

  /** Takes note of a metric event; of those that are neither FINAL nor FAILED none is judged. */
  public void add(MetricEvent event) {
    if (event.getStatus() == MetricStatus.FINAL || event.getStatus() == MetricStatus.FAILED) {
      runs.computeIfAbsent(new Run(event.getRunId(), event.getCorpusId()), run -> new TreeMap<>())
          .computeIfAbsent(event.getStep(), step -> new ArrayList<>())
          .add(new Taken(Measurement.of(event), event.getEmittedAt()));
    }
  }

  /** The alarms, by run and corpus in the order in which they were raised and cleared. */
  public List<AlarmEvent> judge(AlarmRules rules) {
    List<AlarmEvent> alarms = new ArrayList<>();
    runs.forEach((run, steps) -> judge(run, steps, rules, alarms));
    return alarms;
  }

  private static void judge(
      Run run, NavigableMap<Long, List<Taken>> steps, AlarmRules rules, List<AlarmEvent> alarms) {
    AlarmJudge judge = new AlarmJudge(rules);
    Map<String, Alarm> published = new HashMap<>();
    for (List<Taken> atStep : steps.values()) {
      Map<Integer, LayerHistory> histories = new HashMap<>();
      atStep.forEach(taken -> AlarmJudge.note(histories, taken.measurement()));
      judge.goOn(histories);
      Instant emittedAt = atStep.get(atStep.size() - 1).emittedAt();
      for (Alarm alarm : judge.alarms()) {
        if (!alarm.equals(published.put(alarm.key(), alarm))) {
          alarms.add(alarm.toEvent(run.runId(), run.corpusId(), emittedAt));
        }
      }
    }
  }
}
