package io.sounding.operators.publish;

/**
 * A record on its way to Kafka, already encoded.
 *
 * @param key its key; null if it has none
 * @param value its value
 */
public record OutgoingRecord(byte[] key, byte[] value) {}
