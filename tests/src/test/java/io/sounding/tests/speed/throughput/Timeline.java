package io.sounding.tests.speed.throughput;

import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.MetricStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * When the events of some checkpoints came, in the order of the checkpoints. All moments are
 * milliseconds since 1970.
 *
 * @param published when the first checkpoint event was published
 * @param checkpoints their moments, in the order in which they were done: events of the same
 *     millisecond may be taken up in another order than they were published
 */
record Timeline(long published, List<Moments> checkpoints) {

  /**
   * The moments of a checkpoint.
   *
   * @param firstPartial when its first PARTIAL event was made; 0 if none came
   * @param firstPartialRead when that was read, committed; 0 if none came
   * @param merged when its last FINAL event was begun: all shards are merged, clustering follows
   * @param written when its last FINAL event was sent to Kafka
   * @param read when its last FINAL event was read, committed
   * @param embedSeconds wall time of its forward passes, as its events say, s
   * @param foldSeconds wall time of folding, of all layers, s
   * @param loadSeconds time of loading its model, as its events say, s; NaN if they do not
   */
  record Moments(
      long firstPartial,
      long firstPartialRead,
      long merged,
      long written,
      long read,
      double embedSeconds,
      double foldSeconds,
      double loadSeconds) {}

  /** From the first checkpoint event to the last FINAL event that was read, s. */
  double seconds() {
    return (last().read() - published) * 1e-3;
  }

  /** The checkpoint that was done last. */
  Moments last() {
    return checkpoints.get(checkpoints.size() - 1);
  }

  /** From a checkpoint's merged shards to those of the next one, s; one less than checkpoints. */
  List<Double> intervals() {
    List<Double> intervals = new ArrayList<>();
    for (int i = 1; i < checkpoints.size(); i++) {
      intervals.add((checkpoints.get(i).merged() - checkpoints.get(i - 1).merged()) * 1e-3);
    }
    return intervals;
  }

  /** Collects events as they come. */
  static final class Collector {

    private final Map<String, List<Seen>> byCheckpoint = new LinkedHashMap<>();
    private final long published;

    private record Seen(MetricEvent event, long written, long read) {}

    Collector(long published, List<String> checkpointIds) {
      this.published = published;
      checkpointIds.forEach(id -> byCheckpoint.put(id, new ArrayList<>()));
    }

    /** Takes an event, if it is about one of the checkpoints. */
    void take(MetricEvent event, long written, long read) {
      List<Seen> seen = byCheckpoint.get(event.getCheckpointId());
      if (seen == null) {
        return;
      }
      if (event.getStatus() == MetricStatus.FAILED) {
        throw new IllegalStateException(
            event.getCheckpointId() + " failed: " + event.getFailureReason());
      }
      seen.add(new Seen(event, written, read));
    }

    boolean complete() {
      return byCheckpoint.values().stream()
          .allMatch(
              seen ->
                  !seen.isEmpty()
                      && seen.stream().filter(Collector::isFinal).count()
                          == seen.get(0).event().getLayers());
    }

    long finals() {
      return byCheckpoint.values().stream()
          .flatMap(List::stream)
          .filter(Collector::isFinal)
          .count();
    }

    private static boolean isFinal(Seen seen) {
      return seen.event().getStatus() == MetricStatus.FINAL;
    }

    Timeline timeline() {
      return new Timeline(
          published,
          byCheckpoint.values().stream()
              .map(Collector::moments)
              .sorted(Comparator.comparingLong(Moments::merged))
              .toList());
    }

    private static Moments moments(List<Seen> seen) {
      List<Seen> finals = seen.stream().filter(Collector::isFinal).toList();
      List<Seen> partials =
          seen.stream()
              .filter(s -> !isFinal(s))
              .sorted(Comparator.comparing(s -> s.event().getEmittedAt()))
              .toList();
      return new Moments(
          partials.isEmpty() ? 0 : partials.get(0).event().getEmittedAt().toEpochMilli(),
          partials.isEmpty() ? 0 : partials.get(0).read(),
          finals.stream()
              .mapToLong(s -> s.event().getEmittedAt().toEpochMilli())
              .max()
              .orElseThrow(),
          finals.stream().mapToLong(Seen::written).max().orElseThrow(),
          finals.stream().mapToLong(Seen::read).max().orElseThrow(),
          finals.stream().mapToDouble(s -> cost(s, "embedSeconds")).max().orElseThrow(),
          finals.stream().mapToDouble(s -> cost(s, "foldSeconds")).sum(),
          finals.stream().mapToDouble(s -> cost(s, "loadSeconds")).max().orElseThrow());
    }

    /** A number of the event's cost; NaN where this version has no such field. */
    private static double cost(Seen seen, String name) {
      var cost = seen.event().getCost();
      var field = cost == null ? null : cost.getSchema().getField(name);
      return field == null ? Double.NaN : ((Number) cost.get(field.pos())).doubleValue();
    }
  }
}
