package io.sounding.jobs.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sounding.schemas.PcmEncoding;
import io.sounding.schemas.SingleObjectCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UtteranceChunksTest {

  private static final int FULL = 512 * 1024 / 2; // samples of 16 bits

  /** A chunk without samples would be a dead letter, and its utterance never whole. */
  @ParameterizedTest
  @CsvSource({"1, 1", "262143, 1", "262144, 1", "262145, 2", "524288, 2", "524289, 3"})
  void noChunkIsEmptyAndTogetherTheyAreTheUtterance(int samples, int chunks) {
    SingleObjectCodec.initialise();
    byte[] pcm = new byte[2 * samples];
    new Random(7).nextBytes(pcm);
    UtteranceChunks utterance =
        new UtteranceChunks(
            "corpus", "u", new DecodedAudio(16_000, 1, samples, PcmEncoding.PCM_S16LE, pcm));
    assertThat(utterance.count()).isEqualTo(chunks);
    ByteBuffer together = ByteBuffer.allocate(pcm.length);
    for (int index = 0; index < chunks; index++) {
      ByteBuffer part = utterance.chunk(index).getPcm();
      assertThat(part.remaining()).isBetween(1, 2 * FULL);
      together.put(part);
    }
    assertThat(together.array()).isEqualTo(pcm);
  }

  /** The job would refuse it, and the manifest that names it: a sealed name would be spent. */
  @ParameterizedTest
  @CsvSource({
    "500, 1, 500, has a sample rate of 500 Hz; it must lie in 1000 to 768000",
    "16000, 9, 100, has 9 channels; it must have 1 to 8",
    "1000, 1, 7200001, is longer than 7200 s"
  })
  void whatTheJobRefusesIsNotPublished(
      int rateHz, int channels, int samples, String finding, @TempDir Path folder)
      throws IOException {
    Path file = Files.write(folder.resolve("a.wav"), wave(rateHz, channels, samples));
    assertThatThrownBy(() -> UtteranceChunks.of("corpus", new AudioFiles.AudioFilePath("a", file)))
        .isInstanceOf(UnusableInputException.class)
        .hasMessageContaining(finding);
  }

  @ParameterizedTest
  @CsvSource({"1000, 1, 7200000", "768000, 1, 100", "16000, 8, 100"})
  void whatTheJobJustTakesIsPublished(int rateHz, int channels, int samples, @TempDir Path folder)
      throws IOException {
    Path file = Files.write(folder.resolve("a.wav"), wave(rateHz, channels, samples));
    assertThat(UtteranceChunks.of("corpus", new AudioFiles.AudioFilePath("a", file)).audioSeconds())
        .isEqualTo((double) samples / rateHz);
  }

  private static byte[] wave(int rateHz, int channels, int samples) {
    int bytes = channels * samples; // of 8 bits
    ByteBuffer wave = ByteBuffer.allocate(44 + bytes).order(ByteOrder.LITTLE_ENDIAN);
    wave.put(ascii("RIFF")).putInt(36 + bytes).put(ascii("WAVEfmt ")).putInt(16);
    wave.putShort((short) 1).putShort((short) channels).putInt(rateHz).putInt(rateHz * channels);
    wave.putShort((short) channels).putShort((short) 8).put(ascii("data")).putInt(bytes);
    return wave.array();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
