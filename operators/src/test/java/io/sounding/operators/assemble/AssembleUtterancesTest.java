package io.sounding.operators.assemble;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.operators.KeyedStage;
import io.sounding.operators.admit.Chunk;
import io.sounding.operators.admit.KafkaRecord;
import io.sounding.operators.admit.Rejection;
import io.sounding.schemas.AudioChunk;
import io.sounding.schemas.PcmEncoding;
import io.sounding.schemas.RejectReason;
import io.sounding.schemas.SingleObjectCodec;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AssembleUtterancesTest {

  private static final Duration TIMEOUT = Duration.ofMinutes(10);

  /** SHA-256 of the bytes 1 to 6 by Python 3's hashlib. */
  private static final String SHA256_OF_1_TO_6 =
      "7192385c3c0605de55bb9476ce1d90748190ecb32a8eed7f5207b30cf6a1fe89";

  private static final Chunk FIRST = chunk(0, 3, 1, 2);
  private static final Chunk SECOND = chunk(1, 3, 3, 4);
  private static final Chunk THIRD = chunk(2, 3, 5, 6);

  static KeyedStage<Chunk, ShardUtterance> stage() throws Exception {
    return new KeyedStage<>(new AssembleUtterances(TIMEOUT, 8), Chunk::utteranceKey);
  }

  static KeyedStage<Chunk, ShardUtterance> opened() throws Exception {
    KeyedStage<Chunk, ShardUtterance> stage = stage();
    stage.open();
    return stage;
  }

  private static Chunk chunk(int index, int count, int... pcm) {
    byte[] bytes = new byte[pcm.length];
    for (int i = 0; i < pcm.length; i++) {
      bytes[i] = (byte) pcm[i];
    }
    return chunk("u", index, count, 16_000, 1, PcmEncoding.PCM_S16LE, bytes);
  }

  static Chunk chunk(
      String id, int index, int count, int rateHz, int channels, PcmEncoding encoding, byte[] pcm) {
    KafkaRecord source = new KafkaRecord("audio", 2, 40 + index, 5, new byte[] {7}, null);
    return new Chunk("dev", id, index, count, rateHz, channels, encoding, pcm, source);
  }

  private static List<Utterance> utterances(KeyedStage<Chunk, ShardUtterance> stage) {
    List<ShardUtterance> undecided = stage.extractOutputValues();
    assertThat(undecided).allMatch(u -> u.shard() == ShardUtterance.UNDECIDED);
    return undecided.stream().map(ShardUtterance::utterance).toList();
  }

  private static void assertWhole(KeyedStage<Chunk, ShardUtterance> stage) {
    assertThat(utterances(stage))
        .singleElement()
        .usingRecursiveComparison()
        .isEqualTo(
            new Utterance(
                "dev",
                "u",
                16_000,
                1,
                PcmEncoding.PCM_S16LE,
                new byte[] {1, 2, 3, 4, 5, 6},
                SHA256_OF_1_TO_6));
  }

  @Test
  void chunksInAnyOrderMakeTheSameUtterance() throws Exception {
    List<List<Chunk>> orders =
        List.of(
            List.of(FIRST, SECOND, THIRD),
            List.of(FIRST, THIRD, SECOND),
            List.of(SECOND, FIRST, THIRD),
            List.of(SECOND, THIRD, FIRST),
            List.of(THIRD, FIRST, SECOND),
            List.of(THIRD, SECOND, FIRST));
    for (List<Chunk> order : orders) {
      try (var stage = opened()) {
        stage.take(order.toArray(Chunk[]::new));
        assertWhole(stage);
        assertThat(stage.deadLetters()).isEmpty();
        assertThat(stage.numKeyedStateEntries()).as("the progress, no audio").isOne();
      }
    }
  }

  @Test
  void utterancesOfManyChunksComeWholeFromAShuffledStreamWithDuplicates() throws Exception {
    List<Chunk> chunks = new ArrayList<>();
    for (String id : List.of("a", "b", "c")) {
      for (int i = 0; i < 200; i++) {
        Chunk chunk =
            chunk(
                id,
                i,
                200,
                16_000,
                1,
                PcmEncoding.PCM_S16LE,
                new byte[] {(byte) i, id.getBytes()[0]});
        chunks.add(chunk);
        if (i % 3 == 0) {
          chunks.add(chunk);
        }
      }
    }
    Collections.shuffle(chunks, new Random(20_100));
    try (var stage = opened()) {
      stage.take(chunks.toArray(Chunk[]::new));
      assertThat(stage.extractOutputValues()).hasSize(3);
      for (Utterance utterance : utterances(stage)) {
        assertThat(utterance.pcm()).hasSize(400);
        for (int i = 0; i < 200; i++) {
          assertThat(utterance.pcm()[2 * i]).isEqualTo((byte) i);
          assertThat(utterance.pcm()[2 * i + 1]).isEqualTo(utterance.utteranceId().getBytes()[0]);
        }
      }
    }
  }

  @Test
  void duplicatesAreIgnoredBeforeAndAfterTheUtteranceIsWhole() throws Exception {
    try (var stage = opened()) {
      stage.take(FIRST, FIRST, SECOND, FIRST, THIRD);
      stage.take(FIRST, SECOND, THIRD);
      stage.setProcessingTime(TIMEOUT.toMillis() + 1);
      stage.take(FIRST, SECOND, THIRD);
      stage.setProcessingTime(3 * TIMEOUT.toMillis());
      assertWhole(stage);
      assertThat(stage.deadLetters()).isEmpty();
    }
  }

  /** A state without a chunk holds 0 in its place; CRC-32C of the first is 0, of the second 1. */
  @ParameterizedTest
  @CsvSource({"0xab, 0x9b, 0xe0, 0x9b", "0x5a, 0xed, 0x0c, 0x9e"})
  void aChunkIsKnownAgainWhateverItsChecksum(int a, int b, int c, int d) throws Exception {
    Chunk first = chunk(0, 3, a, b, c, d);
    try (var stage = opened()) {
      stage.take(first, first, SECOND, first);
      assertThat(stage.extractOutputValues()).isEmpty();
      stage.take(THIRD, first);
      assertThat(utterances(stage))
          .extracting(Utterance::pcm)
          .containsExactly(new byte[] {(byte) a, (byte) b, (byte) c, (byte) d, 3, 4, 5, 6});
      assertThat(stage.deadLetters()).isEmpty();
    }
  }

  @Test
  void aChunkWithOtherAudioIsADeadLetterThatHoldsItsRecord() throws Exception {
    Chunk other = chunk(0, 3, 9, 9);
    try (var stage = opened()) {
      stage.take(FIRST, other, SECOND, THIRD, other);
      assertWhole(stage);
      assertThat(stage.deadLetters())
          .hasSize(2)
          .allSatisfy(
              letter -> {
                assertThat(letter.reason()).isEqualTo(RejectReason.CONFLICTING_CHUNK);
                assertThat(letter.message())
                    .contains("Chunk 0 of utterance u came before with other audio");
                assertThat(letter.topic()).isEqualTo("audio");
                assertThat(letter.partition()).isEqualTo(2);
                assertThat(letter.offset()).isEqualTo(40);
                assertThat(letter.key()).isEqualTo(new byte[] {7});
                AudioChunk record =
                    (AudioChunk)
                        SingleObjectCodec.reading(AudioChunk.getClassSchema())
                            .decode(letter.value());
                assertThat(record.getPcm()).isEqualTo(ByteBuffer.wrap(new byte[] {9, 9}));
              });
    }
  }

  @Test
  void chunksThatDisagreeOnTheUtteranceAreDeadLetters() throws Exception {
    byte[] pcm = {3, 4, 5, 6};
    List<Chunk> others =
        List.of(
            chunk("u", 1, 4, 16_000, 1, PcmEncoding.PCM_S16LE, pcm),
            chunk("u", 1, 3, 8_000, 1, PcmEncoding.PCM_S16LE, pcm),
            chunk("u", 1, 3, 16_000, 2, PcmEncoding.PCM_S16LE, pcm),
            chunk("u", 1, 3, 16_000, 1, PcmEncoding.FLOAT32LE, pcm));
    for (Chunk other : others) {
      try (var stage = opened()) {
        stage.take(FIRST, other, SECOND, THIRD);
        assertWhole(stage);
        assertThat(stage.deadLetters())
            .singleElement()
            .satisfies(
                letter -> {
                  assertThat(letter.reason()).isEqualTo(RejectReason.CONFLICTING_CHUNK);
                  assertThat(letter.message())
                      .contains("an earlier one said 3, 16000, 1, PCM_S16LE");
                });
      }
    }
  }

  @Test
  void aMissingChunkIsOneDeadLetterAtTheTimeoutAndNothingIsLeft() throws Exception {
    try (var stage = opened()) {
      stage.setProcessingTime(1_000);
      stage.take(THIRD);
      stage.setProcessingTime(500_000);
      stage.take(FIRST);
      stage.setProcessingTime(1_000 + TIMEOUT.toMillis());
      stage.setProcessingTime(500_000 + TIMEOUT.toMillis() - 1);
      assertThat(stage.deadLetters()).isEmpty();
      stage.setProcessingTime(500_000 + TIMEOUT.toMillis());
      stage.setProcessingTime(3 * TIMEOUT.toMillis());
      assertThat(stage.extractOutputValues()).isEmpty();
      assertThat(stage.deadLetters())
          .singleElement()
          .satisfies(
              letter -> {
                assertThat(letter.reason()).isEqualTo(RejectReason.INCOMPLETE_UTTERANCE);
                assertThat(letter.message())
                    .isEqualTo(
                        "Of utterance u of corpus dev 2 of 3 chunks came, then none for PT10M; missing are [1]. Publish the utterance again.");
                assertThat(letter.topic()).isNull();
              });
      assertThat(stage.numKeyedStateEntries()).isZero();
      stage.take(FIRST, SECOND, THIRD);
      assertWhole(stage);
    }
  }

  @Test
  void anUtteranceOfWhichChunksKeepComingMayTakeLongerThanTheTimeout() throws Exception {
    try (var stage = opened()) {
      stage.take(FIRST);
      stage.setProcessingTime(Duration.ofMinutes(9).toMillis());
      stage.take(SECOND);
      stage.setProcessingTime(TIMEOUT.toMillis());
      stage.setProcessingTime(Duration.ofMinutes(11).toMillis());
      stage.take(THIRD);
      stage.setProcessingTime(Duration.ofHours(1).toMillis());
      assertWhole(stage);
      assertThat(stage.deadLetters()).isEmpty();
      assertThat(stage.numKeyedStateEntries()).as("the progress, no audio").isOne();
    }
  }

  @Test
  void aRepeatedChunkShowsThatTheUtteranceIsBeingSent() throws Exception {
    try (var stage = opened()) {
      stage.take(FIRST, SECOND);
      stage.setProcessingTime(Duration.ofMinutes(9).toMillis());
      stage.take(FIRST, SECOND);
      stage.setProcessingTime(TIMEOUT.toMillis());
      stage.setProcessingTime(Duration.ofMinutes(11).toMillis());
      stage.take(THIRD);
      assertWhole(stage);
      assertThat(stage.deadLetters()).isEmpty();
    }
  }

  @Test
  void aChunkThatContradictsEarlierOnesDoesNotProlongTheWait() throws Exception {
    try (var stage = opened()) {
      stage.take(FIRST);
      stage.setProcessingTime(Duration.ofMinutes(9).toMillis());
      stage.take(chunk(0, 3, 9, 9));
      stage.setProcessingTime(TIMEOUT.toMillis());
      assertThat(stage.deadLetters())
          .extracting(Rejection::reason)
          .containsExactly(RejectReason.CONFLICTING_CHUNK, RejectReason.INCOMPLETE_UTTERANCE);
      assertThat(stage.numKeyedStateEntries()).isZero();
    }
  }

  @Test
  void chunksAfterARestartKeepAnInterruptedAssembly() throws Exception {
    OperatorSubtaskState midway;
    try (var stage = opened()) {
      stage.take(FIRST);
      stage.setProcessingTime(Duration.ofMinutes(9).toMillis());
      stage.take(SECOND);
      midway = stage.snapshot(1, 1);
    }
    try (var restored = stage()) {
      restored.initializeState(midway);
      restored.setProcessingTime(Duration.ofMinutes(9).toMillis());
      restored.open();
      restored.setProcessingTime(TIMEOUT.toMillis());
      restored.setProcessingTime(Duration.ofMinutes(11).toMillis());
      restored.take(THIRD);
      assertWhole(restored);
      assertThat(restored.deadLetters()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"100, ' and more'", "12, ' and more'", "11, ''"})
  void ofManyMissingChunksTenAreNamed(int chunks, String more) throws Exception {
    try (var stage = opened()) {
      stage.take(chunk(5, chunks, 1, 2));
      stage.setProcessingTime(TIMEOUT.toMillis() + 1);
      assertThat(stage.deadLetters())
          .extracting(Rejection::message)
          .singleElement()
          .asString()
          .contains("missing are [0, 1, 2, 3, 4, 6, 7, 8, 9, 10]" + more + ".");
    }
  }

  @Test
  void anInterruptedAssemblyGoesOnAfterARestart() throws Exception {
    OperatorSubtaskState midway;
    try (var stage = opened()) {
      stage.take(THIRD, FIRST);
      midway = stage.snapshot(1, 1);
    }
    OperatorSubtaskState done;
    try (var restored = stage()) {
      restored.initializeState(midway);
      restored.open();
      restored.take(FIRST, SECOND);
      assertWhole(restored);
      done = restored.snapshot(2, 2);
    }
    try (var again = stage()) {
      again.initializeState(done);
      again.open();
      again.take(FIRST, SECOND, THIRD);
      assertThat(again.extractOutputValues()).isEmpty();
      assertThat(again.deadLetters()).isEmpty();
    }
  }

  @Test
  void theTimeoutOfAnInterruptedAssemblyIsKept() throws Exception {
    OperatorSubtaskState midway;
    try (var stage = opened()) {
      stage.take(THIRD);
      midway = stage.snapshot(1, 1);
    }
    try (var restored = stage()) {
      restored.initializeState(midway);
      restored.open();
      restored.setProcessingTime(TIMEOUT.toMillis() + 1);
      assertThat(restored.deadLetters()).hasSize(1);
    }
  }

  @Test
  void aTimeoutThatFellDueWhileTheJobWasDownStartsAnew() throws Exception {
    OperatorSubtaskState midway;
    try (var stage = opened()) {
      stage.take(THIRD);
      midway = stage.snapshot(1, 1);
    }
    try (var restored = stage()) {
      restored.initializeState(midway);
      restored.open();
      long back = TIMEOUT.toMillis() + Duration.ofHours(1).toMillis();
      restored.setProcessingTime(back);
      assertThat(restored.deadLetters()).isEmpty();
      restored.take(FIRST);
      restored.setProcessingTime(back + TIMEOUT.toMillis() - 1);
      assertThat(restored.deadLetters()).isEmpty();
      restored.setProcessingTime(back + TIMEOUT.toMillis());
      assertThat(restored.deadLetters()).hasSize(1);
    }
  }
}
