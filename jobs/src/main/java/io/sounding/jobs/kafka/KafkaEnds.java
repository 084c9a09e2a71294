package io.sounding.jobs.kafka;

import io.sounding.jobs.SoundingTopology;
import io.sounding.operators.admit.KafkaRecord;
import io.sounding.operators.publish.OutgoingRecord;
import java.util.Properties;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * The ends of the graph in Kafka: topics read from their start (from Flink's state after a
 * restart), events written in transactions that commit with Flink's checkpoints. Consumers that
 * read with {@code isolation.level=read_committed} see each event exactly once.
 */
public final class KafkaEnds {

  /** Transactions outlive a Flink checkpoint and a restart; brokers allow 15 minutes by default. */
  private static final int TRANSACTION_TIMEOUT_MILLIS = 10 * 60 * 1000;

  private KafkaEnds() {}

  /**
   * The ends.
   *
   * @param bootstrapServers host:port, comma-separated
   * @param topics their names
   * @param jobName prefix of consumer group and transactional ids: one per job on a Kafka cluster
   * @param client further settings of Kafka's clients, such as TLS and SASL
   */
  public static SoundingTopology.Ends of(
      String bootstrapServers, Topics topics, String jobName, Properties client) {
    return new SoundingTopology.Ends(
        source(bootstrapServers, topics.checkpoints(), jobName, client),
        source(bootstrapServers, topics.audio(), jobName, client),
        source(bootstrapServers, topics.scores(), jobName, client),
        sink(bootstrapServers, topics.metrics(), jobName + "-metrics", client),
        sink(bootstrapServers, topics.alarms(), jobName + "-alarms", client),
        sink(bootstrapServers, topics.correlations(), jobName + "-correlations", client),
        sink(bootstrapServers, topics.deadLetters(), jobName + "-dead-letters", client));
  }

  private static KafkaSource<KafkaRecord> source(
      String bootstrapServers, String topic, String group, Properties client) {
    return KafkaSource.<KafkaRecord>builder()
        .setBootstrapServers(bootstrapServers)
        .setTopics(topic)
        .setGroupId(group)
        .setStartingOffsets(OffsetsInitializer.earliest())
        .setProperties(client)
        .setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed")
        .setDeserializer(new KafkaRecordDeserializer())
        .build();
  }

  private static KafkaSink<OutgoingRecord> sink(
      String bootstrapServers, String topic, String transactionalIdPrefix, Properties client) {
    return KafkaSink.<OutgoingRecord>builder()
        .setBootstrapServers(bootstrapServers)
        .setKafkaProducerConfig(client)
        .setProperty(
            ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, Integer.toString(TRANSACTION_TIMEOUT_MILLIS))
        .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
        .setTransactionalIdPrefix(transactionalIdPrefix)
        .setRecordSerializer(new OutgoingRecordSerializer(topic))
        .build();
  }
}
