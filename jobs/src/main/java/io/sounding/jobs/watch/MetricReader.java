package io.sounding.jobs.watch;

import io.sounding.schemas.MetricEvent;
import java.time.Duration;
import java.util.List;

/** Reads metric events from the start of their topic. Not thread-safe. */
public final class MetricReader implements AutoCloseable {

  private final CommittedRecords records;

  /** Reads {@code topic}, which must exist. */
  public MetricReader(String bootstrapServers, String topic) {
    records = new CommittedRecords(bootstrapServers, topic, MetricEvent.getClassSchema());
  }

  /** The events that came; waits up to {@code limit} for one. */
  public List<MetricEvent> poll(Duration limit) {
    return records.poll(limit).stream().map(MetricEvent.class::cast).toList();
  }

  @Override
  public void close() {
    records.close();
  }
}
