package io.sounding.operators.assemble;

import static io.sounding.operators.assemble.AssembleUtterancesTest.chunk;
import static io.sounding.operators.assemble.AssembleUtterancesTest.opened;
import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.schemas.PcmEncoding;
import io.sounding.schemas.RejectReason;
import org.junit.jupiter.api.Test;

/** How much audio an utterance may have. */
class UtteranceLimitsTest {

  @Test
  void anUtteranceOfMoreThanTwoHoursIsADeadLetter() throws Exception {
    byte[] hour = new byte[2 * 1_000 * 3_600];
    PcmEncoding encoding = PcmEncoding.PCM_S16LE;
    try (var stage = opened()) {
      stage.take(
          chunk("fits", 0, 2, 1_000, 1, encoding, hour),
          chunk("fits", 1, 2, 1_000, 1, encoding, hour));
      assertThat(stage.deadLetters()).isEmpty();
      assertThat(stage.extractOutputValues()).hasSize(1);
      stage.take(
          chunk("long", 0, 3, 1_000, 1, encoding, hour),
          chunk("long", 1, 3, 1_000, 1, encoding, hour),
          chunk("long", 2, 3, 1_000, 1, encoding, new byte[2]));
      assertThat(stage.extractOutputValues()).hasSize(1);
      assertThat(stage.deadLetters())
          .singleElement()
          .satisfies(
              letter -> {
                assertThat(letter.reason()).isEqualTo(RejectReason.BAD_AUDIO_FORMAT);
                assertThat(letter.message()).contains("Utterance long is longer than 7200 s");
              });
    }
  }

  /** All that is made of it would end the process, again after each restart. */
  @Test
  void anUtteranceThatNeedsMoreMemoryThanThereIsIsADeadLetter() throws Exception {
    byte[] part = new byte[16 << 20];
    int fit = (int) (Runtime.getRuntime().maxMemory() / 16 / part.length);
    try (var stage = opened()) {
      for (int i = 0; i <= fit; i++) {
        assertThat(stage.deadLetters()).isEmpty();
        stage.take(chunk("large", i, 1_000, 96_000, 8, PcmEncoding.FLOAT32LE, part));
      }
      assertThat(stage.deadLetters())
          .singleElement()
          .satisfies(
              letter -> {
                assertThat(letter.reason()).isEqualTo(RejectReason.BAD_AUDIO_FORMAT);
                assertThat(letter.message())
                    .startsWith(
                        "Utterance large has more than %d MB, "
                            .formatted(Runtime.getRuntime().maxMemory() / 16 / 1_000_000))
                    .contains("or give the process more memory");
              });
    }
  }
}
