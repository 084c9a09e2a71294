package io.sounding.jobs.watch;

import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.schemas.AlarmEvent;
import io.sounding.schemas.MetricEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Follows the topics of metrics and alarms as they grow: committed records only, in the order in
 * which they were written as far as two topics have one (by Kafka's time stamps). Not thread-safe.
 */
public final class EventFollower implements AutoCloseable {

  /** How long Kafka may take to say where its topics end before it counts as out of reach. */
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(3);

  private final RecordDecoder decoder;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final AssignedTopics assigned;
  private final String metrics;
  private final Queue<ConsumerRecord<byte[], byte[]>> alarmsAhead = new ArrayDeque<>();
  private long metricsUpTo = Long.MIN_VALUE;

  private EventFollower(KafkaClients kafka, List<String> topics) {
    decoder =
        new RecordDecoder(kafka.wire(), MetricEvent.getClassSchema(), AlarmEvent.getClassSchema());
    metrics = kafka.topics().metrics();
    consumer = kafka.consumer();
    try {
      assigned = new AssignedTopics(consumer, topics);
    } catch (RuntimeException e) {
      consumer.close(); // nobody else can
      throw e;
    }
  }

  /** Goes to where it begins. */
  private static EventFollower at(
      KafkaClients kafka, List<String> topics, Consumer<EventFollower> start) {
    EventFollower follower = new EventFollower(kafka, topics);
    try {
      start.accept(follower);
    } catch (RuntimeException e) {
      follower.close(); // nobody else can
      throw e;
    }
    return follower;
  }

  /** Follows what comes from now on. */
  public static EventFollower fromNow(KafkaClients kafka, List<String> topics) {
    return at(kafka, topics, EventFollower::seekToEnd);
  }

  private void seekToEnd() {
    consumer.seekToEnd(consumer.assignment());
    consumer.assignment().forEach(consumer::position); // now, not at first poll
  }

  /** Follows from the start of the topics, which are compacted, on. */
  public static EventFollower fromStart(KafkaClients kafka, List<String> topics) {
    return at(
        kafka,
        topics,
        follower -> follower.consumer.seekToBeginning(follower.consumer.assignment()));
  }

  /** Follows what was written from a moment on. */
  public static EventFollower since(KafkaClients kafka, List<String> topics, Instant moment) {
    return at(kafka, topics, follower -> follower.seek(moment));
  }

  private void seek(Instant moment) {
    seekToEnd();
    Map<TopicPartition, Long> moments = new HashMap<>();
    long millis = Math.max(0, moment.toEpochMilli()); // Kafka refuses what was before 1970
    consumer.assignment().forEach(p -> moments.put(p, millis));
    for (Map.Entry<TopicPartition, OffsetAndTimestamp> first :
        consumer.offsetsForTimes(moments).entrySet()) {
      if (first.getValue() != null) {
        consumer.seek(first.getKey(), first.getValue().offset());
      }
    }
  }

  /**
   * What came, metric events and alarms; waits up to {@code limit} for something. An alarm waits
   * for the metrics that were written before it, be it until a poll brings nothing.
   */
  public List<SpecificRecord> poll(Duration limit) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    assigned.addNew();
    ConsumerRecords<byte[], byte[]> polled = consumer.poll(limit);
    for (ConsumerRecord<byte[], byte[]> record : polled) {
      if (record.topic().equals(metrics)) {
        records.add(record);
        metricsUpTo = Math.max(metricsUpTo, record.timestamp());
      } else {
        alarmsAhead.add(record);
      }
    }
    while (!alarmsAhead.isEmpty()
        && (polled.isEmpty() || alarmsAhead.peek().timestamp() <= metricsUpTo)) {
      records.add(alarmsAhead.remove());
    }
    records.sort(Comparator.comparingLong(ConsumerRecord::timestamp));
    return records.stream().map(decoder::decode).filter(Objects::nonNull).toList();
  }

  /** What could not be read up to now, by topic; empty: nothing. */
  public List<PassedOver> passedOver() {
    return decoder.passedOver();
  }

  /** Whether Kafka answers; a consumer that polls in vain cannot tell. */
  public boolean isKafkaReachable() {
    try {
      consumer.endOffsets(consumer.assignment(), ANSWER_LIMIT);
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }

  @Override
  public void close() {
    boolean interrupted = Thread.interrupted(); // which a consumer that closes would object to
    consumer.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
