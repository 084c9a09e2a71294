package io.sounding.jobs.report;

import io.sounding.jobs.publish.UnusableInputException;
import io.sounding.jobs.watch.LatestEvents;
import io.sounding.jobs.watch.RecordedEvents;
import io.sounding.schemas.AlarmEvent;
import io.sounding.schemas.AlarmState;
import io.sounding.schemas.MetricEvent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The runs of a report.
 *
 * @param runs by run and corpus
 * @param alarmsNote a sentence about where alarms come from; null: from the job
 */
record History(List<RunHistory> runs, String alarmsNote) {

  private record Key(String runId, String corpusId) {

    private static final Comparator<Key> ORDER =
        Comparator.comparing(Key::runId).thenComparing(Key::corpusId);
  }

  /**
   * Reads the latest events of the runs that are wanted.
   *
   * @param wanted by their ids
   */
  static History read(RecordedEvents events, Predicate<String> wanted)
      throws UnusableInputException {
    Map<Key, Map<String, CheckpointResult>> runs = new TreeMap<>(Key.ORDER);
    try (LatestEvents latest = LatestEvents.all()) {
      events.metrics(
          event -> {
            if (wanted.test(event.getRunId())) {
              latest.add(event);
            }
          });
      latest.forEach(event -> checkpoint(runs, event).add(event));
    }
    Map<Key, List<AlarmEvent>> alarms = new TreeMap<>(Key.ORDER);
    RecordedEvents.Alarms recorded = events.alarms();
    for (AlarmEvent alarm : recorded.events()) {
      add(
          alarms.computeIfAbsent(
              new Key(alarm.getRunId(), alarm.getCorpusId()), key -> new ArrayList<>()),
          alarm);
    }
    return new History(
        runs.entrySet().stream()
            .map(
                run ->
                    new RunHistory(
                        run.getKey().runId(),
                        run.getKey().corpusId(),
                        List.copyOf(run.getValue().values()),
                        alarms.getOrDefault(run.getKey(), List.of())))
            .toList(),
        recorded.note());
  }

  /** One that is raised again before it was cleared was corrected: the former is no more. */
  private static void add(List<AlarmEvent> alarms, AlarmEvent next) {
    for (int i = alarms.size() - 1; i >= 0; i--) {
      AlarmEvent before = alarms.get(i);
      if (before.getMetric().equals(next.getMetric())
          && Objects.equals(before.getLayer(), next.getLayer())) {
        if (before.getState() == AlarmState.RAISED && next.getState() == AlarmState.RAISED) {
          alarms.remove(i);
        }
        break;
      }
    }
    alarms.add(next);
  }

  private static CheckpointResult checkpoint(
      Map<Key, Map<String, CheckpointResult>> runs, MetricEvent event) {
    return runs.computeIfAbsent(
            new Key(event.getRunId(), event.getCorpusId()), key -> new LinkedHashMap<>())
        .computeIfAbsent(event.getCheckpointId(), id -> new CheckpointResult(event));
  }

  /** How a run is named: by its id, with the corpus where there are several. */
  String label(RunHistory run) {
    boolean several = runs.stream().map(RunHistory::corpusId).distinct().count() > 1;
    return several ? run.runId() + " on " + run.corpusId() : run.runId();
  }

  /** The layers of all runs, ascending. */
  SortedSet<Integer> layers() {
    SortedSet<Integer> layers = new TreeSet<>();
    runs.forEach(run -> layers.addAll(run.layers()));
    return layers;
  }

  /** All steps with something to draw. */
  double[] steps() {
    return runs.stream()
        .flatMap(run -> run.checkpoints().stream())
        .filter(checkpoint -> checkpoint.loss() != null || !checkpoint.layers().isEmpty())
        .mapToDouble(CheckpointResult::step)
        .toArray();
  }
}
