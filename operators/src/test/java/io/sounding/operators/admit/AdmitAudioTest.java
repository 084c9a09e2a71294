package io.sounding.operators.admit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.sounding.operators.Examples;
import io.sounding.schemas.AudioChunk;
import io.sounding.schemas.CorpusSealed;
import io.sounding.schemas.PcmEncoding;
import io.sounding.schemas.RejectReason;
import io.sounding.schemas.SealedUtterance;
import io.sounding.schemas.SingleObjectCodec;
import io.sounding.schemas.registry.WireFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AdmitAudioTest {

  private static ByteBuffer bytes(int count) {
    return ByteBuffer.wrap(new byte[count]);
  }

  private static ByteBuffer floats(float... samples) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * samples.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(samples);
    return bytes;
  }

  private static Arguments badChunk(
      String title, Consumer<AudioChunk.Builder> change, RejectReason reason, String sentence) {
    AudioChunk.Builder chunk = Examples.chunk();
    change.accept(chunk);
    return arguments(title, SingleObjectCodec.encode(chunk.build()), reason, sentence);
  }

  private static Arguments badManifest(
      String title, RejectReason reason, String sentence, SealedUtterance... utterances) {
    CorpusSealed sealed = Examples.sealed(utterances).build();
    return arguments(title, SingleObjectCodec.encode(sealed), reason, sentence);
  }

  private static SealedUtterance utterance(String id, long samples, int rateHz) {
    return new SealedUtterance(id, samples, rateHz, "a".repeat(64));
  }

  static Stream<Arguments> badChunks() {
    RejectReason format = RejectReason.BAD_AUDIO_FORMAT;
    return Stream.of(
        badChunk("corpus", c -> c.setCorpusId(""), RejectReason.BAD_ID, "corpusId is blank"),
        badChunk("id", c -> c.setUtteranceId("a\tb"), RejectReason.BAD_ID, "utteranceId has 3"),
        badChunk("none", c -> c.setChunkCount(0), RejectReason.BAD_CHUNK, "chunkCount is 0"),
        badChunk(
            "too many",
            c -> c.setChunkCount(10_001),
            RejectReason.BAD_CHUNK,
            "chunkCount is 10001; it must lie in 1 to 10000"),
        badChunk(
            "negative", c -> c.setChunkIndex(-1), RejectReason.BAD_CHUNK, "chunkIndex is -1 of 2"),
        badChunk(
            "past the end",
            c -> c.setChunkIndex(2),
            RejectReason.BAD_CHUNK,
            "chunkIndex is 2 of 2 chunks; it must lie in 0 to 1."),
        badChunk("rate 0", c -> c.setSampleRateHz(0), format, "sampleRateHz is 0"),
        badChunk("rate 10^9", c -> c.setSampleRateHz(1_000_000_000), format, "is 1000000000"),
        badChunk("no channel", c -> c.setChannels(0), format, "has 0 channels"),
        badChunk("9 channels", c -> c.setChannels(9), format, "has 9 channels"),
        badChunk("encoding", c -> c.setEncoding(PcmEncoding.UNKNOWN), format, "encoding is not"),
        badChunk("empty", c -> c.setPcm(bytes(0)), RejectReason.BAD_PCM, "has 0 bytes"),
        badChunk("odd", c -> c.setPcm(bytes(7)), RejectReason.BAD_PCM, "positive multiple of 2"),
        badChunk(
            "half a frame of 7 channels",
            c -> c.setChannels(7).setPcm(bytes(16)),
            RejectReason.BAD_PCM,
            "positive multiple of 14"),
        badChunk(
            "NaN",
            c -> c.setEncoding(PcmEncoding.FLOAT32LE).setPcm(floats(0, Float.NaN)),
            RejectReason.BAD_PCM,
            "Sample 1 of the chunk is NaN"),
        badChunk(
            "infinite",
            c -> c.setEncoding(PcmEncoding.FLOAT32LE).setPcm(floats(Float.NEGATIVE_INFINITY)),
            RejectReason.BAD_PCM,
            "Sample 0 of the chunk is -Infinity"));
  }

  static Stream<Arguments> badManifests() {
    RejectReason bad = RejectReason.BAD_MANIFEST;
    return Stream.of(
        arguments(
            "corpus of a manifest",
            SingleObjectCodec.encode(Examples.sealed().setCorpusId(" ").build()),
            RejectReason.BAD_ID,
            "corpusId is blank"),
        badManifest("of nothing", bad, "manifest of corpus dev names no utterance"),
        badManifest("id", RejectReason.BAD_ID, "utteranceId is blank", utterance("", 1, 16_000)),
        badManifest(
            "twice", bad, "utterance u twice", utterance("u", 1, 16_000), utterance("u", 1, 8_000)),
        badManifest(
            "upper-case digest",
            bad,
            "utterance u a sha256 that is not 64 lower-case",
            new SealedUtterance("u", 1L, 16_000, "A".repeat(64))),
        arguments(
            "another's digest",
            SingleObjectCodec.encode(Examples.sealed().setDigest("d".repeat(64)).build()),
            bad,
            "carries the digest " + "d".repeat(64)),
        badManifest("empty", bad, "utterance u 0 samples", utterance("u", 0, 16_000)),
        badManifest("rate", bad, "a sample rate of 0 Hz", utterance("u", 1, 0)),
        badManifest(
            "10 hours",
            bad,
            "576000000 samples at 16000 Hz, more than 7200 s",
            utterance("u", 36_000L * 16_000, 16_000)),
        badManifest(
            "a length that overflows",
            bad,
            "more than 7200 s",
            utterance("u", Long.MAX_VALUE, 16_000)));
  }

  static Stream<Arguments> badBytes() {
    byte[] chunk = SingleObjectCodec.encode(Examples.chunk().build());
    byte[] sealed = SingleObjectCodec.encode(Examples.sealed().build());
    return Stream.of(
        arguments("tombstone", null, RejectReason.NOT_AVRO, "has 0 bytes"),
        arguments("random", new byte[] {1, 2, 3}, RejectReason.NOT_AVRO, "has 3 bytes"),
        arguments(
            "cut chunk",
            Arrays.copyOf(chunk, chunk.length - 1),
            RejectReason.CORRUPT,
            "cannot be read"),
        arguments("cut manifest", Arrays.copyOf(sealed, 60), RejectReason.CORRUPT, "60 bytes"),
        arguments(
            "wrong topic",
            SingleObjectCodec.encode(Examples.checkpoint().build()),
            RejectReason.WRONG_TOPIC,
            "is a CheckpointEvent, but this topic carries AudioChunk or CorpusSealed"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"badChunks", "badManifests", "badBytes"})
  void whatIsNoValidAudioIsADeadLetterWithItsReasonAndItsOrigin(
      String title, byte[] bytes, RejectReason reason, String sentence) throws Exception {
    try (var admission = new AdmissionHarness<>(new AdmitAudio(WireFormat.singleObject()))) {
      admission.take(Examples.record(bytes));
      assertThat(admission.admitted()).isEmpty();
      assertThat(admission.manifests()).isEmpty();
      assertThat(admission.rejected())
          .singleElement()
          .usingRecursiveComparison()
          .ignoringFields("message")
          .isEqualTo(new Rejection(reason, "", "a-topic", 3, 77L, new byte[] {9, 8}, bytes));
      assertThat(admission.rejected().get(0).message()).contains(sentence);
    }
  }

  @Test
  void aValidChunkKeepsEveryFieldButTheRecordsBytes() throws Exception {
    AudioChunk chunk = Examples.chunk().setChunkIndex(1).build();
    KafkaRecord source = Examples.record(SingleObjectCodec.encode(chunk));
    try (var admission = new AdmissionHarness<>(new AdmitAudio(WireFormat.singleObject()))) {
      admission.take(source);
      assertThat(admission.admitted())
          .singleElement()
          .usingRecursiveComparison()
          .isEqualTo(
              new Chunk(
                  "dev",
                  "theo_000",
                  1,
                  2,
                  16_000,
                  1,
                  PcmEncoding.PCM_S16LE,
                  new byte[] {0, 1, 2, 3, 4, 5, 6, 7},
                  new KafkaRecord(
                      "a-topic", 3, 77, source.timestampMillis(), new byte[] {9, 8}, null)));
      assertThat(admission.admitted().get(0).utteranceKey()).isEqualTo("dev\ntheo_000");
      assertThat(admission.admitted().get(0).toRecord()).isEqualTo(chunk);
    }
  }

  @Test
  void theLimitsThemselvesAreTaken() throws Exception {
    AudioChunk last =
        Examples.chunk()
            .setChunkCount(10_000)
            .setChunkIndex(9_999)
            .setSampleRateHz(1_000)
            .setChannels(8)
            .setPcm(bytes(16))
            .build();
    AudioChunk only =
        Examples.chunk().setChunkCount(1).setChunkIndex(0).setSampleRateHz(768_000).build();
    CorpusSealed sealed =
        Examples.sealed(
                utterance("shortest", 1, 1_000), utterance("longest", 7_200L * 768_000, 768_000))
            .build();
    try (var admission = new AdmissionHarness<>(new AdmitAudio(WireFormat.singleObject()))) {
      for (byte[] bytes :
          List.of(
              SingleObjectCodec.encode(last),
              SingleObjectCodec.encode(only),
              SingleObjectCodec.encode(sealed))) {
        admission.take(Examples.record(bytes));
      }
      assertThat(admission.rejected()).isEmpty();
      assertThat(admission.admitted()).extracting(Chunk::count).containsExactly(10_000, 1);
      assertThat(admission.manifests()).hasSize(1);
    }
  }

  @Test
  void aValidManifestGoesToItsOwnOutputWithEveryUtterance() throws Exception {
    KafkaRecord source = Examples.record(SingleObjectCodec.encode(Examples.sealed().build()));
    try (var admission = new AdmissionHarness<>(new AdmitAudio(WireFormat.singleObject()))) {
      admission.take(source);
      assertThat(admission.admitted()).isEmpty();
      assertThat(admission.rejected()).isEmpty();
      assertThat(admission.manifests())
          .singleElement()
          .usingRecursiveComparison()
          .isEqualTo(
              new Manifest(
                  "dev",
                  Examples.sealed().build().getDigest(),
                  new String[] {"theo_000", "theo_001"},
                  new long[] {4, 32_000},
                  new int[] {16_000, 16_000},
                  new String[] {"a".repeat(64), "b".repeat(64)},
                  source));
      assertThat(admission.manifests().get(0).audioSeconds()).isEqualTo(2.00025);
    }
  }
}
