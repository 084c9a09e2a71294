package io.sounding.operators.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MicroCentroidsTest {
  private static final int D = 5;

  /** Sum of squared distances of all frames to their micro-centroid. */
  private static double scatter(MicroCentroids micro) {
    return Arrays.stream(micro.squares()).sum();
  }

  @ParameterizedTest
  @ValueSource(floats = {0, 4_096})
  void togetherTheyHoldTheScatterOfAllFramesWhateverTheMean(float offset) {
    float[] frames = SyntheticFrames.arithmetic(3_000, D, offset);
    MicroCentroids micro = micro(frames, 40, 256);
    double[] mean = FrameBlock.of(frames, 3_000, D).mean();
    double expected = 0;
    for (int i = 0; i < frames.length; i++) {
      expected += (frames[i] - mean[i % D]) * (frames[i] - mean[i % D]);
    }
    double actual = scatter(micro);
    for (int i = 0; i < micro.means().length; i++) {
      double difference = micro.means()[i] - mean[i % D];
      actual += micro.counts()[i / D] * difference * difference;
    }
    assertThat(micro.frames()).isEqualTo(3_000);
    assertThat(actual).isCloseTo(expected, withinPercentage(1e-9));
  }

  @Test
  void thereAreNeverMoreThanAllowed() {
    for (int limit : new int[] {1, 2, 3, 7, 600}) {
      MicroCentroids micro = micro(SyntheticFrames.arithmetic(2_000, D, 0), limit, 512);
      assertThat(micro.size()).isBetween(1, limit);
      assertThat(micro.frames()).isEqualTo(2_000);
    }
  }

  @Test
  void equalFramesShareOne() {
    float[] frames = new float[900 * D];
    Arrays.fill(frames, 0.3f);
    MicroCentroids micro = micro(frames, 16, 512);
    assertThat(micro.counts()).containsExactly(900);
    assertThat(scatter(micro)).isZero();
    assertThat(micro.means()).containsOnly(0.3f);
  }

  /** Groups come one after another, so a group that is not noticed when it comes is lost. */
  @Test
  void groupsThatComeLateGetCentroidsOfTheirOwn() {
    int groups = 30;
    int each = 400;
    float[] mixed = SyntheticFrames.blobs(groups * each, D, groups, 0.1, 3);
    float[] sorted = new float[mixed.length];
    for (int i = 0; i < groups * each; i++) {
      System.arraycopy(mixed, i * D, sorted, (i % groups * each + i / groups) * D, D);
    }
    MicroCentroids micro = micro(sorted, 3 * groups, 512);
    double spreadWithinGroups = D * 0.01;
    assertThat(scatter(micro) / micro.frames()).isLessThan(1.5 * spreadWithinGroups);
  }

  @Test
  void equalSeedsAndFramesGiveEqualCentroidsAndOtherSeedsOthers() {
    float[] frames = SyntheticFrames.blobs(3_000, D, 50, 1, 4);
    assertThat(micro(frames, 40, 512)).isEqualTo(micro(frames, 40, 512));
    MicroCentroidsAccumulator other =
        new MicroCentroidsAccumulator(MicroCentroids.empty(D), 40, 99);
    other.addBlock(FrameBlock.of(frames, 3_000, D), new HostProducts());
    assertThat(other.snapshot()).isNotEqualTo(micro(frames, 40, 3_000));
  }

  private static MicroCentroids micro(float[] frames, int limit, int block) {
    MicroCentroidsAccumulator accumulator =
        new MicroCentroidsAccumulator(MicroCentroids.empty(D), limit, 5);
    int rows = frames.length / D;
    for (int from = 0; from < rows; from += block) {
      int to = Math.min(rows, from + block);
      accumulator.addBlock(
          FrameBlock.of(SyntheticFrames.rows(frames, D, from, to), to - from, D),
          new HostProducts());
    }
    return accumulator.snapshot();
  }
}
