package io.sounding.operators.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sums of utterances: few are kept as they are, of more there are second moments. */
class KeptRowsTest {
  private static final int D = 12;

  /** Six rows are kept, with the seventh there are moments: both know the same spectrum. */
  @ParameterizedTest
  @ValueSource(ints = {1, 5, 6, 7, 13, 70})
  void anyNumberOfRowsHasTheSpectrumOfItsMatrix(int count) {
    double[] rows = rows(count, 100);
    SpectrumSketch sketch = accumulated(rows).snapshot();
    assertThat(sketch instanceof KeptRows).isEqualTo(count <= D / 2);
    assertThat(sketch.count()).isEqualTo(count);
    assertSpectrum(sketch, rows);
  }

  @Test
  void mergingInAnyGroupingKnowsTheSameSpectrum() {
    double[] rows = rows(40, 100);
    for (List<Integer> sizes :
        List.of(
            List.of(2, 2, 2, 34),
            List.of(6, 6, 6, 6, 6, 6, 4),
            List.of(34, 2, 4),
            List.of(3, 4, 33),
            List.of(1, 0, 39))) {
      SpectrumAccumulator sum = KeptRows.empty(D).accumulator();
      int from = 0;
      for (int size : sizes) {
        double[] part = Arrays.copyOfRange(rows, from * D, (from + size) * D);
        sum.add(accumulated(part).snapshot());
        from += size;
      }
      assertThat(sum.snapshot().count()).isEqualTo(40);
      assertSpectrum(sum.snapshot(), rows);
    }
  }

  @Test
  void manyMergedRowsAreTakenUpTogether() {
    double[] rows = rows(5_000, 100);
    SpectrumAccumulator sum = KeptRows.empty(D).accumulator();
    for (int from = 0; from < 5_000; from += 5) {
      sum.add(accumulated(Arrays.copyOfRange(rows, from * D, (from + 5) * D)).snapshot());
    }
    assertThat(sum.snapshot().count()).isEqualTo(5_000);
    SpectrumSketch expected = accumulated(rows).snapshot();
    double[] found = sum.snapshot().centredSpectrum().eigenvalues();
    for (int i = 0; i < D; i++) {
      double eigenvalue = expected.centredSpectrum().eigenvalues()[i];
      assertThat(found[i]).isCloseTo(eigenvalue, within(1e-10 * eigenvalue));
    }
  }

  @Test
  void equalRowsHaveNoSpreadAtAll() {
    double[] rows = new double[5 * D];
    Arrays.fill(rows, 0.1);
    SpectrumSketch sketch = accumulated(rows).snapshot();
    assertThat(sketch.centredSpectrum().eigenvalues()).containsOnly(0);
    assertThat(sketch.participationRatio()).isZero();
    assertThat(sketch.uncentredSpectrum().rankMe()).isCloseTo(1, within(1e-4));
  }

  @Test
  void refusesMoreRowsThanMomentsWouldTake() {
    ByteBuffer bytes = ByteBuffer.allocate(8 + 7 * D * 8).putInt(KeptRows.KIND).putInt(7).rewind();
    assertThatThrownBy(() -> SpectrumSketch.read(bytes, D))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("keeps more rows than moments would take");
  }

  private static SpectrumAccumulator accumulated(double[] rows) {
    SpectrumAccumulator accumulator = KeptRows.empty(D).accumulator();
    for (int i = 0; i < rows.length; i += D) {
      accumulator.addRow(Arrays.copyOfRange(rows, i, i + D));
    }
    return accumulator;
  }

  private static void assertSpectrum(SpectrumSketch sketch, double[] rows) {
    int count = rows.length / D;
    double[] centred = rows.clone();
    for (int j = 0; j < D; j++) {
      double sum = 0;
      for (int i = 0; i < count; i++) {
        sum += rows[i * D + j];
      }
      for (int i = 0; i < count; i++) {
        centred[i * D + j] -= sum / count;
      }
    }
    assertMoments(sketch.uncentredSpectrum().spectrum(), rows);
    assertMoments(sketch.centredSpectrum(), centred);
    double[] lambda = sketch.centredSpectrum().eigenvalues();
    double trace = Arrays.stream(lambda).sum();
    double squares = Arrays.stream(lambda).map(value -> value * value).sum();
    double expected = squares == 0 ? 0 : trace * trace / squares;
    assertThat(sketch.participationRatio()).isCloseTo(expected, within(1e-9));
  }

  /** Sums of powers of the eigenvalues are traces of powers of the Gram matrix of the rows. */
  private static void assertMoments(Spectrum spectrum, double[] rows) {
    int count = rows.length / D;
    double[][] gram = new double[count][count];
    for (int a = 0; a < count; a++) {
      for (int b = 0; b < count; b++) {
        for (int j = 0; j < D; j++) {
          gram[a][b] += rows[a * D + j] * rows[b * D + j];
        }
      }
    }
    double[][] power = gram;
    assertThat(spectrum.eigenvalues()).hasSize(Math.min(count, D));
    for (int exponent = 1; exponent <= 4; exponent++) {
      double trace = 0;
      for (int a = 0; a < count; a++) {
        trace += power[a][a];
      }
      int p = exponent;
      double sum = Arrays.stream(spectrum.eigenvalues()).map(value -> Math.pow(value, p)).sum();
      assertThat(sum).isCloseTo(trace, within(1e-11 * trace));
      power = times(power, gram);
    }
  }

  private static double[][] times(double[][] left, double[][] right) {
    double[][] product = new double[left.length][left.length];
    for (int a = 0; a < left.length; a++) {
      for (int b = 0; b < left.length; b++) {
        for (int c = 0; c < left.length; c++) {
          product[a][b] += left[a][c] * right[c][b];
        }
      }
    }
    return product;
  }

  private static double[] rows(int count, double offset) {
    SplittableRandom random = new SplittableRandom(count);
    double[] rows = new double[count * D];
    Arrays.setAll(rows, i -> offset + (1 + i % D) * random.nextGaussian());
    return rows;
  }
}
