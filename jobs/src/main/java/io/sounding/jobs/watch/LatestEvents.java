package io.sounding.jobs.watch;

import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.MetricStatus;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The latest event of each (run, checkpoint, corpus, layer), whatever the order and number of those
 * that came: the highest attempt of a checkpoint on a corpus drives out all events of earlier ones,
 * and within an attempt the later event of a layer replaces the earlier, but a PARTIAL one never a
 * closing one. A FAILED event, which has no layer, stands beside those of layers that its attempt
 * finished before.
 *
 * <p>Of FINAL events alone, the highest attempt is the highest that came to an end: one that is
 * still under way does not take the numbers of the one before away.
 *
 * <p>Events are kept on disk: memory grows by about 100 bytes for each that is the latest.
 */
public final class LatestEvents implements AutoCloseable {

  private record Evaluation(String runId, String checkpointId, String corpusId) {}

  private record Place(long position, boolean closing) {}

  private static final class Attempt {
    private int number;
    private long step;
    private final Map<Integer, Place> byLayer = new TreeMap<>();
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
  private int size;

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
    if (finals && !isClosing(event)) {
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
      size -= attempt.byLayer.size();
      attempt.byLayer.clear();
    }
    attempt.step = event.getStep();
    if (finals && event.getStatus() == MetricStatus.FAILED) {
      return;
    }
    int layer = event.getLayer() == null ? NO_LAYER : event.getLayer();
    boolean closing = isClosing(event);
    Place before = attempt.byLayer.get(layer);
    if (before == null || closing || !before.closing()) {
      attempt.byLayer.put(layer, new Place(spool.add(event), closing));
      size += before == null ? 1 : 0;
    }
  }

  /** Whether the event ends the evaluation of its layer or checkpoint. */
  public static boolean isClosing(MetricEvent event) {
    return event.getStatus() == MetricStatus.FINAL || event.getStatus() == MetricStatus.FAILED;
  }

  /** The number of events that are the latest. */
  public int size() {
    return size;
  }

  /** Takes events that are handed out; may fail in its own way. */
  public interface Taker<E extends Exception> {
    /** Takes one. */
    void take(MetricEvent event) throws E;
  }

  /** Hands out the latest events, by run, step, checkpoint, corpus and layer (none first). */
  public <E extends Exception> void forEach(Taker<E> taker) throws E {
    for (var evaluation : evaluations.entrySet().stream().sorted(ORDER).toList()) {
      for (Place place : evaluation.getValue().byLayer.values()) {
        taker.take(spool.get(place.position()));
      }
    }
  }

  @Override
  public void close() {
    spool.close();
  }
}
