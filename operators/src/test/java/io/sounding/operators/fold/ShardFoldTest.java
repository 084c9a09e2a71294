package io.sounding.operators.fold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sounding.operators.statistics.HostProducts;
import io.sounding.operators.statistics.LayerSummary;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ShardFoldTest {

  private static final int FRAMES = 300;
  private static final int DIMENSION = 3;

  private static float[] frames(int utterance, int layer) {
    Random random = new Random(20_100 + 10 * utterance + layer);
    float[] frames = new float[FRAMES * DIMENSION];
    for (int i = 0; i < frames.length; i++) {
      frames[i] = (float) random.nextGaussian();
    }
    return frames;
  }

  private static ShardFold fold() {
    return ShardFold.of(new int[] {4, 9}, DIMENSION, ShardSummaries.SETTINGS, 1);
  }

  private static void add(ShardFold fold, int utterance) {
    fold.add("u" + utterance, 0, frames(utterance, 0), 0, FRAMES, new HostProducts());
    fold.add("u" + utterance, 1, frames(utterance, 1), 0, FRAMES, new HostProducts());
  }

  private static ShardFold.Saved saved(ShardFold fold) {
    return fold.save().with(new byte[][] {fold.summary(0), fold.summary(1)});
  }

  @Test
  void aResumedFoldEndsWithTheBytesOfOneThatWasNeverInterrupted() {
    ShardFold undisturbed = fold();
    ShardFold interrupted = fold();
    for (int utterance = 0; utterance < 7; utterance++) {
      add(undisturbed, utterance);
      interrupted = ShardFold.resume(saved(interrupted), ShardSummaries.SETTINGS, 1);
      add(interrupted, utterance);
    }
    assertThat(saved(interrupted).summaries()).isDeepEqualTo(saved(undisturbed).summaries());
    assertThat(interrupted.layers()).containsExactly(4, 9);
    assertThat(interrupted.dimension()).isEqualTo(DIMENSION);
  }

  @Test
  void framesMayLieAmongOthers() {
    float[] batch = new float[3 * FRAMES * DIMENSION];
    ShardFold among = fold();
    ShardFold alone = fold();
    for (int utterance = 0; utterance < 3; utterance++) {
      int begin = utterance * FRAMES * DIMENSION;
      System.arraycopy(frames(utterance, 0), 0, batch, begin, FRAMES * DIMENSION);
    }
    for (int utterance = 0; utterance < 3; utterance++) {
      int begin = utterance * FRAMES * DIMENSION;
      among.add("u" + utterance, 0, batch, begin, FRAMES, new HostProducts());
      alone.add("u" + utterance, 0, frames(utterance, 0), 0, FRAMES, new HostProducts());
    }
    assertThat(saved(among).summaries()).isDeepEqualTo(saved(alone).summaries());
  }

  @Test
  void savingChangesNothing() {
    ShardFold saved = fold();
    ShardFold plain = fold();
    for (int utterance = 0; utterance < 3; utterance++) {
      add(saved, utterance);
      saved(saved);
      add(plain, utterance);
    }
    assertThat(saved(saved).summaries()).isDeepEqualTo(saved(plain).summaries());
  }

  @Test
  void foldsWhatWaitsAsItsCopyWould() {
    ShardFold fold = fold();
    for (int utterance = 0; utterance < 3; utterance++) {
      add(fold, utterance);
    }
    byte[][] completedCopy = fold.completed().summaries();
    assertThat(saved(fold).summaries()[0]).isNotEqualTo(completedCopy[0]);
    fold.finish(new HostProducts());
    assertThat(fold.completed().summaries()).isDeepEqualTo(completedCopy);
  }

  @Test
  void layersAreFoldedApart() {
    ShardFold fold = fold();
    add(fold, 0);
    ShardFold.Saved saved = saved(fold);
    assertThat(saved.summaries()[0]).isNotEqualTo(saved.summaries()[1]);
    assertThat(LayerSummary.fromBytes(saved.summaries()[1]).frames()).isEqualTo(FRAMES);
  }

  @Test
  void aFrameThatIsNotFiniteIsRefusedWithItsPlace() {
    float[] behindOther = new float[3 * DIMENSION + FRAMES * DIMENSION];
    System.arraycopy(frames(0, 0), 0, behindOther, 3 * DIMENSION, FRAMES * DIMENSION);
    behindOther[(3 + 5) * DIMENSION + 1] = Float.POSITIVE_INFINITY;
    assertThatThrownBy(
            () -> fold().add("u0", 0, behindOther, 3 * DIMENSION, FRAMES, new HostProducts()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Utterance u0: frame 5 holds Infinity at dimension index 1");
  }
}
