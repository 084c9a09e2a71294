package io.sounding.jobs.dashboard;

import io.sounding.schemas.MetricEvent;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The latest event of each (run, checkpoint, corpus, layer), as many as a limit allows: beyond it,
 * those of the checkpoints that were written longest ago go.
 *
 * <p>One thread writes, any number read without a lock: each checkpoint is an immutable snapshot,
 * and reading goes from one to the next.
 */
final class MetricStore {

  private record Key(RunOnCorpus run, String checkpointId) {}

  private final int limit;
  private final ConcurrentNavigableMap<RunOnCorpus, ConcurrentMap<String, Evaluation>> runs =
      new ConcurrentSkipListMap<>();

  // the writer's
  private final SharedTexts texts = new SharedTexts();
  private final Map<Key, Evaluation> byLastWrite = new LinkedHashMap<>(16, 0.75f, true);

  private volatile int size;
  private volatile long dropped;

  /**
   * Empty.
   *
   * @param limit so many events are held at most
   */
  MetricStore(int limit) {
    this.limit = limit;
  }

  /** Takes note of an event. */
  void add(MetricEvent event) {
    RunOnCorpus run =
        new RunOnCorpus(texts.shared(event.getRunId()), texts.shared(event.getCorpusId()));
    Key key = new Key(run, event.getCheckpointId());
    Evaluation before = byLastWrite.get(key);
    Evaluation after =
        (before == null ? Evaluation.of(event.getCheckpointId()) : before).with(event, texts);
    if (after.size() == 0) {
      return;
    }
    put(key, before, after);
    dropBeyondLimit();
  }

  /** Forgets the event of a layer: its key was deleted from the topic. */
  void remove(RunOnCorpus run, String checkpointId, int layer) {
    Key key = new Key(run, checkpointId);
    Evaluation before = byLastWrite.get(key);
    if (before == null) {
      return;
    }
    Evaluation after = before.without(layer);
    if (after.size() > 0) {
      put(key, before, after);
    } else {
      byLastWrite.remove(key);
      forget(key, before);
    }
  }

  /** Forgets all. */
  void clear() {
    byLastWrite.clear();
    runs.clear();
    size = 0;
    dropped = 0;
  }

  private void put(Key key, Evaluation before, Evaluation after) {
    byLastWrite.put(key, after);
    runs.computeIfAbsent(key.run(), run -> new ConcurrentHashMap<>())
        .put(after.checkpointId(), after);
    grow(after.size() - (before == null ? 0 : before.size()));
  }

  private void dropBeyondLimit() {
    Iterator<Map.Entry<Key, Evaluation>> oldest = byLastWrite.entrySet().iterator();
    while (size > limit) {
      Map.Entry<Key, Evaluation> next = oldest.next();
      oldest.remove();
      forget(next.getKey(), next.getValue());
      dropped(next.getValue().size());
    }
  }

  private void forget(Key key, Evaluation evaluation) {
    runs.computeIfPresent(
        key.run(),
        (run, checkpoints) -> {
          checkpoints.remove(key.checkpointId());
          return checkpoints.isEmpty() ? null : checkpoints;
        });
    grow(-evaluation.size());
  }

  @SuppressWarnings("NonAtomicOperationOnVolatileField") // one thread writes
  private void grow(int by) {
    size += by;
  }

  @SuppressWarnings("NonAtomicOperationOnVolatileField") // one thread writes
  private void dropped(int events) {
    dropped += events;
  }

  /** Events held. */
  int size() {
    return size;
  }

  int limit() {
    return limit;
  }

  /** Events that had to go. */
  long dropped() {
    return dropped;
  }

  /** The checkpoints of a run on a corpus, in no order. */
  Collection<Evaluation> evaluations(RunOnCorpus run) {
    Map<String, Evaluation> checkpoints = runs.get(run);
    return checkpoints == null ? Collections.emptyList() : checkpoints.values();
  }

  /** All, by run and corpus; the checkpoints of each are in no order. */
  NavigableMap<RunOnCorpus, ? extends Map<String, Evaluation>> runs() {
    return Collections.unmodifiableNavigableMap(runs);
  }
}
