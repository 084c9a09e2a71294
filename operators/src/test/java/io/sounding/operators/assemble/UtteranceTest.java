package io.sounding.operators.assemble;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.schemas.PcmEncoding;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class UtteranceTest {

  private static Utterance of(PcmEncoding encoding, int channels, ByteBuffer pcm) {
    return new Utterance("dev", "u", 8_000, channels, encoding, pcm.array(), "");
  }

  private static ByteBuffer shorts(int... samples) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * samples.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int sample : samples) {
      bytes.putShort((short) sample);
    }
    return bytes;
  }

  private static ByteBuffer floats(float... samples) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * samples.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float sample : samples) {
      bytes.putFloat(sample);
    }
    return bytes;
  }

  @Test
  void sixteenBitSamplesAreDividedByFullScale() {
    Utterance utterance = of(PcmEncoding.PCM_S16LE, 1, shorts(0, 1, -1, 16_384, 32_767, -32_768));
    assertThat(utterance.mono())
        .containsExactly(0f, 1 / 32_768f, -1 / 32_768f, 0.5f, 32_767 / 32_768f, -1f);
    assertThat(utterance.samples()).isEqualTo(6);
  }

  @Test
  void floatsAreTakenAsTheyAre() {
    Utterance utterance = of(PcmEncoding.FLOAT32LE, 1, floats(0.1f, -1.5f, 1e-30f));
    assertThat(utterance.mono()).containsExactly(0.1f, -1.5f, 1e-30f);
    assertThat(utterance.samples()).isEqualTo(3);
  }

  @Test
  void channelsAreAveraged() {
    assertThat(of(PcmEncoding.PCM_S16LE, 2, shorts(16_384, 0, -32_768, 32_767)).mono())
        .containsExactly(0.25f, -1 / 65_536f);
    Utterance four = of(PcmEncoding.FLOAT32LE, 4, floats(1, 2, 3, 6, 0, 0, 0, -2));
    assertThat(four.mono()).containsExactly(3f, -0.5f);
    assertThat(four.samples()).isEqualTo(2);
  }
}
