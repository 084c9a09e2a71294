package io.sounding.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.Color;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AxesTest {

  private static List<String> labels(List<Tick> ticks) {
    return ticks.stream().map(Tick::label).filter(label -> !label.isEmpty()).toList();
  }

  private static ValueAxis values(double... values) {
    return ValueAxis.over(List.of(line(values)));
  }

  private static PlotLine line(double... values) {
    return new PlotLine(
        "a",
        new PlotLine.Style(Color.BLUE, 0),
        IntStream.range(0, values.length)
            .mapToObj(i -> new PlotLine.Point(i, values[i], Double.NaN))
            .toList());
  }

  @Test
  void stepZeroStandsApartOnALogarithmicAxis() {
    StepAxis axis = StepAxis.over(new double[] {3200, 0, 12, 100}, true);

    assertThat(labels(axis.ticks(6))).containsExactly("0", "30", "100", "300", "1k", "3k");
    assertThat(axis.position(0)).isLessThan(axis.position(12)).isGreaterThan(axis.from());
    assertThat(axis.gapCentre()).isBetween(axis.position(0), axis.position(12));
    assertThat(axis.position(100)).isEqualTo(2);
    assertThat(axis.position(3200)).isLessThan(axis.to());
  }

  @Test
  void withoutStepZeroThereIsNoGap() {
    StepAxis axis = StepAxis.over(new double[] {50_000, 200_000}, true);

    assertThat(axis.gapCentre()).isNaN();
    assertThat(labels(axis.ticks(6))).containsExactly("50k", "100k", "200k");
  }

  @Test
  void aLinearAxisCountsInRoundSteps() {
    assertThat(labels(StepAxis.over(new double[] {0, 3200}, false).ticks(6)))
        .containsExactly("0", "500", "1k", "1.5k", "2k", "2.5k", "3k");
    assertThat(labels(StepAxis.over(new double[] {0, 1_000_000}, false).ticks(6)))
        .containsExactly("0", "200k", "400k", "600k", "800k", "1M");
    assertThat(labels(StepAxis.over(new double[] {0, 3}, false).ticks(6)))
        .containsExactly("0", "1", "2", "3");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void fewStepsHaveAnAxisToo(boolean logarithmic) {
    for (double[] steps : List.of(new double[0], new double[] {0}, new double[] {7})) {
      StepAxis axis = StepAxis.over(steps, logarithmic);
      assertThat(axis.to()).as(Arrays.toString(steps)).isGreaterThan(axis.from());
      assertThat(axis.ticks(6)).isNotEmpty();
      for (double step : steps) {
        assertThat(axis.position(step)).isBetween(axis.from(), axis.to());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "400, 400",
    "1000, 1k",
    "3200, 3.2k",
    "12500, 12.5k",
    "1500000, 1.5M",
    "2000000000, 2G",
    "20261122170512345, 20.26P",
    "100, 100"
  })
  void stepsAreAbbreviated(double step, String label) {
    assertThat(StepAxis.label(step)).isEqualTo(label);
  }

  @Test
  void valuesThatDifferByManyTimesHaveALogarithmicAxis() {
    ValueAxis axis = values(94, 1.1);

    assertThat(axis.position(10)).isEqualTo(1);
    assertThat(labels(axis.ticks(5))).containsExactly("1", "3", "10", "30", "100");
    assertThat(labels(values(1.7, 2e-6).ticks(5)))
        .containsExactly("10\u207b\u2076", "10\u207b\u2074", "0.01", "1");
  }

  @Test
  void aLogarithmicAxisHasNoPlaceForWhatIsNotPositive() {
    ValueAxis axis = values(94, 1.1);

    assertThat(axis.position(0)).isNaN();
    assertThat(axis.position(Double.NaN)).isNaN();
    assertThat(axis.positionWithin(-3)).isEqualTo(axis.from());
  }

  /** Such as a silhouette that falls towards 0 and may be below it. */
  @Test
  void valuesOfWhichOneIsZeroWithinItsErrorHaveALinearAxis() {
    PlotLine line =
        new PlotLine(
            "a",
            new PlotLine.Style(Color.BLUE, 0),
            List.of(new PlotLine.Point(0, 0.3, 0.02), new PlotLine.Point(1, 0.001, 0.004)));
    ValueAxis axis = ValueAxis.over(List.of(line));

    assertThat(axis.position(0)).isZero();
    assertThat(axis.from()).isLessThan(0.001 - 1.96 * 0.004);
  }

  @Test
  void anAxisBeginsAtZeroWhereZeroIsNear() {
    assertThat(values(0.1, 0.75).from()).isZero();
    assertThat(values(1.5, 3.5).from()).isCloseTo(1.38, within(1e-9));
    assertThat(values(-0.03, 0.15).from()).isLessThan(-0.03);
    assertThat(labels(values(-0.03, 0.15).ticks(5))).containsExactly("0", "0.05", "0.1", "0.15");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 5, -5, 1e-12, 1e300})
  void valuesThatAreAllAlikeHaveAnAxis(double value) {
    ValueAxis axis = values(value, value);

    assertThat(axis.position(value)).isBetween(axis.from(), axis.to());
    assertThat(axis.to()).isGreaterThan(axis.from());
    assertThat(axis.ticks(5)).isNotEmpty();
  }

  @Test
  void whatIsNotFiniteDoesNotStretchTheAxis() {
    ValueAxis axis = values(1, Double.NaN, 2, Double.POSITIVE_INFINITY);

    assertThat(axis.to()).isLessThan(3);
    assertThat(axis.position(Double.POSITIVE_INFINITY)).isNaN();
    assertThat(values(Double.NaN).ticks(5)).isNotEmpty();
  }

  @Test
  void errorsAreShownAsFarAsTheyDoNotDwarfTheValues() {
    PlotLine line =
        new PlotLine(
            "a",
            new PlotLine.Style(Color.BLUE, 0),
            List.of(new PlotLine.Point(0, 50, 10), new PlotLine.Point(1, 60, Double.NaN)));

    assertThat(ValueAxis.over(List.of(line)).from()).isLessThan(45);
  }

  @Test
  void aHugeErrorIsCutOffInsteadOfFlatteningTheLine() {
    PlotLine line =
        new PlotLine(
            "a",
            new PlotLine.Style(Color.BLUE, 0),
            List.of(new PlotLine.Point(0, 50, 1e51), new PlotLine.Point(1, 60, 1)));
    ValueAxis axis = ValueAxis.over(List.of(line));

    assertThat(axis.from()).isBetween(40.0, 46.0);
    assertThat(axis.to()).isBetween(61.0, 70.0);
    assertThat(axis.positionWithin(1e51)).isEqualTo(axis.to());
    assertThat(axis.positionWithin(-1e51)).isEqualTo(axis.from());
  }

  @Test
  void labelsNeverCrowd() {
    for (int most = 2; most <= 8; most++) {
      for (double span = 1; span < 1e9; span *= 1.7) {
        assertThat(labels(Tick.even(0, span, most, 0, Double::toString)))
            .as("%s in %d", span, most)
            .hasSizeBetween(1, most + 2);
        assertThat(labels(Tick.decades(1, 1 + span, most, Double::toString)))
            .as("decades to %s in %d", span, most)
            .hasSizeLessThanOrEqualTo(most + 2);
      }
    }
  }
}
