package io.sounding.operators.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/**
 * What a Frequent Directions sketch guarantees, whatever the rows and however they were merged. The
 * truth comes from Smile's SVD of the rows themselves, which squares nothing.
 */
class FrequentDirectionsGuaranteeTest {

  @Property(tries = 400, seed = "11")
  void everyEigenvalueAndRankMeLieWithinTheirBounds(
      @ForAll @IntRange(min = 1, max = 300) int n,
      @ForAll @IntRange(min = 1, max = 40) int d,
      @ForAll @IntRange(min = 1, max = 40) int asked,
      @ForAll @IntRange(min = 1, max = 6) int parts,
      @ForAll long seed) {
    float[] frames = frames(n, d, seed);
    FrequentDirections sketch = sketch(frames, d, SketchChoice.rows(asked, d), parts, seed);
    assertThat(sketch.count()).isEqualTo(n);
    double[] uncentred = SyntheticSpectra.eigenvalues(frames, d, false);
    double[] centred = SyntheticSpectra.eigenvalues(frames, d, true);
    assertWithin(sketch.uncentredBounds(), uncentred);
    assertWithin(sketch.centredBounds(), centred);
    SpectrumEstimate estimate = sketch.uncentredSpectrum();
    double rankMe = SyntheticSpectra.rankMe(uncentred);
    assertThat(rankMe).isBetween(estimate.rankMeInterval().low(), estimate.rankMeInterval().high());
    assertThat(estimate.rankMe())
        .isBetween(estimate.rankMeInterval().low(), estimate.rankMeInterval().high());
    RankMeInterval ofCentred = RankMeInterval.of(sketch.centredBounds());
    if (sketch.centredBounds().trace() > 1e-9 * sketch.uncentredBounds().trace()) {
      assertThat(SyntheticSpectra.rankMe(centred)).isBetween(ofCentred.low(), ofCentred.high());
    }
  }

  @Property(tries = 60, seed = "12")
  void anySpectrumWithinTheBoundsHasItsRankMeInTheInterval(
      @ForAll @IntRange(min = 1, max = 30) int m,
      @ForAll @IntRange(min = 0, max = 30) int zeros,
      @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] found = new double[m + zeros];
    double exponent = random.nextDouble(0, 6);
    for (int i = 0; i < m; i++) {
      found[i] = Math.pow(i + 1, -exponent);
    }
    double width = Math.pow(10, random.nextDouble(-8, 1));
    double lost = random.nextDouble() * found.length * width;
    double trace = lost;
    for (double value : found) {
      trace += value;
    }
    RankMeInterval interval =
        RankMeInterval.of(new EigenvalueBounds(found, width, trace, 0, 1e-12));
    for (int trial = 0; trial < 40; trial++) {
      double rankMe = SyntheticSpectra.rankMe(spread(found, width, lost, random));
      assertThat(rankMe).isBetween(interval.low(), interval.high());
    }
  }

  /** The lost mass dealt out at random, or to the first, or to the last, within the boxes. */
  private static double[] spread(
      double[] found, double width, double lost, SplittableRandom random) {
    double[] spectrum = found.clone();
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < found.length; i++) {
      order.add(i);
    }
    int mode = random.nextInt(4);
    if (mode == 0) {
      java.util.Collections.reverse(order);
    } else if (mode < 3) {
      java.util.Collections.shuffle(order, new java.util.Random(random.nextLong()));
    }
    double rest = lost;
    double most = mode == 2 ? Math.max(width / 4, lost / found.length) : width;
    for (int i : order) {
      double added = Math.min(most, rest);
      spectrum[i] += added;
      rest -= added;
    }
    return spectrum;
  }

  private static void assertWithin(EigenvalueBounds bounds, double[] truth) {
    double sum = 0;
    for (int i = 0; i < truth.length; i++) {
      assertThat(truth[i]).isBetween(bounds.low(i), bounds.high(i));
      sum += truth[i];
    }
    double slack = 1e-12 * bounds.trace() + truth.length * bounds.rounding();
    assertThat(bounds.trace()).isBetween(sum - slack, sum + slack);
  }

  private static FrequentDirections sketch(float[] frames, int d, int rows, int parts, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<SpectrumAccumulator> accumulators = new ArrayList<>();
    for (int i = 0; i < parts; i++) {
      accumulators.add(FrequentDirections.empty(d, rows).accumulator());
    }
    int n = frames.length / d;
    for (int from = 0; from < n; ) {
      int to = Math.min(n, from + 1 + random.nextInt(40));
      SpectrumAccumulator target = accumulators.get(random.nextInt(parts));
      if (to - from == 1) {
        double[] row = new double[d];
        for (int j = 0; j < d; j++) {
          row[j] = frames[from * d + j];
        }
        target.addRow(row);
      } else {
        target.addBlock(
            FrameBlock.of(SyntheticFrames.rows(frames, d, from, to), to - from, d),
            new HostProducts());
      }
      from = to;
    }
    SpectrumAccumulator merged = FrequentDirections.empty(d, rows).accumulator();
    accumulators.forEach(part -> merged.add(part.snapshot()));
    return (FrequentDirections) merged.snapshot();
  }

  /** Flat, falling, collapsed, low-rank and drifting spectra, with and without a large mean. */
  private static float[] frames(int n, int d, long seed) {
    SplittableRandom random = new SplittableRandom(~seed);
    double[] deviations = SyntheticSpectra.powerLaw(d, random.nextDouble(0, 4));
    if (random.nextInt(4) == 0) {
      for (int i = 1 + random.nextInt(d); i < d; i++) {
        deviations[i] = 0;
      }
    }
    double mean = random.nextInt(3) == 0 ? Math.pow(10, random.nextDouble(-1, 3)) : 0;
    float[] frames = SyntheticSpectra.gaussian(n, deviations, mean, seed);
    if (random.nextInt(4) == 0) {
      for (int i = 0; i < frames.length; i++) {
        frames[i] *= (float) (1 + 20.0 * i / frames.length);
      }
    }
    return frames;
  }
}
