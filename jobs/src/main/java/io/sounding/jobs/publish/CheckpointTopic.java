package io.sounding.jobs.publish;

import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.KafkaUnavailableException;
import io.sounding.jobs.kafka.TopicIds;
import io.sounding.jobs.watch.CommittedRecords;
import io.sounding.schemas.CheckpointEvent;
import io.sounding.schemas.MetricEvent;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;

/**
 * The checkpoints of one run on one corpus in Kafka: what is known of them, and where more are
 * published. Not thread-safe.
 */
public final class CheckpointTopic implements AutoCloseable {

  /** How long closing waits for a broker that does not answer. */
  private static final Duration CLOSING_LIMIT = Duration.ofSeconds(5);

  private final PublishedCheckpoints published;
  private final TopicIds topicIds;
  private final CommittedRecords<CheckpointEvent> checkpoints;
  private final CommittedRecords<MetricEvent> metrics;
  private final KafkaProducer<byte[], byte[]> producer;
  private final CheckpointPublisher publisher;
  private long metricEvents;

  /**
   * Connects; nothing is read yet.
   *
   * @throws KafkaUnavailableException if Kafka does not answer or lacks a topic
   */
  public CheckpointTopic(KafkaClients kafka, String runId, String corpusId) {
    kafka.require(kafka.topics().checkpoints(), kafka.topics().metrics());
    published = new PublishedCheckpoints(runId, corpusId);
    topicIds = new TopicIds(kafka, List.of(kafka.topics().checkpoints(), kafka.topics().metrics()));
    checkpoints =
        orClosed(
            () -> {
              topicIds.changed();
              return new CommittedRecords<>(
                  kafka, kafka.topics().checkpoints(), CheckpointEvent.class);
            },
            topicIds);
    metrics =
        orClosed(
            () -> new CommittedRecords<>(kafka, kafka.topics().metrics(), MetricEvent.class),
            topicIds,
            checkpoints);
    producer = orClosed(kafka::producer, topicIds, checkpoints, metrics);
    publisher = new CheckpointPublisher(producer, kafka.topics().checkpoints());
  }

  /** What is made next; if that fails, what was made before is closed. */
  private static <T> T orClosed(Supplier<T> next, AutoCloseable... before) {
    try {
      return next.get();
    } catch (RuntimeException e) {
      for (AutoCloseable made : before) {
        try {
          made.close();
        } catch (Exception further) {
          e.addSuppressed(further);
        }
      }
      throw e;
    }
  }

  /**
   * Whether a topic is not the one that was connected to: what is known is of another, and all is
   * to be read from one that is made anew.
   *
   * @throws KafkaUnavailableException if Kafka does not answer
   */
  boolean isMadeAnew() {
    return topicIds.changed();
  }

  /** What is known, after reading both topics to their ends. */
  public PublishedCheckpoints refresh() {
    checkpoints.toEnd(published::take);
    metrics.toEnd(this::take);
    return published;
  }

  /** What is known, after waiting up to {@code limit} for metric events. */
  public PublishedCheckpoints refreshMetrics(Duration limit) {
    metrics.poll(limit).forEach(this::take);
    return published;
  }

  private void take(MetricEvent event) {
    metricEvents++;
    published.take(event);
  }

  /** How many metric events were read, of whatever run. */
  long metricEvents() {
    return metricEvents;
  }

  /**
   * Publishes an event, and returns when Kafka has it.
   *
   * @throws KafkaUnavailableException if Kafka does not take it in time; it may have it
   *     nevertheless
   */
  public void publish(CheckpointEvent event) throws UnusableInputException {
    publisher.publish(event);
    publisher.flush();
    published.take(event);
  }

  @Override
  public void close() {
    try (topicIds;
        checkpoints;
        metrics) {
      producer.close(CLOSING_LIMIT);
    }
  }
}
