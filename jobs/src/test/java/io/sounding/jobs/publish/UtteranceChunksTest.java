package io.sounding.jobs.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.schemas.PcmEncoding;
import io.sounding.schemas.SingleObjectCodec;
import java.nio.ByteBuffer;
import java.util.Random;
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
}
