package io.sounding.operators.publish;

import io.sounding.operators.admit.Rejection;
import io.sounding.schemas.DeadLetter;
import io.sounding.schemas.SingleObjectCodec;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import org.apache.flink.api.common.functions.MapFunction;

/**
 * Rejections to dead letters that fit into a Kafka record of 1 MB: a value longer than {@value
 * #MAX_VALUE_BYTES} bytes, a key longer than {@value #MAX_KEY_BYTES} and a message longer than
 * {@value #MAX_MESSAGE_CHARACTERS} characters are cut, and the message says so.
 */
public final class PublishDeadLetters implements MapFunction<Rejection, OutgoingRecord> {

  private static final long serialVersionUID = 1L;

  private static final int MAX_VALUE_BYTES = 900_000;
  private static final int MAX_KEY_BYTES = 32_000;
  private static final int MAX_MESSAGE_CHARACTERS = 10_000;

  @Override
  public OutgoingRecord map(Rejection rejection) {
    byte[] value = rejection.value();
    byte[] key = rejection.key();
    String message = rejection.message();
    if (message.length() > MAX_MESSAGE_CHARACTERS) {
      message = message.substring(0, MAX_MESSAGE_CHARACTERS) + "... (The message was cut.)";
    }
    if (key != null && key.length > MAX_KEY_BYTES) {
      message +=
          " (Here are the first %d of its key's %d bytes.)".formatted(MAX_KEY_BYTES, key.length);
      key = Arrays.copyOf(key, MAX_KEY_BYTES);
    }
    if (value != null && value.length > MAX_VALUE_BYTES) {
      message +=
          " (Here are the first %d of its %d bytes.)".formatted(MAX_VALUE_BYTES, value.length);
      value = Arrays.copyOf(value, MAX_VALUE_BYTES);
    }
    DeadLetter letter =
        DeadLetter.newBuilder()
            .setReason(rejection.reason())
            .setMessage(message)
            .setTopic(rejection.topic())
            .setPartition(rejection.partition())
            .setOffset(rejection.offset())
            .setKey(key == null ? null : ByteBuffer.wrap(key))
            .setValue(value == null ? null : ByteBuffer.wrap(value))
            .setRejectedAt(Instant.now())
            .build();
    return new OutgoingRecord(key, SingleObjectCodec.encode(letter));
  }
}
