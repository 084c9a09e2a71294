package io.sounding.operators.embed;

import io.sounding.operators.admit.CheckpointRequest;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.stream.Stream;

/**
 * What is still to be embedded by one subtask, checkpoint-major: all its shards of one checkpoint
 * before the next checkpoint. Checkpoints are ordered by the timestamp of their event, then by its
 * offset, then by id; shards by number. Not thread-safe; a view of keyed state, rebuilt on restore.
 */
final class EmbedQueue {

  /** One shard of the corpus of one checkpoint. */
  record Work(CheckpointRequest request, int shard) {}

  /** The time of no checkpoint. */
  static final long NONE = Long.MIN_VALUE;

  private static final Comparator<CheckpointRequest> ORDER =
      Comparator.comparingLong((CheckpointRequest r) -> r.source().timestampMillis())
          .thenComparingLong(r -> r.source().offset())
          .thenComparing(CheckpointRequest::evaluationId);

  private final TreeMap<CheckpointRequest, TreeSet<Integer>> shardsOf = new TreeMap<>(ORDER);
  private final Map<String, CheckpointRequest> byEvaluation = new HashMap<>();
  private volatile int size; // read by the thread that reports metrics
  private volatile long oldestMillis = NONE; // and so is this

  void add(CheckpointRequest request, int shard) {
    CheckpointRequest known = byEvaluation.computeIfAbsent(request.evaluationId(), id -> request);
    boolean added = shardsOf.computeIfAbsent(known, r -> new TreeSet<>()).add(shard);
    count(added ? 1 : 0);
  }

  void remove(CheckpointRequest request, int shard) {
    CheckpointRequest known = byEvaluation.get(request.evaluationId());
    if (known != null) {
      TreeSet<Integer> shards = shardsOf.get(known);
      boolean removed = shards.remove(shard);
      if (shards.isEmpty()) {
        shardsOf.remove(known);
        byEvaluation.remove(request.evaluationId());
      }
      count(removed ? -1 : 0);
    }
  }

  /** The first work whose (corpus, shard) is ready. */
  Optional<Work> first(BiPredicate<String, Integer> ready) {
    return ready(shardsOf, ready).findFirst();
  }

  /** The work after a shard: of the same checkpoint, or else the first other that is ready. */
  Optional<Work> after(CheckpointRequest request, int shard, BiPredicate<String, Integer> ready) {
    return ready(shardsOf.subMap(request, true, request, true), ready)
        .filter(work -> work.shard() > shard)
        .findFirst()
        .or(
            () ->
                ready(shardsOf, ready)
                    .filter(
                        work ->
                            work.shard() != shard || ORDER.compare(work.request(), request) != 0)
                    .findFirst());
  }

  /** The first checkpoint after {@code request} that has ready work here. */
  Optional<CheckpointRequest> next(CheckpointRequest request, BiPredicate<String, Integer> ready) {
    return ready(shardsOf.tailMap(request, false), ready).findFirst().map(Work::request);
  }

  private static Stream<Work> ready(
      Map<CheckpointRequest, TreeSet<Integer>> shards, BiPredicate<String, Integer> ready) {
    return shards.entrySet().stream()
        .flatMap(
            entry ->
                entry.getValue().stream()
                    .filter(shard -> ready.test(entry.getKey().corpusId(), shard))
                    .map(shard -> new Work(entry.getKey(), shard)));
  }

  /** The checkpoints that wait, ready or not, in order. */
  List<CheckpointRequest> checkpoints() {
    return List.copyOf(shardsOf.keySet());
  }

  private void count(int more) {
    size += more; // one thread writes it
    oldestMillis = shardsOf.isEmpty() ? NONE : shardsOf.firstKey().source().timestampMillis();
  }

  /**
   * The timestamp of the oldest checkpoint's event, milliseconds since 1970-01-01 UTC, or {@link
   * #NONE}; from any thread.
   */
  long oldestMillis() {
    return oldestMillis;
  }

  /** Work that waits, ready or not; from any thread. */
  int size() {
    return size;
  }
}
