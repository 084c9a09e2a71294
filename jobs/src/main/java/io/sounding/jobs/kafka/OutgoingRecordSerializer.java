package io.sounding.jobs.kafka;

import io.sounding.operators.publish.OutgoingRecord;
import io.sounding.schemas.registry.RecordWriter;
import io.sounding.schemas.registry.WireFormat;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Hands encoded records to one topic; the key decides the partition. */
final class OutgoingRecordSerializer implements KafkaRecordSerializationSchema<OutgoingRecord> {

  private static final long serialVersionUID = 1L;

  private final String topic;
  private final WireFormat wire;
  private transient RecordWriter writer;

  OutgoingRecordSerializer(String topic, WireFormat wire) {
    this.topic = topic;
    this.wire = wire;
  }

  @Override
  public void open(
      SerializationSchema.InitializationContext context, KafkaSinkContext sinkContext) {
    writer = wire.writing();
  }

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      OutgoingRecord record, KafkaSinkContext context, Long timestamp) {
    return new ProducerRecord<>(topic, record.key(), writer.write(topic, record.value()));
  }
}
