package io.sounding.tests;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Plain Kafka clients for text records of one topic. */
final class Records {

  private final String bootstrapServers;
  private final String topic;

  Records(String bootstrapServers, String topic) {
    this.bootstrapServers = bootstrapServers;
    this.topic = topic;
  }

  /** A producer that belongs to the transactional id; transactions are not initialised yet. */
  KafkaProducer<String, String> transactional(String transactionalId) {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", bootstrapServers, "transactional.id", transactionalId),
        new StringSerializer(),
        new StringSerializer());
  }

  /** Sends the values without keys, and returns when the broker has them. */
  void send(List<String> values) {
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrapServers),
            new StringSerializer(),
            new StringSerializer())) {
      values.forEach(value -> producer.send(new ProducerRecord<>(topic, value)));
      producer.flush();
    }
  }

  /** Reads committed records from the beginning until there are so many; in order of arrival. */
  List<String> readCommitted(int partitions, int count) {
    List<String> values = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed"),
            new StringDeserializer(),
            new StringDeserializer())) {
      List<TopicPartition> all =
          IntStream.range(0, partitions).mapToObj(p -> new TopicPartition(topic, p)).toList();
      consumer.assign(all);
      consumer.seekToBeginning(all);
      Await.until(
          count + " committed records can be read from " + topic,
          () -> {
            for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
              values.add(record.value());
            }
            return values.size() >= count;
          },
          () -> values);
    }
    return values;
  }
}
