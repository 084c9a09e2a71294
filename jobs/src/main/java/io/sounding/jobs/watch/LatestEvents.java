package io.sounding.jobs.watch;

import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.MetricStatus;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The latest event of each (run, checkpoint, corpus, layer), whatever the order and number of those
 * that came: the highest attempt of a checkpoint on a corpus drives out all events of earlier ones,
 * and within an attempt the later event of a layer replaces the earlier, but a PARTIAL one never a
 * closing one. A FAILED event, which has no layer, stands beside those of layers that its attempt
 * finished; where it finished all, a job that was started afresh failed what had been evaluated, or
 * the reverse, and the FAILED event is left out.
 *
 * <p>Of FINAL events alone, the highest attempt is the highest that came to an end: one that is
 * still under way does not take the numbers of the one before away.
 *
 * <p>Events are kept on disk: memory grows by about 100 bytes for each that is the latest.
 */
public final class LatestEvents implements AutoCloseable {

  private record Evaluation(String runId, String checkpointId, String corpusId) {}

  private record Place(long position, MetricStatus status) {}

  private static final class Attempt {
    private int number;
    private long step;
    private Integer layers; // evaluated ones; null: not known
    private final TreeMap<Integer, Place> byLayer = new TreeMap<>();

    private Collection<Place> latest() {
      boolean finished = layers != null && count(MetricStatus.FINAL) >= layers;
      return byLayer.tailMap(finished ? NO_LAYER + 1 : NO_LAYER).values();
    }

    private long count(MetricStatus status) {
      return byLayer.values().stream().filter(place -> place.status() == status).count();
    }
  }

  private static final Comparator<Map.Entry<Evaluation, Attempt>> ORDER =
      Comparator.comparing((Map.Entry<Evaluation, Attempt> entry) -> entry.getKey().runId())
          .thenComparingLong(entry -> entry.getValue().step)
          .thenComparing(entry -> entry.getKey().checkpointId())
          .thenComparing(entry -> entry.getKey().corpusId());

  private static final int NO_LAYER = -1;

  private final boolean finals;
  private final Map<Evaluation, Attempt> evaluations = new HashMap<>();
  private final EventSpool spool = new EventSpool();

  private LatestEvents(boolean finals) {
    this.finals = finals;
  }

  /** Of events of every status. */
  public static LatestEvents all() {
    return new LatestEvents(false);
  }

  /** FINAL events alone. */
  public static LatestEvents finals() {
    return new LatestEvents(true);
  }

  /** Takes note of an event. */
  public void add(MetricEvent event) {
    if (finals && !isClosing(event.getStatus())) {
      return;
    }
    Attempt attempt =
        evaluations.computeIfAbsent(
            new Evaluation(event.getRunId(), event.getCheckpointId(), event.getCorpusId()),
            evaluation -> new Attempt());
    if (event.getAttempt() < attempt.number) {
      return;
    }
    if (event.getAttempt() > attempt.number) {
      attempt.number = event.getAttempt();
      attempt.layers = null;
      attempt.byLayer.clear();
    }
    attempt.step = event.getStep();
    attempt.layers = event.getLayers() == null ? attempt.layers : event.getLayers();
    if (finals && event.getStatus() == MetricStatus.FAILED) {
      return;
    }
    int layer = event.getLayer() == null ? NO_LAYER : event.getLayer();
    Place before = attempt.byLayer.get(layer);
    if (before == null || isClosing(event.getStatus()) || !isClosing(before.status())) {
      attempt.byLayer.put(layer, new Place(spool.add(event), event.getStatus()));
    }
  }

  /** Whether the event ends the evaluation of its layer or checkpoint. */
  public static boolean isClosing(MetricStatus status) {
    return status == MetricStatus.FINAL || status == MetricStatus.FAILED;
  }

  /** The number of events that are the latest. */
  public int size() {
    return evaluations.values().stream().mapToInt(attempt -> attempt.latest().size()).sum();
  }

  /** Takes events that are handed out; may fail in its own way. */
  public interface Taker<E extends Exception> {
    /** Takes one. */
    void take(MetricEvent event) throws E;
  }

  /** Hands out the latest events, by run, step, checkpoint, corpus and layer (none first). */
  public <E extends Exception> void forEach(Taker<E> taker) throws E {
    for (var evaluation : evaluations.entrySet().stream().sorted(ORDER).toList()) {
      for (Place place : evaluation.getValue().latest()) {
        taker.take(spool.get(place.position()));
      }
    }
  }

  @Override
  public void close() {
    spool.close();
  }
}
