package io.sounding.operators.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Expected keys from an independent implementation with Python's unbounded integers. */
class FrameKeyTest {
  @Test
  void keysNeverChange() {
    assertThat(key("", 0)).isEqualTo(0xa706dd2f4d197e6fL);
    assertThat(key("dev_jackson_000", 0)).isEqualTo(0xe1b92652354c64e6L);
    assertThat(key("dev_jackson_000", 1)).isEqualTo(0x57eb1d739135634bL);
    assertThat(key("\u00e9", Integer.MAX_VALUE)).isEqualTo(0x78d6e4270745a308L);
  }

  private static long key(String utterance, int frame) {
    return FrameKey.of(FrameKey.utterance(utterance), frame);
  }
}
