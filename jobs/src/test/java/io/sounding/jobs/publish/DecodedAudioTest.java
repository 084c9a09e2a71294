package io.sounding.jobs.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sounding.schemas.PcmEncoding;
import org.junit.jupiter.api.Test;

class DecodedAudioTest {
  private static final byte[] PCM = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

  private final DecodedAudio audio =
      new DecodedAudio(16_000, 2, 3, PcmEncoding.PCM_S16LE, PCM.clone());

  @Test
  void whatIsGivenOutIsACopy() {
    byte[] given = PCM.clone();
    DecodedAudio built = new DecodedAudio(16_000, 2, 3, PcmEncoding.PCM_S16LE, given);
    built.interleavedPcm()[1] = 99;
    built.interleavedPcm(0, 3)[2] = 99;
    assertThat(built).isEqualTo(audio).hasSameHashCodeAs(audio);
    assertThat(built.interleavedPcm()).isEqualTo(PCM);
  }

  /** Tests of audio files compare what was decoded as a whole. */
  @Test
  void audioThatDiffersIsNotEqual() {
    byte[] other = PCM.clone();
    other[11] = 13;
    assertThat(audio)
        .isNotEqualTo(new DecodedAudio(8_000, 2, 3, PcmEncoding.PCM_S16LE, PCM))
        .isNotEqualTo(new DecodedAudio(16_000, 1, 6, PcmEncoding.PCM_S16LE, PCM))
        .isNotEqualTo(new DecodedAudio(16_000, 1, 3, PcmEncoding.FLOAT32LE, PCM))
        .isNotEqualTo(new DecodedAudio(16_000, 2, 3, PcmEncoding.PCM_S16LE, other))
        .isNotEqualTo(null);
  }

  @Test
  void aPieceHoldsAllChannels() {
    assertThat(audio.interleavedPcm(1, 3)).containsExactly(5, 6, 7, 8, 9, 10, 11, 12);
    assertThat(audio.interleavedPcm(2, 2)).isEmpty();
    assertThatThrownBy(() -> audio.interleavedPcm(0, 4))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void theDurationIsInSeconds() {
    assertThat(audio.durationSeconds()).isEqualTo(3 / 16_000.0);
  }

  @Test
  void sizesThatDisagreeAreRefused() {
    assertThatThrownBy(() -> new DecodedAudio(16_000, 2, 3, PcmEncoding.FLOAT32LE, PCM))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("3 samples of 2 channels as FLOAT32LE are 24 bytes, not 12");
    assertThatThrownBy(() -> new DecodedAudio(0, 2, 3, PcmEncoding.PCM_S16LE, PCM))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least 1, but are 0, 2, 3");
  }
}
