package io.sounding.jobs.dashboard;

import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.Topics;
import io.sounding.schemas.AlarmEvent;
import io.sounding.schemas.CorrelationEvent;
import io.sounding.schemas.DecodingException;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.RecordReader;
import io.sounding.schemas.registry.RegistryException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts records onto a board. One that does not decode is counted and passed over; one without a
 * value deletes what its key stands for. Not thread-safe.
 */
final class FeedRecords {

  private static final Logger LOG = LoggerFactory.getLogger(FeedRecords.class);

  private final Board board;
  private final Topics topics;
  private final RecordReader metrics;
  private final RecordReader alarms;
  private final RecordReader correlations;
  private final Map<TopicPartition, Long> positions = new HashMap<>();
  private long count;
  private long passedOver;

  FeedRecords(Board board, KafkaClients kafka) {
    this.board = board;
    topics = kafka.topics();
    metrics = kafka.wire().reading(MetricEvent.getClassSchema());
    alarms = kafka.wire().reading(AlarmEvent.getClassSchema());
    correlations = kafka.wire().reading(CorrelationEvent.getClassSchema());
  }

  /**
   * Takes what was polled.
   *
   * @throws RegistryException if it needs a schema registry that cannot be used: nothing is taken
   */
  void take(ConsumerRecords<byte[], byte[]> polled) {
    List<Change> changes = new ArrayList<>(); // all or none: what is made twice may be there twice
    polled.forEach(record -> changes.add(new Change(record, effect(record))));
    changes.forEach(this::make);
    polled.nextOffsets().forEach((partition, next) -> positions.put(partition, next.offset()));
    board.tell();
  }

  /** Forgets all that was taken, to take it from the start. */
  void startOver() {
    positions.clear();
    count = 0;
    passedOver = 0;
    board.clear();
  }

  /** Where reading goes on. */
  Map<TopicPartition, Long> positions() {
    return positions;
  }

  /** What a record does to the board. */
  private record Change(ConsumerRecord<byte[], byte[]> record, Runnable effect) {}

  private void make(Change change) {
    count++;
    try {
      change.effect().run();
    } catch (IllegalArgumentException e) {
      passOver(change.record(), e);
    }
  }

  private void passOver(ConsumerRecord<byte[], byte[]> record, Exception reason) {
    passedOver++;
    LOG.debug(
        "Passed over record {} of {}-{}: {}",
        record.offset(),
        record.topic(),
        record.partition(),
        reason.getMessage());
  }

  private Runnable effect(ConsumerRecord<byte[], byte[]> record) {
    try {
      if (record.topic().equals(topics.metrics())) {
        return ofMetric(record);
      } else if (record.topic().equals(topics.alarms())) {
        return ofAlarm(record);
      } else {
        return ofCorrelation(record);
      }
    } catch (DecodingException | IllegalArgumentException e) {
      return () -> passOver(record, e);
    }
  }

  private Runnable ofMetric(ConsumerRecord<byte[], byte[]> record) throws DecodingException {
    if (record.value() == null) {
      return () -> board.removeMetric(record.key());
    }
    MetricEvent event = (MetricEvent) metrics.decode(record.value());
    return () -> board.add(event);
  }

  private Runnable ofAlarm(ConsumerRecord<byte[], byte[]> record) throws DecodingException {
    if (record.value() == null) {
      return () -> board.removeAlarm(record.key());
    }
    AlarmEvent event = (AlarmEvent) alarms.decode(record.value());
    return () -> board.add(record.key(), event);
  }

  private Runnable ofCorrelation(ConsumerRecord<byte[], byte[]> record) throws DecodingException {
    if (record.value() == null) {
      return () -> board.removeCorrelation(record.key());
    }
    CorrelationEvent event = (CorrelationEvent) correlations.decode(record.value());
    return () -> board.add(record.key(), event);
  }

  /** Records taken, those that did not decode included. */
  long count() {
    return count;
  }

  /** Records that did not decode. */
  long passedOver() {
    return passedOver;
  }
}
