package io.sounding.operators.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What the rank family does not change under, whatever the frames. */
class RankInvariantsTest {
  private static final StatisticsSettings SETTINGS = new StatisticsSettings(2, 50, 4, 20, 1, 0);

  @Property(tries = 60, seed = "1")
  void rankMeLiesBetweenOneAndTheSmallerSide(
      @ForAll @IntRange(min = 1, max = 80) int n,
      @ForAll @IntRange(min = 1, max = 30) int d,
      @ForAll long seed) {
    RankMetrics metrics = metrics(frames(n, d, seed), d);
    double excess = 1 + 2e-6 * d;
    assertThat(metrics.rankMe()).isBetween(1 - 1e-6, Math.min(n, d) * excess);
    assertThat(metrics.rankMeCentred())
        .isBetween(0.0, Math.min(Math.max(1, n - 1), d) * excess * (1 + 2e-5));
    assertThat(metrics.stableRank()).isBetween(1 - 1e-12, Math.min(n, d) * (1 + 1e-12));
    assertThat(metrics.participationRatio()).isBetween(0.0, d * (1 + 1e-12));
    assertThat(metrics.anisotropy()).isBetween(-1 - 1e-12, 1 + 1e-12);
  }

  @Property(tries = 30, seed = "2")
  void rotatingAllFramesChangesNothing(
      @ForAll @IntRange(min = 20, max = 80) int n,
      @ForAll @IntRange(min = 2, max = 12) int d,
      @ForAll long seed) {
    float[] frames = frames(n, d, seed);
    RankMetrics before = metrics(frames, d);
    RankMetrics after = metrics(reflected(frames, d, seed), d);
    // the rotated frames are rounded to float32
    assertThat(after.rankMe()).isCloseTo(before.rankMe(), withinPercentage(1e-3));
    assertThat(after.rankMeCentred()).isCloseTo(before.rankMeCentred(), withinPercentage(1e-3));
    assertThat(after.effectiveRankSquared())
        .isCloseTo(before.effectiveRankSquared(), withinPercentage(1e-3));
    assertThat(after.stableRank()).isCloseTo(before.stableRank(), withinPercentage(1e-3));
    assertThat(after.participationRatio())
        .isCloseTo(before.participationRatio(), withinPercentage(1e-3));
    assertThat(after.anisotropy()).isCloseTo(before.anisotropy(), within(1e-5));
    assertThat(after.meanNorm()).isCloseTo(before.meanNorm(), withinPercentage(1e-3));
  }

  @Property(tries = 30, seed = "2")
  void scalingByAPowerOfTwoChangesTheNormOnly(
      @ForAll @IntRange(min = 1, max = 80) int n,
      @ForAll @IntRange(min = 1, max = 12) int d,
      @ForAll @IntRange(min = -20, max = 20) int exponent,
      @ForAll long seed) {
    float[] frames = frames(n, d, seed);
    float[] scaled = frames.clone();
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = Math.scalb(frames[i], exponent);
    }
    RankMetrics before = metrics(frames, d);
    RankMetrics after = metrics(scaled, d);
    assertThat(after.rankMe()).isCloseTo(before.rankMe(), withinPercentage(1e-8));
    assertThat(after.rankMeCentred()).isCloseTo(before.rankMeCentred(), withinPercentage(1e-8));
    assertThat(after.anisotropy()).isCloseTo(before.anisotropy(), within(1e-12));
    assertThat(after.normalisedStd()).isCloseTo(before.normalisedStd(), within(1e-12));
    assertThat(after.meanNorm())
        .isCloseTo(Math.scalb(before.meanNorm(), exponent), withinPercentage(1e-10));
  }

  @Property(tries = 40, seed = "5")
  void momentsAddUpHoweverTheFramesAreSplit(
      @ForAll @IntRange(min = 1, max = 79) int first,
      @ForAll @IntRange(min = 1, max = 12) int d,
      @ForAll long seed) {
    float[] frames = frames(80, d, seed);
    SecondMoments whole = moments(frames, d);
    SpectrumAccumulator parts = moments(SyntheticFrames.rows(frames, d, 0, first), d).accumulator();
    parts.add(moments(SyntheticFrames.rows(frames, d, first, 80), d));
    SecondMoments sum = (SecondMoments) parts.snapshot();
    double scale = Arrays.stream(whole.uncentred()).map(Math::abs).max().orElseThrow();
    assertThat(sum.count()).isEqualTo(80);
    for (int i = 0; i < whole.centred().length; i++) {
      assertThat(sum.uncentred()[i]).isCloseTo(whole.uncentred()[i], within(1e-13 * scale));
      assertThat(sum.centred()[i]).isCloseTo(whole.centred()[i], within(1e-13 * scale));
    }
  }

  private static SecondMoments moments(float[] frames, int d) {
    SpectrumAccumulator accumulator = KeptRows.empty(d).accumulator();
    accumulator.addBlock(FrameBlock.of(frames, frames.length / d, d), new HostProducts());
    return (SecondMoments) accumulator.snapshot();
  }

  private static RankMetrics metrics(float[] frames, int d) {
    return RankMetrics.of(SyntheticFrames.summary(frames, d, 9, SETTINGS));
  }

  private static float[] frames(int n, int d, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] frames = new float[n * d];
    double mean = random.nextGaussian(0, 3);
    for (int i = 0; i < frames.length; i++) {
      frames[i] = (float) (mean + random.nextGaussian() / (1 + i % d));
    }
    return frames;
  }

  /** Every row mirrored at a random hyperplane: x - 2 v (v·x). */
  private static float[] reflected(float[] frames, int d, long seed) {
    SplittableRandom random = new SplittableRandom(~seed);
    double[] v = random.doubles(d, -1, 1).toArray();
    double squared = 0;
    for (double value : v) {
      squared += value * value;
    }
    float[] mirrored = new float[frames.length];
    for (int i = 0; i < frames.length; i += d) {
      double product = 0;
      for (int j = 0; j < d; j++) {
        product += v[j] * frames[i + j];
      }
      for (int j = 0; j < d; j++) {
        mirrored[i + j] = (float) (frames[i + j] - 2 * v[j] * product / squared);
      }
    }
    return mirrored;
  }
}
