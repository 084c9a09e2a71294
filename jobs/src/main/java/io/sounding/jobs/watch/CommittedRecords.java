package io.sounding.jobs.watch;

import io.sounding.schemas.DecodingException;
import io.sounding.schemas.SingleObjectCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one kind of record from a topic with a plain Kafka consumer: from the start, committed ones
 * only. Records that do not decode are passed over and logged. Not thread-safe.
 */
final class CommittedRecords implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(CommittedRecords.class);

  private final SingleObjectCodec codec;
  private final KafkaConsumer<byte[], byte[]> consumer;

  /** Reads {@code topic}, which must exist. */
  CommittedRecords(String bootstrapServers, String topic, Schema schema) {
    codec = SingleObjectCodec.reading(schema);
    consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(topic, info.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  /** The records that came, in the order of their partitions; waits up to {@code limit} for one. */
  List<SpecificRecord> poll(Duration limit) {
    List<SpecificRecord> decoded = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(limit)) {
      try {
        decoded.add(codec.decode(record.value()));
      } catch (DecodingException e) {
        LOG.warn(
            "Passed over record {} of {}-{}: {}",
            record.offset(),
            record.topic(),
            record.partition(),
            e.getMessage());
      }
    }
    return decoded;
  }

  @Override
  public void close() {
    consumer.close();
  }
}
