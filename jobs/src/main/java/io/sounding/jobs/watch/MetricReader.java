package io.sounding.jobs.watch;

import io.sounding.schemas.DecodingException;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.SingleObjectCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads metric events with a plain Kafka consumer, from the start of the topic, committed ones
 * only. Not thread-safe.
 */
public final class MetricReader implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(MetricReader.class);

  private final SingleObjectCodec codec = SingleObjectCodec.reading(MetricEvent.getClassSchema());
  private final KafkaConsumer<byte[], byte[]> consumer;

  /** Reads {@code topic}, which must exist. */
  public MetricReader(String bootstrapServers, String topic) {
    Properties properties = new Properties();
    properties.putAll(
        Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
            bootstrapServers,
            ConsumerConfig.ISOLATION_LEVEL_CONFIG,
            "read_committed",
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
            "earliest",
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
            "false"));
    consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(topic, info.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  /** The events that came, in the order of their partitions; waits up to {@code limit} for one. */
  public List<MetricEvent> poll(Duration limit) {
    List<MetricEvent> events = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(limit)) {
      try {
        events.add((MetricEvent) codec.decode(record.value()));
      } catch (DecodingException e) {
        LOG.warn(
            "Passed over record {} of {}-{}: {}",
            record.offset(),
            record.topic(),
            record.partition(),
            e.getMessage());
      }
    }
    return events;
  }

  @Override
  public void close() {
    consumer.close();
  }
}
