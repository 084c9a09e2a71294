package io.sounding.jobs.dashboard;

import io.sounding.jobs.watch.LatestEvents;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.MetricStatus;
import java.util.Arrays;
import java.util.List;

/**
 * The latest events of a checkpoint on a corpus, by the rules of {@link LatestEvents}. Immutable:
 * an event makes another one.
 */
final class Evaluation {

  /** How far a checkpoint is. */
  enum Status {
    /** Layers are still open. */
    EVALUATING,
    /** All layers are FINAL. */
    FINAL,
    /** There will be no more. */
    FAILED
  }

  private final String checkpointId;
  private final int attempt;
  private final long step;
  private final LayerEvent[] events;
  private final long emittedAt;
  private final Status status;

  private Evaluation(String checkpointId, int attempt, long step, LayerEvent[] events) {
    this.checkpointId = checkpointId;
    this.attempt = attempt;
    this.step = step;
    this.events = events;
    emittedAt = newest(events);
    status = statusOf(events);
  }

  /** Without any event. */
  static Evaluation of(String checkpointId) {
    return new Evaluation(checkpointId, 0, 0, new LayerEvent[0]);
  }

  /** After another event; the same if it changes nothing. */
  Evaluation with(MetricEvent event, SharedTexts texts) {
    if (event.getAttempt() < attempt) {
      return this;
    }
    LayerEvent[] before = event.getAttempt() > attempt ? new LayerEvent[0] : events;
    int at = indexOf(before, LayerEvent.layerOf(event));
    if (at >= 0 && before[at].isClosing() && !LatestEvents.isClosing(event.getStatus())) {
      return new Evaluation(checkpointId, event.getAttempt(), event.getStep(), before);
    }
    LayerFacts facts = shared(LayerFacts.of(event, texts), before);
    LayerEvent[] after = at >= 0 ? before.clone() : widened(before, -1 - at);
    after[at >= 0 ? at : -1 - at] = LayerEvent.of(event, facts);
    return new Evaluation(
        checkpointId, event.getAttempt(), event.getStep(), withoutFailureOfFinished(after));
  }

  private static LayerEvent[] withoutFailureOfFinished(LayerEvent[] events) {
    Integer layers = layers(events);
    boolean outdated =
        events[0].layer() == LayerEvent.NO_LAYER && layers != null && layersFinal(events) >= layers;
    return outdated ? Arrays.copyOfRange(events, 1, events.length) : events;
  }

  /** Without the event of a layer. */
  Evaluation without(int layer) {
    int at = indexOf(events, layer);
    if (at < 0) {
      return this;
    }
    LayerEvent[] left = new LayerEvent[events.length - 1];
    System.arraycopy(events, 0, left, 0, at);
    System.arraycopy(events, at + 1, left, at, left.length - at);
    return new Evaluation(checkpointId, attempt, step, left);
  }

  private static LayerFacts shared(LayerFacts facts, LayerEvent[] siblings) {
    for (LayerEvent sibling : siblings) {
      if (sibling.facts().equals(facts)) {
        return sibling.facts();
      }
    }
    return facts;
  }

  private static LayerEvent[] widened(LayerEvent[] events, int gap) {
    LayerEvent[] wider = new LayerEvent[events.length + 1];
    System.arraycopy(events, 0, wider, 0, gap);
    System.arraycopy(events, gap, wider, gap + 1, events.length - gap);
    return wider;
  }

  /** Where the event of a layer is; -1 - where it would be, if there is none. */
  private static int indexOf(LayerEvent[] events, int layer) {
    int low = 0;
    int high = events.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      if (events[middle].layer() == layer) {
        return middle;
      }
      if (events[middle].layer() < layer) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -1 - low;
  }

  String checkpointId() {
    return checkpointId;
  }

  int attempt() {
    return attempt;
  }

  long step() {
    return step;
  }

  /** The latest event of each layer, by layer; none first. */
  List<LayerEvent> events() {
    return Arrays.asList(events);
  }

  int size() {
    return events.length;
  }

  /** That of a layer; null: there is none. */
  LayerEvent event(int layer) {
    int at = indexOf(events, layer);
    return at < 0 ? null : events[at];
  }

  /** When its newest event was emitted, milliseconds since 1970-01-01 UTC. */
  long emittedAt() {
    return emittedAt;
  }

  /** Layers with a FINAL event. */
  int layersFinal() {
    return layersFinal(events);
  }

  /** Layers that are evaluated; null: failed before that was known. */
  Integer layers() {
    return layers(events);
  }

  Status status() {
    return status;
  }

  private static long newest(LayerEvent[] events) {
    long newest = 0;
    for (LayerEvent event : events) {
      newest = Math.max(newest, event.emittedAt());
    }
    return newest;
  }

  private static int layersFinal(LayerEvent[] events) {
    int count = 0;
    for (LayerEvent event : events) {
      count += event.isFinal() ? 1 : 0;
    }
    return count;
  }

  private static Integer layers(LayerEvent[] events) {
    Integer most = null;
    for (LayerEvent event : events) {
      Integer here = event.facts().layers();
      if (here != null && (most == null || here > most)) {
        most = here;
      }
    }
    return most;
  }

  private static Status statusOf(LayerEvent[] events) {
    for (LayerEvent event : events) {
      if (event.status() == MetricStatus.FAILED) {
        return Status.FAILED;
      }
    }
    int done = layersFinal(events);
    Integer layers = layers(events);
    return done > 0 && (layers == null || done >= layers) ? Status.FINAL : Status.EVALUATING;
  }

  /** Training loss as published; null: not known. */
  Double trainingLoss() {
    Double loss = null;
    for (LayerEvent event : events) {
      loss = event.facts().trainingLoss() == null ? loss : event.facts().trainingLoss();
    }
    return loss;
  }
}
