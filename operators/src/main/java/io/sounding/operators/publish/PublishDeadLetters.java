package io.sounding.operators.publish;

import io.sounding.operators.admit.Rejection;
import io.sounding.schemas.DeadLetter;
import io.sounding.schemas.SingleObjectCodec;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import org.apache.flink.api.common.functions.MapFunction;

/**
 * Rejections to dead letters. A value longer than {@value #MAX_VALUE_BYTES} bytes is cut, so that
 * the dead letter fits into a Kafka record of 1 MB; its message says so.
 */
public final class PublishDeadLetters implements MapFunction<Rejection, OutgoingRecord> {

  private static final long serialVersionUID = 1L;

  private static final int MAX_VALUE_BYTES = 900_000;

  @Override
  public OutgoingRecord map(Rejection rejection) {
    byte[] value = rejection.value();
    String message = rejection.message();
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
            .setKey(rejection.key() == null ? null : ByteBuffer.wrap(rejection.key()))
            .setValue(value == null ? null : ByteBuffer.wrap(value))
            .setRejectedAt(Instant.now())
            .build();
    return new OutgoingRecord(rejection.key(), SingleObjectCodec.encode(letter));
  }
}
