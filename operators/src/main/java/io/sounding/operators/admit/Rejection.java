package io.sounding.operators.admit;

import io.sounding.schemas.RejectReason;

/**
 * A record that cannot be used, on its way to the dead letters.
 *
 * @param reason why, as a code
 * @param message why, as a sentence
 * @param topic topic of the record; null where several records are concerned
 * @param partition its partition; null likewise
 * @param offset its offset; null likewise
 * @param key its key; may be null
 * @param value its bytes; may be null
 */
public record Rejection(
    RejectReason reason,
    String message,
    String topic,
    Integer partition,
    Long offset,
    byte[] key,
    byte[] value) {

  /** The rejection of one record from Kafka. */
  public static Rejection of(KafkaRecord source, RejectReason reason, String message) {
    return new Rejection(
        reason,
        message,
        source.topic(),
        source.partition(),
        source.offset(),
        source.key(),
        source.value());
  }

  /** A rejection that concerns no single record. */
  public static Rejection of(RejectReason reason, String message) {
    return new Rejection(reason, message, null, null, null, null, null);
  }
}
