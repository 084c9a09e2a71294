package io.sounding.operators.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.openjdk.jol.info.GraphLayout;

/** What an accumulator holds, all objects it reaches counted, as the default job makes it. */
class LayerAccumulatorMemoryTest {
  private static final int D = 768;
  private static final int SHARDS = 32;
  private static final int UTTERANCE_FRAMES = 1_000;
  private static final int FRAMES_OF_AN_HOUR = 180_000;
  private static final long MOST_BYTES = 16_000_000;
  private static final int SAMPLED_FRAMES_THAT_COME_AND_GO = 30;

  static {
    // the settings are a record, whose fields JOL does not find otherwise
    System.setProperty("jol.magicFieldOffset", "true");
  }

  @Test
  void takesNoMoreForTenHoursThanForThree() {
    float[] noise = noise(3 * UTTERANCE_FRAMES * D);
    LayerAccumulator accumulator =
        new LayerAccumulator(D, StatisticsSettings.defaults(), 1.0 / SHARDS);
    HostProducts products = new HostProducts();
    long largest = 0;
    long afterThreeHours = 0;
    for (int frames = 0; frames < 10 * FRAMES_OF_AN_HOUR; frames += UTTERANCE_FRAMES) {
      int from = frames / UTTERANCE_FRAMES * 7_919 % (2 * UTTERANCE_FRAMES) * D;
      accumulator.addUtterance("utterance-" + frames, noise, from, UTTERANCE_FRAMES, products);
      if (frames % (3 * UTTERANCE_FRAMES) == 0) {
        largest = Math.max(largest, GraphLayout.parseInstance(accumulator).totalSize());
        afterThreeHours = frames <= 3 * FRAMES_OF_AN_HOUR ? largest : afterThreeHours;
      }
    }
    assertThat(accumulator.snapshot().frames()).isEqualTo(10L * FRAMES_OF_AN_HOUR);
    assertThat(largest)
        .isLessThanOrEqualTo(MOST_BYTES)
        .isLessThanOrEqualTo(afterThreeHours + SAMPLED_FRAMES_THAT_COME_AND_GO * 4L * D);
    assertThat(accumulator.snapshot().toBytes().length).isLessThan((int) MOST_BYTES);
  }

  private static float[] noise(int length) {
    SplittableRandom random = new SplittableRandom(1);
    float[] noise = new float[length];
    for (int i = 0; i < length; i++) {
      noise[i] = (float) ((random.nextDouble() - 0.5) / (1 + i % D / 16));
    }
    return noise;
  }
}
