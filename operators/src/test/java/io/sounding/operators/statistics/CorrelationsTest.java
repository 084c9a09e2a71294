package io.sounding.operators.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CorrelationsTest {

  private static final double TOLERANCE = 1e-12;

  /** Values far from zero lose digits in SciPy and here alike, each its own. */
  private static final double TOLERANCE_OF_PEARSON = 1e-8;

  private static final double NaN = Double.NaN;
  private static final int RESAMPLES = 400;
  private static final long SEED = -20_100;

  /** Expected values: SciPy 1.10.1 and NumPy 1.24.2, see correlations.py. */
  static Stream<Named<JsonNode>> cases() throws IOException {
    JsonNode cases;
    try (InputStream in = CorrelationsTest.class.getResourceAsStream("correlations.json")) {
      cases = new ObjectMapper().readTree(in);
    }
    assertThat(cases).hasSize(22);
    return StreamSupport.stream(cases.spliterator(), false)
        .map(node -> Named.of(node.get("name").asText(), node));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void equalScipy(JsonNode expected) {
    double[] x = values(expected, "x");
    double[] y = values(expected, "y");
    assertClose(PearsonCorrelation.of(x, y), expected, "pearson", TOLERANCE_OF_PEARSON);
    assertClose(PearsonCorrelation.of(y, x), expected, "pearson", TOLERANCE_OF_PEARSON);
    assertClose(SpearmanCorrelation.of(x, y), expected, "spearman", TOLERANCE);
    assertClose(SpearmanCorrelation.of(y, x), expected, "spearman", TOLERANCE);
    assertClose(KendallTau.of(x, y), expected, "kendall", TOLERANCE);
    assertClose(KendallTau.of(y, x), expected, "kendall", TOLERANCE);
    assertClose(
        SpearmanCorrelation.given(x, y, values(expected, "z")),
        expected,
        "spearmanGivenZ",
        TOLERANCE);
    SpearmanBootstrap.Interval interval =
        SpearmanBootstrap.intervals(new double[][] {x}, y, RESAMPLES, SEED)[0];
    assertClose(interval.low(), expected, "low", TOLERANCE);
    assertClose(interval.high(), expected, "high", TOLERANCE);
    assertThat(interval.resamples()).isEqualTo(expected.get("resamples").asInt());
  }

  @Test
  void noValuesHaveNoCorrelation() {
    double[] none = new double[0];
    assertThat(PearsonCorrelation.of(none, none)).isNaN();
    assertThat(SpearmanCorrelation.of(none, none)).isNaN();
    assertThat(SpearmanCorrelation.given(none, none, none)).isNaN();
    assertThat(KendallTau.of(none, none)).isNaN();
    assertThat(interval(none, none)).isEqualTo(new SpearmanBootstrap.Interval(NaN, NaN, 0));
  }

  @Test
  void whatIsNotANumberHasNoCorrelation() {
    double[] x = {1, 2, 3, 4, NaN, 6};
    double[] y = {2, 1, 4, 3, 6, 5};
    assertThat(PearsonCorrelation.of(x, y)).isNaN();
    assertThat(SpearmanCorrelation.of(y, x)).isNaN();
    assertThat(SpearmanCorrelation.given(y, new double[] {1, 3, 2, 4, 6, 5}, x)).isNaN();
    assertThat(KendallTau.of(x, y)).isNaN();
    assertThat(interval(x, y)).isEqualTo(new SpearmanBootstrap.Interval(NaN, NaN, 0));
    assertThat(interval(y, x)).isEqualTo(new SpearmanBootstrap.Interval(NaN, NaN, 0));
  }

  @Test
  void infiniteValuesHaveAnOrderAndNothingElse() {
    double[] infinite = {1, 2, Double.POSITIVE_INFINITY, 0, Double.NEGATIVE_INFINITY};
    double[] finite = {1, 2, 3, 0, -1};
    double[] y = {4, 1, 5, 2, 3};
    assertThat(PearsonCorrelation.of(infinite, y)).isNaN();
    assertThat(SpearmanCorrelation.of(infinite, y)).isEqualTo(SpearmanCorrelation.of(finite, y));
    assertThat(KendallTau.of(infinite, y)).isEqualTo(KendallTau.of(finite, y));
    assertThat(interval(infinite, y)).isEqualTo(interval(finite, y));
  }

  @Test
  void valuesAtTheEndsOfDoubleDoNotOverflow() {
    double[] x = {-Double.MAX_VALUE, 0, Double.MAX_VALUE};
    double[] y = {-Double.MIN_VALUE, 0, Double.MIN_VALUE};
    assertThat(PearsonCorrelation.of(x, new double[] {1, 2, 3})).isCloseTo(1, within(TOLERANCE));
    assertThat(PearsonCorrelation.of(new double[] {1e-300, 2e-300, 3e-300}, x))
        .isCloseTo(1, within(TOLERANCE));
    assertThat(SpearmanCorrelation.of(x, y)).isEqualTo(1);
    assertThat(KendallTau.of(x, y)).isEqualTo(1);
  }

  @Test
  void kendallEqualsTheCountOverAllPairs() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int n = 2; n < 70; n++) {
      int values = 1 + random.nextInt(2 * n);
      double[] x = random.ints(n, 0, values).asDoubleStream().toArray();
      double[] y = random.ints(n, 0, values).asDoubleStream().toArray();
      double expected = overAllPairs(x, y);
      if (Double.isNaN(expected)) {
        assertThat(KendallTau.of(x, y)).as("n = %d", n).isNaN();
      } else {
        assertThat(KendallTau.of(x, y)).as("n = %d", n).isCloseTo(expected, within(TOLERANCE));
      }
    }
  }

  @Test
  void kendallTakesManyPairs() {
    double[] x = IntStream.range(0, 200_000).asDoubleStream().toArray();
    double[] falling = Arrays.stream(x).map(value -> -value).toArray();
    assertThat(KendallTau.of(x, falling)).isEqualTo(-1);
  }

  @Test
  void columnsShareTheirDrawsAndDoNotDependOnOneAnother() {
    SplittableRandom random = new SplittableRandom(1);
    double[] y = random.doubles(20).toArray();
    double[] x = random.doubles(20).toArray();
    double[] constant = new double[20];
    double[] doubled = Arrays.stream(x).map(value -> 2 * value).toArray();
    var together =
        SpearmanBootstrap.intervals(new double[][] {x, constant, doubled}, y, RESAMPLES, SEED);
    assertThat(together[0]).isEqualTo(interval(x, y)).isEqualTo(together[2]);
    assertThat(together[1].low()).isNaN();
  }

  @Test
  void withoutResamplesThereIsNoInterval() {
    double[] x = {1, 2, 3, 4, 5};
    assertThat(SpearmanBootstrap.intervals(new double[][] {x}, x, 0, SEED)[0].low()).isNaN();
  }

  @Test
  void seriesOfDifferentLengthsAreRefused() {
    assertThatThrownBy(() -> SpearmanCorrelation.of(new double[3], new double[4]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("There are 3 values of one series and 4 of the other; they must be pairs.");
  }

  private static SpearmanBootstrap.Interval interval(double[] x, double[] y) {
    return SpearmanBootstrap.intervals(new double[][] {x}, y, RESAMPLES, SEED)[0];
  }

  private static double overAllPairs(double[] x, double[] y) {
    double difference = 0;
    double untiedX = 0;
    double untiedY = 0;
    for (int i = 0; i < x.length; i++) {
      for (int j = 0; j < i; j++) {
        double signX = Math.signum(x[i] - x[j]);
        double signY = Math.signum(y[i] - y[j]);
        difference += signX * signY;
        untiedX += signX * signX;
        untiedY += signY * signY;
      }
    }
    return untiedX == 0 || untiedY == 0 ? NaN : difference / Math.sqrt(untiedX * untiedY);
  }

  private static double[] values(JsonNode node, String field) {
    return StreamSupport.stream(node.get(field).spliterator(), false)
        .mapToDouble(JsonNode::asDouble)
        .toArray();
  }

  private static void assertClose(double actual, JsonNode expected, String field, double error) {
    if (expected.get(field).isNull()) {
      assertThat(actual).as(field).isNaN();
    } else {
      assertThat(actual).as(field).isCloseTo(expected.get(field).asDouble(), within(error));
    }
  }
}
