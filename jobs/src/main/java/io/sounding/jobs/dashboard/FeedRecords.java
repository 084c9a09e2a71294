package io.sounding.jobs.dashboard;

import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.Topics;
import io.sounding.schemas.AlarmEvent;
import io.sounding.schemas.CorrelationEvent;
import io.sounding.schemas.DecodingException;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.RecordReader;
import io.sounding.schemas.registry.RegistryException;
import java.util.HashMap;
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
   * @throws RegistryException if it needs a schema registry that cannot be used: it counts as not
   *     taken
   */
  void take(ConsumerRecords<byte[], byte[]> polled) {
    long countBefore = count;
    long passedOverBefore = passedOver;
    try {
      polled.forEach(this::take);
    } catch (RegistryException e) {
      count = countBefore;
      passedOver = passedOverBefore;
      throw e;
    }
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

  private void take(ConsumerRecord<byte[], byte[]> record) {
    count++;
    try {
      if (record.topic().equals(topics.metrics())) {
        takeMetric(record);
      } else if (record.topic().equals(topics.alarms())) {
        takeAlarm(record);
      } else {
        takeCorrelation(record);
      }
    } catch (DecodingException | IllegalArgumentException e) {
      passedOver++;
      LOG.debug(
          "Passed over record {} of {}-{}: {}",
          record.offset(),
          record.topic(),
          record.partition(),
          e.getMessage());
    }
  }

  private void takeMetric(ConsumerRecord<byte[], byte[]> record) throws DecodingException {
    if (record.value() == null) {
      board.removeMetric(record.key());
    } else {
      board.add((MetricEvent) metrics.decode(record.value()));
    }
  }

  private void takeAlarm(ConsumerRecord<byte[], byte[]> record) throws DecodingException {
    if (record.value() == null) {
      board.removeAlarm(record.key());
    } else {
      board.add(record.key(), (AlarmEvent) alarms.decode(record.value()));
    }
  }

  private void takeCorrelation(ConsumerRecord<byte[], byte[]> record) throws DecodingException {
    if (record.value() == null) {
      board.removeCorrelation(record.key());
    } else {
      board.add(record.key(), (CorrelationEvent) correlations.decode(record.value()));
    }
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
