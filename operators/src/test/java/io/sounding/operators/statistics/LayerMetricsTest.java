package io.sounding.operators.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LayerMetricsTest {
  private static final int D = 8;
  private static final int FRAMES = 3_000;

  /** With a sample of all frames, which are folded when they are scored, and of a part of them. */
  @ParameterizedTest
  @ValueSource(ints = {4_000, 600})
  void bothFamiliesAreThoseThatAreComputedOneByOne(int sampleFrames) {
    StatisticsSettings settings = new StatisticsSettings(12, sampleFrames, 64, 500, 4, 7);
    LayerAccumulator accumulator = new LayerAccumulator(D, settings);
    accumulator.addUtterance("utterance", SyntheticFrames.blobs(FRAMES, D, 12, 0.5, 1), FRAMES);
    LayerSummary summary = accumulator.snapshot();
    assertThat(LayerMetrics.of(summary, settings))
        .isEqualTo(new LayerMetrics(RankMetrics.of(summary), ClusterMetrics.of(summary, settings)));
  }
}
