package io.sounding.schemas.registry;

import org.apache.avro.Schema;

/** The last step on the way to Kafka: from single-object encoding to the chosen wire format. */
public interface RecordWriter {

  /**
   * What is written to {@code topic}.
   *
   * @param record in single-object encoding, by a released schema
   * @throws RegistryException if the registry is needed and cannot be used
   */
  byte[] write(String topic, byte[] record);

  /**
   * Has the registry know a schema before the first record of it is written; without a registry
   * there is nothing to do.
   *
   * @param schema a released one
   * @throws RegistryException if the registry does not answer or refuses it
   */
  default void register(String topic, Schema schema) {}
}
