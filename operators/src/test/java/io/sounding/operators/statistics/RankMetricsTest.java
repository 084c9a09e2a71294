package io.sounding.operators.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/**
 * Expected values: numpy 1.24.2, float64, singular values of the frames themselves by LAPACK's SVD,
 * 200 arithmetic frames of dimension 24, 20 utterances of 10 frames.
 */
class RankMetricsTest {
  private static final StatisticsSettings SETTINGS = StatisticsSettings.defaults();

  @Test
  void agreesWithTheSingularValuesOfTheFrames() {
    RankMetrics metrics = metrics(SyntheticFrames.arithmetic(200, 24, 0), 24, 10);
    close(metrics.rankMe(), 13.955782560237543);
    close(metrics.rankMeCentred(), 13.942330075731023);
    close(metrics.rankMeUtterance(), 10.858552248692254);
    close(metrics.effectiveRankSquared(), 3.9801474586373775);
    close(metrics.stableRank(), 1.578444660034204);
    close(metrics.participationRatio(), 2.3017060521089396);
    close(metrics.alphaReQ(), 2.130865443706065);
    close(metrics.anisotropy(), -0.0023296111316264785);
    close(metrics.meanNorm(), 0.3590847754073539);
    close(metrics.normalisedStd(), 0.1357046999182322);
    assertThat(metrics.alphaReQFirst()).isEqualTo(10);
    assertThat(metrics.alphaReQEnd()).isEqualTo(24);
    assertThat(metrics.utteranceLimited()).isTrue();
    assertThat(metrics.sampleLimited()).isFalse();
  }

  @Test
  void agreesWhenTheMeanIsLargeAgainstTheSpread() {
    RankMetrics metrics = metrics(SyntheticFrames.arithmetic(200, 24, 5), 24, 10);
    close(metrics.rankMe(), 1.324048696930229);
    close(metrics.rankMeCentred(), 13.94232984401517);
    close(metrics.rankMeUtterance(), 1.0913814723991397);
    close(metrics.effectiveRankSquared(), 3.9801473139595984);
    close(metrics.stableRank(), 1.0002246861263275);
    close(metrics.participationRatio(), 2.301705983355263);
    close(metrics.alphaReQ(), 2.130866056833515);
    close(metrics.anisotropy(), 0.9997742342144145);
    close(metrics.meanNorm(), 24.502490428125316);
    close(metrics.normalisedStd(), 0.0019844427544566836);
  }

  /** As a last LayerNorm leaves it. Expected value: of the rows before they are rounded. */
  @Test
  void aDirectionOfRoundingAloneIsNotFitted() {
    RankMetrics metrics = metrics(SyntheticFrames.balanced(200, 24, 5), 24, 10);
    assertThat(metrics.alphaReQEnd()).isEqualTo(23);
    assertThat(metrics.alphaReQ()).isCloseTo(2.2665135676470762, within(1e-5));
  }

  @Test
  void theExactSketchGivesAnIntervalOfWidthZero() {
    RankMetrics metrics = metrics(SyntheticFrames.arithmetic(50, 6, 0), 6, 10);
    assertThat(metrics.rankMeLow()).isEqualTo(metrics.rankMe()).isEqualTo(metrics.rankMeHigh());
  }

  @Test
  void aUniformSpectrumHasFullRank() {
    int d = 16;
    float[] frames = new float[d * d];
    for (int i = 0; i < d; i++) {
      frames[i * d + i] = 3;
    }
    RankMetrics metrics = metrics(frames, d, 1);
    assertThat(metrics.rankMe()).isCloseTo(d, withinPercentage(1e-3));
    close(metrics.stableRank(), d);
    close(metrics.rankMeUtterance(), metrics.rankMe());
    close(metrics.participationRatio(), d - 1);
    close(metrics.effectiveRankSquared(), d - 1);
    close(metrics.anisotropy(), 0);
  }

  @Test
  void anEmptySummaryHasRankZero() {
    RankMetrics metrics = RankMetrics.of(LayerSummary.empty(7, SETTINGS));
    assertThat(metrics.rankMe()).isZero();
    assertThat(metrics.rankMeCentred()).isZero();
    assertThat(metrics.rankMeUtterance()).isZero();
    assertThat(metrics.stableRank()).isZero();
    assertThat(metrics.effectiveRankSquared()).isZero();
    assertThat(metrics.participationRatio()).isZero();
    assertThat(metrics.alphaReQ()).isNull();
    assertThat(metrics.anisotropy()).isZero();
    assertThat(metrics.meanNorm()).isZero();
    assertThat(metrics.normalisedStd()).isZero();
    assertThat(metrics.sampleLimited()).isTrue();
  }

  @Test
  void equalFramesHaveRankOneAndNoSpread() {
    float[] frames = new float[700 * 5];
    for (int i = 0; i < frames.length; i++) {
      frames[i] = 0.1f + i % 5;
    }
    for (int count : new int[] {1, 2, 700}) {
      RankMetrics metrics = metrics(Arrays.copyOf(frames, count * 5), 5, 3);
      assertThat(metrics.rankMe()).isCloseTo(1, within(2e-5));
      assertThat(metrics.rankMeCentred()).isZero();
      assertThat(metrics.effectiveRankSquared()).isZero();
      assertThat(metrics.participationRatio()).isZero();
      assertThat(metrics.normalisedStd()).isZero();
      assertThat(metrics.anisotropy()).isCloseTo(count == 1 ? 0 : 1, within(1e-12));
    }
  }

  @Test
  void framesOfZeroHaveNoRankAndNoDirection() {
    RankMetrics metrics = metrics(new float[30 * 4], 4, 10);
    assertThat(metrics.rankMe()).isZero();
    assertThat(metrics.anisotropy()).isZero();
    assertThat(metrics.meanNorm()).isZero();
    assertThat(metrics.normalisedStd()).isZero();
  }

  private static RankMetrics metrics(float[] frames, int d, int rowsEach) {
    return RankMetrics.of(SyntheticFrames.summary(frames, d, rowsEach, SETTINGS));
  }

  private static void close(double actual, double expected) {
    assertThat(actual).isCloseTo(expected, within(1e-9 * Math.max(1e-3, Math.abs(expected))));
  }
}
