package io.sounding.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SingleObjectCodecTest {

  static java.util.stream.Stream<SpecificRecord> everyContract() {
    return Examples.all().stream();
  }

  @Test
  void encodesAsTheSpecificationSays() {
    byte[] bytes =
        SingleObjectCodec.encode(
            new DownstreamScore("r", 3L, "t", 0.5, Instant.ofEpochMilli(1_000)));

    // By hand, from the specification: zig-zag varints, length-prefixed text, little-endian double.
    String body = "02" + "72" + "06" + "02" + "74" + "000000000000e03f" + "d00f";
    assertThat(HexFormat.of().formatHex(bytes, 0, 2)).isEqualTo("c301");
    assertThat(HexFormat.of().formatHex(bytes, 10, bytes.length)).isEqualTo(body);
  }

  @ParameterizedTest
  @MethodSource("everyContract")
  void readsBackWhatItWrote(SpecificRecord record) throws DecodingException {
    byte[] bytes = SingleObjectCodec.encode(record);

    assertThat(SingleObjectCodec.reading(record.getSchema()).decode(bytes)).isEqualTo(record);
  }

  @Test
  void readsSeveralTypesFromOneTopic() throws DecodingException {
    SingleObjectCodec audio = SingleObjectCodec.reading(AudioChunk.SCHEMA$, CorpusSealed.SCHEMA$);

    assertThat(audio.decode(SingleObjectCodec.encode(Examples.chunk())))
        .isEqualTo(Examples.chunk());
    assertThat(audio.decode(SingleObjectCodec.encode(Examples.manifest())))
        .isEqualTo(Examples.manifest());
  }

  @Test
  void namesTheTypeThatCameToTheWrongTopic() {
    assertRejected(
        SingleObjectCodec.reading(AudioChunk.SCHEMA$, CorpusSealed.SCHEMA$),
        SingleObjectCodec.encode(Examples.checkpoint()),
        RejectReason.WRONG_TOPIC,
        "The record is a CheckpointEvent, but this topic carries AudioChunk or CorpusSealed");
  }

  @Test
  void refusesWhatIsNotSingleObjectEncoded() {
    SingleObjectCodec codec = SingleObjectCodec.reading(CheckpointEvent.SCHEMA$);

    assertRejected(codec, null, RejectReason.NOT_AVRO, "0 bytes");
    assertRejected(codec, new byte[9], RejectReason.NOT_AVRO, "9 bytes");
    assertRejected(codec, "{\"runId\": \"a\"}".getBytes(), RejectReason.NOT_AVRO, "starts with 7B");
  }

  @Test
  void refusesAnUnknownFingerprint() {
    byte[] bytes = SingleObjectCodec.encode(Examples.checkpoint());
    bytes[5] ^= 1;

    assertRejected(
        SingleObjectCodec.reading(CheckpointEvent.SCHEMA$),
        bytes,
        RejectReason.UNKNOWN_SCHEMA,
        "not one this version knows");
  }

  @ParameterizedTest
  @MethodSource("everyContract")
  void refusesEveryTruncation(SpecificRecord record) {
    byte[] bytes = SingleObjectCodec.encode(record);
    SingleObjectCodec codec = SingleObjectCodec.reading(record.getSchema());

    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> codec.decode(cut))
          .as("the first %d of %d bytes", length, bytes.length)
          .isInstanceOf(DecodingException.class);
    }
  }

  @ParameterizedTest
  @MethodSource("everyContract")
  void refusesWhatGoesOnAfterItsEnd(SpecificRecord record) {
    byte[] bytes = SingleObjectCodec.encode(record);

    assertRejected(
        SingleObjectCodec.reading(record.getSchema()),
        Arrays.copyOf(bytes, bytes.length + 3),
        RejectReason.CORRUPT,
        "3 of its %d bytes follow its end".formatted(bytes.length + 3));
  }

  @ParameterizedTest
  @MethodSource("everyContract")
  void throwsNothingElseOnDamagedBytes(SpecificRecord record) {
    byte[] bytes = SingleObjectCodec.encode(record);
    SingleObjectCodec codec = SingleObjectCodec.reading(record.getSchema());
    SplittableRandom random = new SplittableRandom(1);

    for (int i = 0; i < 2_000; i++) {
      byte[] damaged = bytes.clone();
      for (int hits = 0; hits < 3; hits++) {
        damaged[
                SingleObjectCodec.HEADER_BYTES
                    + random.nextInt(bytes.length - SingleObjectCodec.HEADER_BYTES)] =
            (byte) random.nextInt();
      }
      try {
        assertThat(codec.decode(damaged)).isNotNull();
      } catch (DecodingException e) {
        assertThat(e.reason()).isEqualTo(RejectReason.CORRUPT);
      }
    }
  }

  @Test
  void refusesToEncodeAMissingField() {
    assertThatThrownBy(() -> SingleObjectCodec.encode(new DownstreamScore()))
        .isInstanceOfAny(AvroRuntimeException.class, NullPointerException.class);
  }

  @Test
  void everyFieldOfEveryContractIsDocumented() {
    for (SpecificRecord record : Examples.all()) {
      assertDocumented(record.getSchema());
    }
  }

  private static void assertDocumented(Schema schema) {
    switch (schema.getType()) {
      case RECORD -> {
        assertThat(schema.getDoc()).as(schema.getName()).isNotBlank();
        for (Schema.Field field : schema.getFields()) {
          assertThat(field.doc()).as(schema.getName() + "." + field.name()).isNotBlank();
          assertDocumented(field.schema());
        }
      }
      case ENUM -> assertThat(schema.getEnumDefault()).as(schema.getName()).isEqualTo("UNKNOWN");
      case UNION -> schema.getTypes().forEach(SingleObjectCodecTest::assertDocumented);
      case ARRAY -> assertDocumented(schema.getElementType());
      default -> {}
    }
  }

  private static void assertRejected(
      SingleObjectCodec codec, byte[] bytes, RejectReason reason, String sentence) {
    assertThatThrownBy(() -> codec.decode(bytes))
        .isInstanceOfSatisfying(
            DecodingException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContaining(sentence);
  }
}
