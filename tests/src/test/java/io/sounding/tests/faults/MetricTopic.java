package io.sounding.tests.faults;

import io.sounding.schemas.DecodingException;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.MetricStatus;
import io.sounding.schemas.SingleObjectCodec;
import io.sounding.tests.CommittedRecords;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The metric events that a consumer with {@code isolation.level=read_committed} sees. */
final class MetricTopic implements AutoCloseable {

  private final SingleObjectCodec codec = SingleObjectCodec.reading(MetricEvent.getClassSchema());
  private final CommittedRecords records;
  private final List<MetricEvent> events = new ArrayList<>();

  MetricTopic(String bootstrapServers, String topic) {
    records = new CommittedRecords(bootstrapServers, topic);
  }

  /** What an event is about: there is to be one FINAL event of each. */
  static String key(MetricEvent event) {
    return "%s/%s/%s/%d/%s"
        .formatted(
            event.getRunId(),
            event.getCheckpointId(),
            event.getCorpusId(),
            event.getAttempt(),
            event.getLayer());
  }

  /** All events that have come so far, in their order. */
  List<MetricEvent> soFar() {
    var all = records.soFar();
    for (var record : all.subList(events.size(), all.size())) {
      try {
        events.add((MetricEvent) codec.decode(record.value()));
      } catch (DecodingException e) {
        throw new AssertionError("A metric event cannot be read.", e);
      }
    }
    return events;
  }

  /** The FINAL events that have come so far, by key; more than one for a key is an error. */
  Map<String, List<MetricEvent>> finals() {
    return soFar().stream()
        .filter(event -> event.getStatus() == MetricStatus.FINAL)
        .collect(Collectors.groupingBy(MetricTopic::key, TreeMap::new, Collectors.toList()));
  }

  /** PARTIAL events of (checkpoint, layer) pairs whose FINAL event has not come so far. */
  List<MetricEvent> openPartials() {
    var finals = finals().keySet();
    return events.stream()
        .filter(event -> event.getStatus() == MetricStatus.PARTIAL)
        .filter(event -> !finals.contains(key(event)))
        .toList();
  }

  @Override
  public void close() {
    records.close();
  }
}
