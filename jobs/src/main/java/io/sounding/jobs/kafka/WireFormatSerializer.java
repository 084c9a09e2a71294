package io.sounding.jobs.kafka;

import io.sounding.schemas.registry.RecordWriter;
import io.sounding.schemas.registry.RegistryException;
import org.apache.kafka.common.serialization.Serializer;

/** Values from single-object encoding to the wire format, in a producer. */
final class WireFormatSerializer implements Serializer<byte[]> {

  private final RecordWriter writer;

  WireFormatSerializer(RecordWriter writer) {
    this.writer = writer;
  }

  /**
   * What is sent.
   *
   * @throws KafkaUnavailableException if the schema registry cannot be used: to publishers it is
   *     part of Kafka
   */
  @Override
  public byte[] serialize(String topic, byte[] value) {
    try {
      return writer.write(topic, value);
    } catch (RegistryException e) {
      throw new KafkaUnavailableException(e.getMessage(), e);
    }
  }
}
