package io.sounding.operators.relate;

import io.sounding.operators.admit.Score;
import io.sounding.schemas.CorrelationEvent;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.MetricStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What {@link Correlate} would publish of events and scores that are all at hand: the same pairs,
 * the same arithmetic, the same seeds, without a job.
 */
public final class RecordedCorrelations {

  private record Place(String corpusId, int layer) {}

  private final Map<Place, Map<String, LayerHistory>> histories =
      new TreeMap<>(Comparator.comparing(Place::corpusId).thenComparingInt(Place::layer));
  private final Map<String, Map<String, TaskScores>> scoresByRun = new TreeMap<>();
  private long scoresRead;

  /** Takes note of a metric event; of those that are not FINAL nothing is correlated. */
  public void add(MetricEvent event) {
    if (event.getStatus() == MetricStatus.FINAL) {
      Measurement measurement = Measurement.of(event);
      note(measurement);
      note(measurement.ofCheckpoint());
    }
  }

  private void note(Measurement measurement) {
    histories
        .computeIfAbsent(
            new Place(measurement.corpusId(), measurement.layer()), place -> new TreeMap<>())
        .merge(
            measurement.runId(),
            LayerHistory.EMPTY.with(measurement, measurement.values()),
            (before, first) -> before.with(measurement, measurement.values()));
  }

  /** Takes note of a score; of several of one run, step and task the last one published counts. */
  public void add(String runId, long step, String task, double value, Instant publishedAt) {
    Score score = new Score(runId, step, task, value, publishedAt.toEpochMilli(), scoresRead++);
    scoresByRun
        .computeIfAbsent(runId, run -> new TreeMap<>())
        .merge(task, TaskScores.EMPTY.with(score), (before, first) -> before.with(score));
  }

  /**
   * The correlations: by corpus and layer (loss and step first), then along runs and across them.
   *
   * @param fromSteps from which checkpoint of a run on, each on its own
   * @param resamples bootstrap resamples of an interval
   */
  public List<CorrelationEvent> correlate(List<FromStep> fromSteps, int resamples) {
    Instant now = Instant.now();
    List<CorrelationEvent> events = new ArrayList<>();
    histories.forEach(
        (place, runs) -> {
          boolean ofLayer = place.layer() != Measurement.NO_LAYER;
          PairTable table = table(runs, ofLayer);
          for (PairGroup group : table.groups(fromSteps)) {
            PairSet pairs = table.pairs(group);
            if (pairs != null) {
              Integer layer = ofLayer ? place.layer() : null;
              events.addAll(CorrelationTable.of(pairs, place.corpusId(), layer, resamples, now));
            }
          }
        });
    return events;
  }

  private PairTable table(Map<String, LayerHistory> runs, boolean ofLayer) {
    PairTable table = new PairTable(ofLayer);
    runs.forEach(table::put);
    scoresByRun.forEach(
        (run, tasks) -> {
          if (runs.containsKey(run)) {
            tasks.forEach((task, scores) -> table.put(run, task, scores));
          }
        });
    return table;
  }
}
