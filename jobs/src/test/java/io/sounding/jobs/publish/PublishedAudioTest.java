package io.sounding.jobs.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.jobs.publish.PublishedAudio.Presence;
import io.sounding.schemas.AudioChunk;
import io.sounding.schemas.PcmEncoding;
import io.sounding.schemas.SingleObjectCodec;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PublishedAudioTest {

  private static final int SAMPLES = 600_000; // 1.2 MB: three chunks

  private final PublishedAudio there = new PublishedAudio("corpus");

  @BeforeEach
  void trustRecords() {
    SingleObjectCodec.initialise();
  }

  private static byte[] noise(int seed) {
    byte[] pcm = new byte[2 * SAMPLES];
    new Random(seed).nextBytes(pcm);
    return pcm;
  }

  private static UtteranceChunks utterance(String corpus, int sampleRateHz, byte[] pcm) {
    return new UtteranceChunks(
        corpus,
        "utterance",
        new DecodedAudio(sampleRateHz, 1, SAMPLES, PcmEncoding.PCM_S16LE, pcm));
  }

  @Test
  void chunksAreTheUtteranceInPieces() throws Exception {
    UtteranceChunks utterance = utterance("corpus", 16_000, noise(1));
    assertThat(utterance.count()).isEqualTo(3);
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    int bytes = 0;
    for (int i = 0; i < 3; i++) {
      AudioChunk chunk = utterance.chunk(i);
      assertThat(chunk.getChunkIndex()).isEqualTo(i);
      assertThat(chunk.getChunkCount()).isEqualTo(3);
      bytes += chunk.getPcm().remaining();
      sha256.update(chunk.getPcm().duplicate());
    }
    assertThat(bytes).isEqualTo(2 * SAMPLES);
    assertThat(utterance.sealed().getSha256()).isEqualTo(HexFormat.of().formatHex(sha256.digest()));
    assertThat(utterance.sealed().getSamples()).isEqualTo(SAMPLES);
  }

  @Test
  void anUtteranceIsThereWhenEveryChunkIs() {
    UtteranceChunks utterance = utterance("corpus", 16_000, noise(1));
    for (int chunk : List.of(2, 0, 0)) {
      assertThat(there.presence(utterance)).isEqualTo(Presence.INCOMPLETE);
      there.take(utterance.chunk(chunk));
    }
    there.take(utterance("other", 16_000, noise(1)).chunk(1));
    assertThat(there.presence(utterance)).isEqualTo(Presence.INCOMPLETE);
    there.take(utterance.chunk(1));
    assertThat(there.presence(utterance)).isEqualTo(Presence.COMPLETE);
    assertThat(there.beside(Set.of("utterance"))).isEmpty();
    assertThat(there.beside(Set.of())).containsExactly("utterance");
  }

  @Test
  void aChunkThatTheJobRefusesDoesNotCount() {
    UtteranceChunks utterance = utterance("corpus", 16_000, noise(1));
    for (int index : List.of(3, -1)) {
      there.take(AudioChunk.newBuilder(utterance.chunk(0)).setChunkIndex(index).build());
    }
    assertThat(there.presence(utterance)).isEqualTo(Presence.INCOMPLETE);
    assertThat(there.beside(Set.of())).isEmpty();
  }

  @Test
  void otherAudioIsToldApart() {
    byte[] changed = noise(1);
    changed[changed.length - 1] ^= 1;
    there.take(utterance("corpus", 16_000, noise(1)).chunk(2));
    assertThat(there.presence(utterance("corpus", 16_000, changed))).isEqualTo(Presence.OTHER);
    assertThat(there.presence(utterance("corpus", 8_000, noise(1)))).isEqualTo(Presence.OTHER);
    there.take(utterance("corpus", 16_000, changed).chunk(2));
    assertThat(there.presence(utterance("corpus", 16_000, noise(1))))
        .as("the first one counts")
        .isEqualTo(Presence.INCOMPLETE);
  }
}
