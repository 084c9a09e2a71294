package io.sounding.jobs.kafka;

import io.sounding.operators.publish.OutgoingRecord;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Hands encoded records to one topic; the key decides the partition. */
final class OutgoingRecordSerializer implements KafkaRecordSerializationSchema<OutgoingRecord> {

  private static final long serialVersionUID = 1L;

  private final String topic;

  OutgoingRecordSerializer(String topic) {
    this.topic = topic;
  }

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      OutgoingRecord record, KafkaSinkContext context, Long timestamp) {
    return new ProducerRecord<>(topic, record.key(), record.value());
  }
}
