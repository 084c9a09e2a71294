package io.sounding.operators.admit;

/**
 * A record as it came from Kafka, not yet decoded.
 *
 * @param topic the topic it was read from
 * @param partition its partition
 * @param offset its offset in the partition
 * @param timestampMillis its Kafka timestamp, milliseconds since 1970-01-01 UTC
 * @param key its key; null if it has none
 * @param value its value; null for a tombstone
 */
public record KafkaRecord(
    String topic, int partition, long offset, long timestampMillis, byte[] key, byte[] value) {

  /** The same without its value, to be carried along. */
  KafkaRecord withoutValue() {
    return new KafkaRecord(topic, partition, offset, timestampMillis, key, null);
  }
}
