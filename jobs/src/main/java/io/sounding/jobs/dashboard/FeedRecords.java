package io.sounding.jobs.dashboard;

import io.sounding.jobs.kafka.Topics;
import io.sounding.schemas.AlarmEvent;
import io.sounding.schemas.CorrelationEvent;
import io.sounding.schemas.DecodingException;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.SingleObjectCodec;
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
  private final SingleObjectCodec metrics = SingleObjectCodec.reading(MetricEvent.getClassSchema());
  private final SingleObjectCodec alarms = SingleObjectCodec.reading(AlarmEvent.getClassSchema());
  private final SingleObjectCodec correlations =
      SingleObjectCodec.reading(CorrelationEvent.getClassSchema());
  private final Map<TopicPartition, Long> positions = new HashMap<>();
  private long count;
  private long passedOver;

  FeedRecords(Board board, Topics topics) {
    this.board = board;
    this.topics = topics;
  }

  /** Takes what was polled. */
  void take(ConsumerRecords<byte[], byte[]> polled) {
    polled.forEach(this::take);
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
