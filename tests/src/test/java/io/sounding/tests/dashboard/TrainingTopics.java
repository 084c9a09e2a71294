package io.sounding.tests.dashboard;

import io.sounding.jobs.embedded.EmbeddedBroker;
import io.sounding.jobs.embedded.KafkaTopic;
import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.Topics;
import io.sounding.schemas.AlarmEvent;
import io.sounding.schemas.CorrelationEvent;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.RecordKeys;
import io.sounding.schemas.SingleObjectCodec;
import java.time.Duration;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Topics of their own on a broker, and a producer that writes to them as a job does. */
final class TrainingTopics implements AutoCloseable {

  private final KafkaClients kafka;
  private final KafkaProducer<byte[], byte[]> producer;

  private TrainingTopics(KafkaClients kafka) {
    this.kafka = kafka;
    producer = kafka.transactionalProducer("test " + prefix());
    producer.initTransactions();
  }

  /** Makes the topics of a prefix. */
  static TrainingTopics make(EmbeddedBroker broker, String prefix) {
    Topics topics = Topics.withPrefix(prefix);
    broker.createTopics(KafkaTopic.of(topics, 1));
    return new TrainingTopics(KafkaClients.of(broker.bootstrapServers(), topics));
  }

  String bootstrapServers() {
    return kafka.bootstrapServers();
  }

  String prefix() {
    return kafka.topics().metrics().replaceFirst("\\.metrics$", "");
  }

  /** Writes these in one transaction; when it returns, they are committed. */
  void commit(SpecificRecordBase... records) {
    begin();
    for (SpecificRecordBase record : records) {
      send(record);
    }
    commit();
  }

  void begin() {
    producer.beginTransaction();
  }

  /** Sends it within the transaction that was begun; returns its size in bytes. */
  int send(SpecificRecordBase record) {
    Topics topics = kafka.topics();
    if (record instanceof MetricEvent event) {
      return send(topics.metrics(), RecordKeys.of(event), event);
    }
    if (record instanceof AlarmEvent event) {
      return send(topics.alarms(), RecordKeys.of(event), event);
    }
    CorrelationEvent event = (CorrelationEvent) record;
    return send(topics.correlations(), RecordKeys.of(event), event);
  }

  private int send(String topic, byte[] key, SpecificRecordBase record) {
    byte[] value = SingleObjectCodec.encode(record);
    producer.send(new ProducerRecord<>(topic, key, value));
    return key.length + value.length;
  }

  void commit() {
    producer.commitTransaction();
  }

  @Override
  public void close() {
    producer.close(Duration.ZERO);
  }
}
