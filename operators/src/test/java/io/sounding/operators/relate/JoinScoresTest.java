package io.sounding.operators.relate;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.operators.admit.Score;
import io.sounding.schemas.CorrelationEvent;
import io.sounding.schemas.DecodingException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class JoinScoresTest {

  private static final long DAY = Duration.ofDays(1).toMillis();

  private static List<Object> measurements(int layer, int steps) {
    List<Object> records = new ArrayList<>();
    for (int step = 0; step < steps; step++) {
      double[] values = new double[LayerMetric.fields().size()];
      Arrays.fill(values, step);
      records.add(
          new Measurement(
              "run", "step" + step, step, 0, "dev", 1.0 / (1 + step), layer, 2, 0, values));
    }
    return records;
  }

  private static List<CorrelationEvent> ofLayer(int layer, CorrelationHarness harness)
      throws DecodingException {
    return harness.events().stream().filter(e -> Objects.equals(e.getLayer(), layer)).toList();
  }

  @Test
  void scoresAreKnownToNewPlacesAsLongAsTheirRunIsMeasured() throws Exception {
    List<Object> scores = new ArrayList<>();
    for (int step = 0; step < 6; step++) {
      scores.add(new Score("run", step, "asr-wer", step % 4, 1_000, step));
    }
    try (CorrelationHarness harness =
        CorrelationHarness.open(RelateSettings.DEFAULT.with(Duration.ofDays(1)))) {
      harness.setExpiryTime(0);
      harness.take(scores);
      harness.take(measurements(0, 6));
      harness.setExpiryTime(DAY - 1);
      harness.take(measurements(0, 7));
      harness.setExpiryTime(2 * DAY - 2);
      harness.take(measurements(1, 6));
      harness.finishSweeps();
      assertThat(ofLayer(1, harness)).isNotEmpty().anyMatch(e -> e.getPairs() == 6);

      harness.setExpiryTime(4 * DAY); // nothing came of the run for longer
      harness.take(measurements(2, 6));
      harness.finishSweeps();
      assertThat(ofLayer(2, harness)).isEmpty();
      harness.setExpiryTime(6 * DAY); // so the places are forgotten that a score would be told to
      harness.take(List.of(new Score("run", 5, "asr-wer", 3, 2_000, 9)));
      assertThat(harness.timers()).isZero();
    }
  }

  /** The score of step 1 comes between, which moves those of later steps. */
  @Test
  void ofScoresOfAStepTheOnePublishedLastCountsThenTheOneWithTheHighestOffset() {
    TaskScores scores =
        TaskScores.EMPTY
            .with(new Score("run", 2, "asr-wer", 20, 1_000, 7))
            .with(new Score("run", 3, "asr-wer", 30, 2_000, 8))
            .with(new Score("run", 1, "asr-wer", 10, 500, 9));

    assertThat(scores.with(new Score("run", 2, "asr-wer", 21, 999, 10))).isSameAs(scores);
    assertThat(scores.with(new Score("run", 2, "asr-wer", 21, 1_000, 6))).isSameAs(scores);
    assertThat(scores.with(new Score("run", 2, "asr-wer", 21, 1_000, 7))).isSameAs(scores);
    assertThat(scores.with(new Score("run", 3, "asr-wer", 31, 1_999, 10))).isSameAs(scores);
    assertThat(scores.with(new Score("run", 3, "asr-wer", 31, 2_000, 7))).isSameAs(scores);
    TaskScores later =
        scores
            .with(new Score("run", 2, "asr-wer", 21, 1_000, 8))
            .with(new Score("run", 3, "asr-wer", 31, 2_001, 1));
    assertThat(later.steps()).containsExactly(1, 2, 3);
    assertThat(later.values()).containsExactly(10, 21, 31);
    assertThat(later.toScores("run", "asr-wer"))
        .containsExactly(
            new Score("run", 1, "asr-wer", 10, 500, 9),
            new Score("run", 2, "asr-wer", 21, 1_000, 8),
            new Score("run", 3, "asr-wer", 31, 2_001, 1));
  }

  @Test
  void scoresReachACheckpointThatIsTheFirstAndOnlyOneOfItsRun() throws Exception {
    try (CorrelationHarness harness = CorrelationHarness.open(RelateSettings.DEFAULT)) {
      for (int run = 0; run < 4; run++) {
        harness.take(List.of(new Score("run" + run, 400, "asr-wer", run * 3 % 4, 1_000, run)));
        harness.take(List.of(CorrelateTest.measurement("run" + run, 400, 0)));
      }
      harness.finishSweeps();
      assertThat(ofLayer(0, harness))
          .hasSize(LayerMetric.fields().size())
          .allMatch(e -> e.getPairs() == 4);
    }
  }
}
