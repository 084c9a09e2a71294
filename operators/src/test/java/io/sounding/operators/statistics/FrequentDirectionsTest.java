package io.sounding.operators.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** True values from Smile's SVD of all rows, float64. */
class FrequentDirectionsTest {
  private static final int D = 64;

  @Test
  void nothingIsLostWhileTheBufferHoldsAllRows() {
    float[] frames = SyntheticFrames.arithmetic(30, D, 3);
    FrequentDirections sketch = sketch(frames, D, 16);
    assertThat(sketch.shrinkage()).isZero();
    assertThat(sketch.rounding()).isZero();
    // one singular value is null: off a Gram matrix it is 1e-8 of the first
    assertExact(sketch, frames, 1e-7, 1e-4);
  }

  @Test
  void rowsAsManyAsDimensionsLoseNothingButRounding() {
    float[] frames = SyntheticFrames.arithmetic(3_000, 24, 1);
    FrequentDirections sketch = sketch(frames, 24, 24);
    assertThat(sketch.shrinkage()).isZero();
    assertExact(sketch, frames, 1e-9, 1e-4);
  }

  @Test
  void aRankBelowTheSketchIsKeptWhole() {
    double[] deviations = new double[D];
    Arrays.fill(deviations, 0, 10, 2.0);
    float[] frames = SyntheticSpectra.gaussian(2_000, deviations, 5, 3);
    FrequentDirections sketch = sketch(frames, D, 16);
    // float32 rounding fills the other directions
    assertThat(sketch.shrinkage()).isLessThan(1e-9 * sketch.trace());
    assertExact(sketch, frames, 1e-5, 1e-3);
  }

  @ParameterizedTest
  @CsvSource({"0.5, 16, 0.03", "0.5, 32, 0.015", "1, 16, 0.03", "1, 32, 0.01", "2.5, 16, 1e-3"})
  void theTailIsExtrapolatedFromThePowerLaw(double exponent, int rows, double tolerance) {
    float[] frames = SyntheticSpectra.gaussian(4_000, SyntheticSpectra.powerLaw(D, exponent), 0, 1);
    double expected = SyntheticSpectra.rankMe(SyntheticSpectra.eigenvalues(frames, D, false));
    assertThat(sketch(frames, D, rows).uncentredSpectrum().rankMe())
        .isCloseTo(expected, withinPercentage(100 * tolerance));
  }

  @Test
  void aLargeMeanDoesNotBlurTheCentredSpectrum() {
    double[] deviations = SyntheticSpectra.powerLaw(D, 1);
    float[] frames = SyntheticSpectra.gaussian(4_000, deviations, 1_000, 1);
    double[] centred = SyntheticSpectra.eigenvalues(frames, D, true);
    FrequentDirections sketch = sketch(frames, D, 32);
    assertThat(sketch.centredSpectrum().rankMe())
        .isCloseTo(SyntheticSpectra.rankMe(centred), withinPercentage(1));
    assertThat(sketch.centredSpectrum().eigenvalues()[0])
        .isCloseTo(centred[0], withinPercentage(1e-3));
    assertThat(sketch.participationRatio())
        .isCloseTo(Spectrum.ofEigenvalues(centred).participationRatio(), withinPercentage(0.1));
  }

  @Test
  void equalRowsHaveNoSpreadAndRankOne() {
    float[] frames = new float[500 * 5];
    for (int i = 0; i < frames.length; i++) {
      frames[i] = 0.1f + i % 5;
    }
    FrequentDirections sketch = sketch(frames, 5, 2);
    assertThat(sketch.trace()).isZero();
    assertThat(sketch.rows()).isEmpty();
    assertThat(sketch.centredSpectrum().rankMe()).isZero();
    assertThat(sketch.participationRatio()).isZero();
    assertThat(sketch.uncentredSpectrum().rankMe()).isCloseTo(1, within(2e-5));
  }

  @Test
  void noRowsAndZeroRowsHaveRankZero() {
    for (float[] frames : List.of(new float[0], new float[3 * 4])) {
      SpectrumEstimate estimate = sketch(frames, 4, 2).uncentredSpectrum();
      assertThat(estimate.rankMe()).isZero();
      assertThat(estimate.rankMeInterval()).isEqualTo(new RankMeInterval(0, 0));
    }
  }

  @Test
  void bytesCarryEverything() {
    for (float[] frames : List.of(new float[0], SyntheticFrames.arithmetic(700, D, 1))) {
      FrequentDirections sketch = sketch(frames, D, 8);
      ByteBuffer bytes = ByteBuffer.allocate(sketch.byteSize());
      sketch.write(bytes);
      assertThat(bytes.hasRemaining()).isFalse();
      assertThat(SpectrumSketch.read(bytes.flip(), D)).isEqualTo(sketch).hasSameHashCodeAs(sketch);
    }
  }

  @Test
  void damagedBytesAreRefused() {
    ByteBuffer bytes = ByteBuffer.allocate(1_000);
    sketch(SyntheticFrames.arithmetic(9, 4, 1), 4, 2).write(bytes);
    assertRefused(bytes.duplicate().putInt(0, 4), "its spectrum is of unknown kind 4");
    assertRefused(bytes.duplicate().putInt(0, 2).putInt(4, 0), "the sketch has no rows");
    assertRefused(bytes.duplicate().putInt(4, 1), "do not fit its buffer");
    assertRefused(bytes.duplicate().putInt(4, 2).putDouble(20, -1), "the trace or the shrinkage");
    assertRefused(bytes.duplicate().putInt(8, 100_000), "does not fit into");
  }

  private static void assertRefused(ByteBuffer bytes, String complaint) {
    bytes.position(0);
    assertThatThrownBy(() -> SpectrumSketch.read(bytes, 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(complaint);
  }

  @Test
  void sketchesOfAnotherKindOrSizeAreRefused() {
    SpectrumAccumulator two = FrequentDirections.empty(4, 2).accumulator();
    assertThatThrownBy(() -> two.add(KeptRows.empty(4)))
        .hasMessage(
            "A sketch frequent-directions-2 of dimension 4 cannot take up a sketch"
                + " second-moments-float64 of dimension 4.");
    assertThatThrownBy(() -> two.add(FrequentDirections.empty(4, 3)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> KeptRows.empty(4).accumulator().add(two.snapshot()))
        .hasMessage(
            "Second moments of dimension 4 cannot take up a sketch frequent-directions-2 of"
                + " dimension 4.");
  }

  @ParameterizedTest
  @CsvSource({"0", "30"})
  void theExactSketchAgreesWithTheSingularValues(double offset) {
    float[] frames = SyntheticFrames.arithmetic(500, 24, offset);
    SpectrumAccumulator moments = KeptRows.empty(24).accumulator();
    moments.addBlock(FrameBlock.of(frames, 500, 24), new HostProducts());
    SpectrumSketch sketch = moments.snapshot();
    relative(
        sketch.uncentredSpectrum().rankMe(),
        SyntheticSpectra.rankMe(SyntheticSpectra.eigenvalues(frames, 24, false)));
    relative(
        sketch.centredSpectrum().rankMe(),
        SyntheticSpectra.rankMe(SyntheticSpectra.eigenvalues(frames, 24, true)));
  }

  private static void relative(double actual, double expected) {
    assertThat(actual).isCloseTo(expected, within(1e-8 * expected));
  }

  /** Estimates within the tolerance, and an interval around the truth that is as narrow. */
  private static void assertExact(
      FrequentDirections sketch, float[] frames, double tolerance, double width) {
    int d = sketch.dimension();
    double rankMe = SyntheticSpectra.rankMe(SyntheticSpectra.eigenvalues(frames, d, false));
    double centred = SyntheticSpectra.rankMe(SyntheticSpectra.eigenvalues(frames, d, true));
    SpectrumEstimate estimate = sketch.uncentredSpectrum();
    assertThat(estimate.rankMe()).isCloseTo(rankMe, within(tolerance * rankMe));
    assertThat(sketch.centredSpectrum().rankMe()).isCloseTo(centred, within(tolerance * centred));
    RankMeInterval interval = estimate.rankMeInterval();
    assertThat(rankMe).isBetween(interval.low(), interval.high());
    assertThat(interval.high() - interval.low()).isLessThan(width * rankMe);
  }

  private static FrequentDirections sketch(float[] frames, int d, int rows) {
    SpectrumAccumulator accumulator = FrequentDirections.empty(d, rows).accumulator();
    int n = frames.length / d;
    for (int from = 0; from < n; from += 100) {
      int to = Math.min(n, from + 100);
      accumulator.addBlock(
          FrameBlock.of(SyntheticFrames.rows(frames, d, from, to), to - from, d),
          new HostProducts());
    }
    return (FrequentDirections) accumulator.snapshot();
  }
}
