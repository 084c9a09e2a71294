package io.sounding.operators.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterMetricsTest {
  private static final int D = 8;
  private static final StatisticsSettings SETTINGS =
      new StatisticsSettings(12, 4_000, 64, 500, 4, 7);

  @Test
  void findsSeparatedClustersAndMeasuresTheirSpread() {
    ClusterMetrics metrics = metrics(SyntheticFrames.blobs(3_000, D, 12, 0.5, 1), SETTINGS);
    assertThat(metrics.k()).isEqualTo(12);
    assertThat(metrics.inertiaPerFrame()).isCloseTo(D * 0.25, withinPercentage(5));
    assertThat(metrics.inertiaStdErr())
        .isCloseTo(Math.sqrt(2.0 * D) * 0.25 / Math.sqrt(3_000), withinPercentage(10));
    assertThat(metrics.usagePerplexity()).isCloseTo(12, within(1e-9));
    assertThat(metrics.silhouette()).isGreaterThan(0.8);
    assertThat(metrics.deadClusters()).isZero();
    assertThat(metrics.sampleFrames()).isEqualTo(3_000);
    assertThat(metrics.silhouetteFrames()).isEqualTo(500);
  }

  @Test
  void clustersFromMicroCentroidsWhenTheSampleIsNotComplete() {
    StatisticsSettings sampled = new StatisticsSettings(12, 600, 64, 500, 4, 7);
    ClusterMetrics metrics = metrics(SyntheticFrames.blobs(3_000, D, 12, 0.5, 1), sampled);
    assertThat(metrics.sampleFrames()).isEqualTo(600);
    assertThat(metrics.k()).isEqualTo(12);
    assertThat(metrics.inertiaPerFrame()).isCloseTo(D * 0.25, withinPercentage(10));
  }

  /** A frame that is not sampled is no centroid of those that are, however far out it lies. */
  @ParameterizedTest
  @ValueSource(floats = {1e12f, 1e20f, 1e38f, -Float.MAX_VALUE})
  void aHugeFrameOutsideTheSampleLeavesItsClustersAsTheyAre(float huge) {
    for (int clusters : new int[] {12, 150}) {
      StatisticsSettings sampled = new StatisticsSettings(clusters, 6_000, 256, 500, 4, 7);
      float[] frames = SyntheticFrames.blobs(12_000, D, 12, 0.5, 1);
      ClusterMetrics without = metrics(frames, sampled);
      int outside = 0;
      LayerSummary summary;
      do {
        float[] odd = frames.clone();
        Arrays.fill(odd, outside * D, (outside + 1) * D, huge);
        outside++;
        summary = SyntheticFrames.summary(odd, D, 40, sampled);
      } while (contains(summary.sample().rows(), huge));

      ClusterMetrics metrics = ClusterMetrics.of(summary, sampled);

      assertThat(metrics.k()).isEqualTo(clusters);
      assertThat(metrics.inertiaPerFrame())
          .isCloseTo(without.inertiaPerFrame(), withinPercentage(2));
      assertThat(metrics.usagePerplexity())
          .isCloseTo(without.usagePerplexity(), withinPercentage(2));
    }
  }

  private static boolean contains(float[] values, float value) {
    for (float each : values) {
      if (each == value) {
        return true;
      }
    }
    return false;
  }

  @Test
  void calinskiHarabaszAndInertiaFitTogether() {
    ClusterMetrics metrics = metrics(SyntheticFrames.arithmetic(2_000, D, 3), SETTINGS);
    double withinShare = metrics.inertiaNormalised();
    double expected = (1 - withinShare) / (metrics.k() - 1) / (withinShare / (2_000 - metrics.k()));
    assertThat(metrics.calinskiHarabasz()).isCloseTo(expected, withinPercentage(1e-4));
  }

  @Test
  void aLargeMeanChangesNothing() {
    float[] frames = SyntheticFrames.blobs(1_500, D, 5, 3, 2);
    float[] moved = frames.clone();
    for (int i = 0; i < moved.length; i++) {
      // multiples of 1/8 survive the addition exactly
      frames[i] = Math.round(frames[i] * 8) / 8f;
      moved[i] = frames[i] + 65_536;
    }
    ClusterMetrics here = metrics(frames, SETTINGS);
    ClusterMetrics there = metrics(moved, SETTINGS);
    assertThat(there.inertiaPerFrame()).isCloseTo(here.inertiaPerFrame(), withinPercentage(1e-6));
    assertThat(there.silhouette()).isCloseTo(here.silhouette(), within(1e-7));
  }

  @Property(tries = 12, seed = "4")
  void scalingByAPowerOfTwoChangesTheInertiaOnly(
      @ForAll @IntRange(min = -60, max = 60) int exponent, @ForAll long seed) {
    float[] frames = SyntheticFrames.blobs(900, D, 9, 2, seed);
    float[] scaled = frames.clone();
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = Math.scalb(frames[i], exponent);
    }
    ClusterMetrics before = metrics(frames, SETTINGS);
    ClusterMetrics after = metrics(scaled, SETTINGS);
    assertThat(after.inertiaPerFrame())
        .isCloseTo(Math.scalb(before.inertiaPerFrame(), 2 * exponent), withinPercentage(1e-9));
    assertThat(after.inertiaNormalised()).isCloseTo(before.inertiaNormalised(), within(1e-11));
    assertThat(after.daviesBouldin()).isCloseTo(before.daviesBouldin(), within(1e-10));
    assertThat(after.silhouette()).isCloseTo(before.silhouette(), within(1e-10));
    assertThat(after.calinskiHarabasz())
        .isCloseTo(before.calinskiHarabasz(), withinPercentage(1e-9));
    assertThat(after.usagePerplexity()).isEqualTo(before.usagePerplexity());
  }

  /** It draws the mean of all away from the others, which stay as far apart as they are. */
  @ParameterizedTest
  @ValueSource(floats = {1e6f, 1e12f, 1e20f})
  void aFrameFarOutLeavesTheClustersOfTheOthersAsTheyAre(float far) {
    float[] frames = SyntheticFrames.blobs(3_000, D, 12, 0.5, 1);
    StatisticsSettings settings = new StatisticsSettings(13, 4_000, 64, 4_000, 4, 7);
    ClusterMetrics without = metrics(frames, settings.with(12, 4_000));
    for (int j = 0; j < D; j++) {
      frames[j] = (j + 1) * (j % 2 == 0 ? far : -far);
    }

    ClusterMetrics metrics = metrics(frames, settings);

    assertThat(metrics.k()).isEqualTo(13);
    assertThat(metrics.inertiaPerFrame()).isCloseTo(without.inertiaPerFrame(), withinPercentage(1));
    assertThat(metrics.silhouette()).isCloseTo(without.silhouette(), within(0.002));
    assertThat(metrics.usagePerplexity()).isCloseTo(without.usagePerplexity(), within(0.1));
  }

  /** It is a cluster of its own; the inertia is that of the others around their mean. */
  @ParameterizedTest
  @ValueSource(floats = {1.234567e6f, 1.234567e8f, 1.234567e10f})
  void aFrameFarOutAddsNothingToTheInertia(float far) {
    float[] frames = SyntheticFrames.blobs(400, D, 1, 1, 5);
    double expected = 0;
    for (int j = 0; j < D; j++) {
      double mean = 0;
      for (int i = 1; i < 400; i++) {
        mean += frames[i * D + j] / 399.0;
      }
      for (int i = 1; i < 400; i++) {
        expected += (frames[i * D + j] - mean) * (frames[i * D + j] - mean) / 400;
      }
    }
    Arrays.fill(frames, 0, D, far);
    ClusterMetrics metrics = metrics(frames, new StatisticsSettings(2, 4_000, 64, 500, 4, 7));
    assertThat(metrics.k()).isEqualTo(2);
    assertThat(metrics.inertiaPerFrame()).isCloseTo(expected, withinPercentage(1e-4));
  }

  @Test
  void kIsLoweredSoThatEachCentroidGetsEnoughFrames() {
    ClusterMetrics metrics = metrics(SyntheticFrames.arithmetic(100, D, 0), SETTINGS);
    assertThat(metrics.k()).isEqualTo(2);
    assertThat(metrics.kRequested()).isEqualTo(12);
  }

  @Test
  void kIsLoweredToTheNumberOfDistinctFrames() {
    float[] frames = new float[1_000 * D];
    for (int i = 0; i < frames.length; i++) {
      frames[i] = i / D % 3;
    }
    ClusterMetrics metrics = metrics(frames, SETTINGS);
    assertThat(metrics.k()).isEqualTo(3);
    assertThat(metrics.inertiaPerFrame()).isCloseTo(0, within(1e-12));
    assertThat(metrics.silhouette()).isCloseTo(1, within(1e-6));
    assertThat(metrics.simplifiedSilhouette()).isCloseTo(1, within(1e-6));
  }

  @Test
  void equalFramesAreOneClusterWithoutSpread() {
    float[] frames = new float[800 * D];
    Arrays.fill(frames, 0.1f);
    for (int count : new int[] {1, 2, 800}) {
      ClusterMetrics metrics = metrics(Arrays.copyOf(frames, count * D), SETTINGS);
      assertThat(metrics.k()).isEqualTo(1);
      assertThat(metrics.inertiaPerFrame()).isZero();
      assertThat(metrics.inertiaNormalised()).isZero();
      assertThat(metrics.daviesBouldin()).isZero();
      assertThat(metrics.silhouette()).isZero();
      assertThat(metrics.simplifiedSilhouette()).isZero();
      assertThat(metrics.calinskiHarabasz()).isZero();
      assertThat(metrics.usagePerplexity()).isEqualTo(1);
    }
  }

  @Test
  void theOrderOfUtterancesDoesNotMatterWhileTheSampleHoldsAllFrames() {
    float[] frames = SyntheticFrames.blobs(2_400, D, 40, 3, 9);
    LayerAccumulator forwards = new LayerAccumulator(D, SETTINGS);
    LayerAccumulator backwards = new LayerAccumulator(D, SETTINGS);
    for (int i = 0; i < 24; i++) {
      int j = 23 - i;
      forwards.addUtterance("u" + i, SyntheticFrames.rows(frames, D, 100 * i, 100 * i + 100), 100);
      backwards.addUtterance("u" + j, SyntheticFrames.rows(frames, D, 100 * j, 100 * j + 100), 100);
    }
    assertThat(ClusterMetrics.of(backwards.snapshot(), SETTINGS))
        .isEqualTo(ClusterMetrics.of(forwards.snapshot(), SETTINGS));
  }

  @Test
  void noFramesAreNoClusters() {
    ClusterMetrics metrics = ClusterMetrics.of(LayerSummary.empty(D, SETTINGS), SETTINGS);
    assertThat(metrics.k()).isZero();
    assertThat(metrics.sampleFrames()).isZero();
    assertThat(metrics.inertiaPerFrame()).isZero();
  }

  private static ClusterMetrics metrics(float[] frames, StatisticsSettings settings) {
    return ClusterMetrics.of(SyntheticFrames.summary(frames, D, 40, settings), settings);
  }
}
