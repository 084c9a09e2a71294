package io.sounding.operators.relate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class LayerHistoryTest {

  private static Measurement at(long step, double... values) {
    return new Measurement("a", "step" + step, step, 0, "dev", null, 2, 3, 0, values);
  }

  private static LayerHistory narrow() {
    return LayerHistory.EMPTY.with(at(2), 20, 21).with(at(1), 10, 11);
  }

  private static double[] row(LayerHistory history, long step, int columns) {
    int index = history.indexOf(step);
    double[] row = new double[columns];
    Arrays.setAll(row, column -> history.value(index, column));
    return row;
  }

  @Test
  void rowsStandInTheOrderOfSteps() {
    assertThat(narrow().steps()).containsExactly(1, 2);
    assertThat(row(narrow(), 1, 2)).containsExactly(10, 11);
    assertThat(row(narrow(), 2, 2)).containsExactly(20, 21);
  }

  @Test
  void aMetricThatCameLaterIsNotKnownOfWhatWasMeasuredBefore() {
    assertThat(row(narrow(), 2, 3)).containsExactly(20, 21, Double.NaN);

    LayerHistory wide = narrow().with(at(3), 30, 31, 32);

    assertThat(row(wide, 1, 3)).containsExactly(10, 11, Double.NaN);
    assertThat(row(wide, 2, 3)).containsExactly(20, 21, Double.NaN);
    assertThat(row(wide, 3, 3)).containsExactly(30, 31, 32);
  }

  @Test
  void whatIsMeasuredAgainGetsTheMetricThatCameLater() {
    LayerHistory wide = narrow().with(at(1), 10, 11, 12);

    assertThat(row(wide, 1, 3)).containsExactly(10, 11, 12);
    assertThat(row(wide, 2, 3)).containsExactly(20, 21, Double.NaN);
    assertThat(wide.size()).isEqualTo(2);
  }

  @Test
  void ofTwoCheckpointsAtAStepTheOneWhoseIdSortsLastCountsInAnyOrder() {
    Measurement first =
        new Measurement("a", "step1.onnx", 1, 0, "dev", null, 2, 3, 0, new double[1]);
    Measurement last = new Measurement("a", "step1.pt", 1, 0, "dev", null, 2, 3, 0, new double[1]);

    for (LayerHistory history :
        List.of(
            LayerHistory.EMPTY.with(first, 10).with(last, 20),
            LayerHistory.EMPTY.with(last, 20).with(first, 10))) {
      assertThat(history.checkpointIds()).containsExactly("step1.pt");
      assertThat(row(history, 1, 1)).containsExactly(20);
    }
  }

  @Test
  void ofTwoMeasurementsOfTheSameAttemptTheLaterOneCounts() {
    LayerHistory again = narrow().with(at(1), 12, 13);

    assertThat(row(again, 1, 2)).containsExactly(12, 13);
    assertThat(row(again, 2, 2)).containsExactly(20, 21);
    assertThat(again.size()).isEqualTo(2);
  }

  @Test
  void aRowOfAnEarlierVersionIsThereAlready() {
    LayerHistory wide = narrow().with(at(3), 30, 31, 32);

    assertThat(wide.with(at(2), 20, 21)).isSameAs(wide);
    assertThat(row(wide.with(at(4), 40, 41), 4, 3)).containsExactly(40, 41, Double.NaN);
  }

  @Test
  void measurementsOfAnEarlierVersionEndInWhatIsNotKnown() {
    int all = LayerMetric.fields().size();
    double[] fewer = new double[all - 1];
    Arrays.fill(fewer, 0.5);

    assertThat(at(1, fewer).values()).hasSize(all).startsWith(fewer).endsWith(Double.NaN);
    assertThat(
            new Measurement("a", "step1", 1, 0, "dev", 2.5, -1, 0, 0, new double[] {2.5}).values())
        .containsExactly(2.5);
  }
}
