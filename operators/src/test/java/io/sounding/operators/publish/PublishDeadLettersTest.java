package io.sounding.operators.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.operators.admit.Rejection;
import io.sounding.schemas.DeadLetter;
import io.sounding.schemas.DecodingException;
import io.sounding.schemas.RejectReason;
import io.sounding.schemas.SingleObjectCodec;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PublishDeadLettersTest {

  private static final int KAFKA_DEFAULT_MOST_BYTES = 1_000_000;

  private static DeadLetter decoded(OutgoingRecord record) throws DecodingException {
    return (DeadLetter)
        SingleObjectCodec.reading(DeadLetter.getClassSchema()).decode(record.value());
  }

  private static byte[] random(int bytes) {
    byte[] random = new byte[bytes];
    new Random(20_100).nextBytes(random);
    return random;
  }

  @Test
  void aDeadLetterKeepsReasonSentenceOriginAndBytes() throws Exception {
    byte[] key = {1, 2};
    byte[] value = {3, 4, 5};
    OutgoingRecord record =
        new PublishDeadLetters()
            .map(new Rejection(RejectReason.BAD_PCM, "It is odd.", "audio", 2, 17L, key, value));
    assertThat(record.key()).isEqualTo(key);
    DeadLetter letter = decoded(record);
    assertThat(letter.getReason()).isEqualTo(RejectReason.BAD_PCM);
    assertThat(letter.getMessage()).isEqualTo("It is odd.");
    assertThat(letter.getTopic()).isEqualTo("audio");
    assertThat(letter.getPartition()).isEqualTo(2);
    assertThat(letter.getOffset()).isEqualTo(17);
    assertThat(letter.getKey()).isEqualTo(ByteBuffer.wrap(key));
    assertThat(letter.getValue()).isEqualTo(ByteBuffer.wrap(value));
  }

  @Test
  void whatConcernsNoSingleRecordHasNoOrigin() throws Exception {
    OutgoingRecord record =
        new PublishDeadLetters().map(Rejection.of(RejectReason.INCOMPLETE_UTTERANCE, "Gone."));
    assertThat(record.key()).isNull();
    DeadLetter letter = decoded(record);
    assertThat(letter.getTopic()).isNull();
    assertThat(letter.getPartition()).isNull();
    assertThat(letter.getOffset()).isNull();
    assertThat(letter.getKey()).isNull();
    assertThat(letter.getValue()).isNull();
  }

  @Test
  void aValueOfNineHundredKilobytesIsKeptAndALongerOneIsCutAndSaysSo() throws Exception {
    byte[] value = random(900_001);
    DeadLetter whole =
        decoded(
            new PublishDeadLetters()
                .map(
                    new Rejection(
                        RejectReason.CORRUPT,
                        "Torn.",
                        "t",
                        0,
                        0L,
                        null,
                        Arrays.copyOf(value, 900_000))));
    assertThat(whole.getValue().remaining()).isEqualTo(900_000);
    assertThat(whole.getMessage()).isEqualTo("Torn.");
    DeadLetter cut =
        decoded(
            new PublishDeadLetters()
                .map(new Rejection(RejectReason.CORRUPT, "Torn.", "t", 0, 0L, null, value)));
    assertThat(cut.getValue()).isEqualTo(ByteBuffer.wrap(value, 0, 900_000));
    assertThat(cut.getMessage())
        .isEqualTo("Torn. (Here are the first 900000 of its 900001 bytes.)");
  }

  @Test
  void whateverIsLongTheDeadLetterFitsIntoAKafkaRecord() throws Exception {
    OutgoingRecord record =
        new PublishDeadLetters()
            .map(
                new Rejection(
                    RejectReason.BAD_CHECKPOINT,
                    "€".repeat(1_000_000),
                    "t",
                    0,
                    0L,
                    random(1_000_000),
                    random(1_000_000)));
    assertThat(record.key().length + record.value().length).isLessThan(KAFKA_DEFAULT_MOST_BYTES);
    assertThat(decoded(record).getMessage())
        .contains("... (The message was cut.)")
        .contains("the first 32000 of its key's 1000000 bytes")
        .contains("the first 900000 of its 1000000 bytes");
  }
}
