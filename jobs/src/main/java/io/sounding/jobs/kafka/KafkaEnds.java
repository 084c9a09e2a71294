package io.sounding.jobs.kafka;

import io.sounding.jobs.SoundingTopology;
import io.sounding.operators.admit.KafkaRecord;
import io.sounding.operators.publish.OutgoingRecord;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * The ends of the graph in Kafka: topics read from their start (from Flink's state after a
 * restart), events written in transactions that commit with Flink's checkpoints. Consumers that
 * read with {@code isolation.level=read_committed} see each event exactly once.
 */
public final class KafkaEnds {

  /** Transactions outlive a Flink checkpoint and a restart; brokers allow 15 minutes by default. */
  private static final String TRANSACTION_TIMEOUT_MILLIS = "600000";

  private KafkaEnds() {}

  /**
   * The ends. Records that need a schema registry wait for it: no barrier passes them, and nothing
   * becomes a dead letter because it is away.
   *
   * @param kafka which Kafka, its topics, settings and wire format
   * @param jobName prefix of consumer group and transactional ids: one per job on a Kafka cluster
   */
  public static SoundingTopology.Ends of(KafkaClients kafka, String jobName) {
    Topics topics = kafka.topics();
    return new SoundingTopology.Ends(
        source(kafka, topics.checkpoints(), jobName),
        source(kafka, topics.audio(), jobName),
        source(kafka, topics.scores(), jobName),
        sink(kafka, topics.metrics(), jobName + "-metrics"),
        sink(kafka, topics.alarms(), jobName + "-alarms"),
        sink(kafka, topics.correlations(), jobName + "-correlations"),
        sink(kafka, topics.deadLetters(), jobName + "-dead-letters"),
        kafka.wire().untilRegistryAnswers());
  }

  private static TopicSource source(KafkaClients kafka, String topic, String group) {
    String bootstrapServers = kafka.bootstrapServers();
    Properties settings = withoutBeans(kafka);
    return new TopicSource(
        KafkaSource.<KafkaRecord>builder()
            .setBootstrapServers(bootstrapServers)
            .setTopics(topic)
            .setGroupId(group)
            .setStartingOffsets(OffsetsInitializer.earliest())
            .setProperties(ofConsumers(kafka))
            .setDeserializer(new KafkaRecordDeserializer())
            .build(),
        topic,
        () -> new TopicIds(KafkaClients.of(bootstrapServers, null).with(settings), List.of(topic)));
  }

  /**
   * Each subtask takes a new transactional id with each Flink checkpoint. Flink could use few again
   * ({@code TransactionNamingStrategy.POOLING}), but where a job goes on from a checkpoint before
   * the latest, a transaction may stay open then, which holds readers back until Kafka gives it up
   * (FLINK-40626).
   */
  private static Sink<OutgoingRecord> sink(
      KafkaClients kafka, String topic, String transactionalIdPrefix) {
    return new EventSink(
        KafkaSink.<OutgoingRecord>builder()
            .setBootstrapServers(kafka.bootstrapServers())
            .setKafkaProducerConfig(ofProducers(kafka))
            .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
            .setTransactionalIdPrefix(transactionalIdPrefix)
            .setRecordSerializer(
                new OutgoingRecordSerializer(topic, kafka.wire().untilRegistryAnswers()))
            .build());
  }

  /** The user's settings: of what a publisher took back, or never committed, nothing is seen. */
  static Properties ofConsumers(KafkaClients kafka) {
    Properties settings = withoutBeans(kafka);
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
    return settings;
  }

  /** The user's settings, which may give transactions another time. */
  static Properties ofProducers(KafkaClients kafka) {
    Properties settings = new Properties();
    settings.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_TIMEOUT_MILLIS);
    settings.putAll(withoutBeans(kafka));
    return settings;
  }

  /**
   * How long Kafka keeps a transaction of the job open: from the first event after a Flink
   * checkpoint to the end of the next. Empty if that is known only where the job runs.
   *
   * @throws IllegalArgumentException with a sentence, if it is no number of milliseconds
   */
  public static Optional<Duration> transactionTimeout(KafkaClients kafka) {
    String value = ofProducers(kafka).get(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG).toString();
    if (value.contains("${")) {
      return Optional.empty();
    }
    try {
      return Optional.of(Duration.ofMillis(Integer.parseInt(value.strip())));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "%s in --kafka-properties is \"%s\": it is a whole number of milliseconds, such as 600000."
              .formatted(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, value),
          e);
    }
  }

  /**
   * The user's settings, which may name reporters. By default Kafka's clients have JMX beans; those
   * of a client that is interrupted while it starts stay, and hold the job's class loader.
   */
  private static Properties withoutBeans(KafkaClients kafka) {
    Properties settings = new Properties();
    settings.put(CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG, "");
    settings.putAll(kafka.settings());
    return settings;
  }
}
