package io.sounding.operators.relate;

import static io.sounding.operators.relate.CorrelateTest.SETTINGS;
import static io.sounding.operators.relate.CorrelateTest.correlations;
import static io.sounding.operators.relate.CorrelateTest.measurement;
import static io.sounding.operators.relate.CorrelateTest.score;
import static io.sounding.operators.relate.CorrelationHarness.lastOfEach;
import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.operators.admit.Score;
import io.sounding.schemas.CorrelationEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sweeps that go group by group, over what came meanwhile and over restarts. */
class CorrelateSweepTest {

  /** Else the first group, whose evidence comes all the time, would keep the others waiting. */
  @Test
  void aSweepGoesOnBehindTheGroupThatWasComputedLast() throws Exception {
    RelateSettings all = SETTINGS.with(List.of(FromStep.of("0")), 0);
    List<String> tasks = new ArrayList<>();
    try (CorrelationHarness harness = CorrelationHarness.groupByGroup(all, null)) {
      harness.take(ofThreeTasks("a"));
      for (int group = 0; group < 4; group++) {
        int known = ofLayer0(harness).size();
        while (ofLayer0(harness).size() == known) {
          harness.pass(Correlate.DELAY_MILLIS);
        }
        tasks.add(ofLayer0(harness).get(known).getTask());
        if (group == 0) {
          harness.take(List.of(new Score("a", 1, "task0", 77, 2_000, 9)));
        }
      }
    }
    assertThat(tasks).containsExactly("task0", "task1", "task2", "task0");
  }

  /** Of many runs, finding out what changed takes longer than a slice, too. */
  @Test
  void groupsThatDidNotChangeAreGoneOverInSlicesAndAgainIfTheyChangeMeanwhile() throws Exception {
    RelateSettings all = SETTINGS.with(List.of(FromStep.of("0")), 0);
    try (CorrelationHarness harness = CorrelationHarness.groupByGroup(all, null)) {
      harness.take(ofThreeTasks("a"));
      harness.finishSweeps();
      int known = harness.events().size();
      harness.take(List.of(new Score("a", 1, "task1", 77, 2_000, 9)));
      harness.pass(Correlate.DELAY_MILLIS);
      assertThat(harness.events()).hasSize(known);
      harness.take(List.of(new Score("a", 1, "task0", 77, 2_000, 9)));
      harness.finishSweeps();
      assertThat(ofLayer0(harness).stream().skip(3L * LayerMetric.fields().size()))
          .hasSize(2 * LayerMetric.fields().size())
          .extracting(CorrelationEvent::getTask)
          .containsOnly("task0", "task1");
    }
  }

  @Test
  void aSweepEndsAlthoughARunIsForgottenMeanwhile() throws Exception {
    RelateSettings all = SETTINGS.with(List.of(FromStep.of("0")), 0).with(Duration.ofDays(1));
    int ofGroup = LayerMetric.fields().size();
    try (CorrelationHarness harness = CorrelationHarness.groupByGroup(all, null)) {
      harness.take(ofThreeTasks("a"));
      harness.setExpiryTime(Duration.ofHours(12).toMillis());
      harness.take(ofThreeTasks("b"));
      while (ofLayer0(harness).size() < 5 * ofGroup) {
        harness.pass(Correlate.DELAY_MILLIS);
      }
      harness.setExpiryTime(Duration.ofHours(25).toMillis()); // too long for run a
      // between slices there are pauses: many turns for each
      for (int turn = 0; turn < 200_000 && harness.timers() > 0; turn++) {
        harness.pass(Correlate.DELAY_MILLIS);
      }
      assertThat(harness.timers()).isZero();
      assertThat(ofLayer0(harness).stream().filter(e -> e.getRunId().equals("b")).count())
          .isEqualTo(3 * ofGroup);
    }
  }

  @Test
  void aFirstStepThatIsAskedForTwiceHidesNoGroup() throws Exception {
    RelateSettings twice = SETTINGS.with(List.of(FromStep.of("0"), FromStep.of("00")), 0);
    try (CorrelationHarness harness = CorrelationHarness.groupByGroup(twice, null)) {
      harness.take(ofThreeTasks("a"));
      harness.finishSweeps();
      assertThat(ofLayer0(harness))
          .extracting(CorrelationEvent::getTask)
          .containsOnly("task0", "task1", "task2")
          .hasSize(3 * LayerMetric.fields().size());
    }
  }

  private static List<Object> ofThreeTasks(String run) {
    List<Object> records = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      records.add(measurement(run, i, 0));
      for (int task = 0; task < 3; task++) {
        records.add(score(run, i, "task" + task, i * (task + 2) % 5));
      }
    }
    return records;
  }

  private static List<CorrelationEvent> ofLayer0(CorrelationHarness harness) throws Exception {
    return harness.events().stream().filter(e -> e.getLayer() != null).toList();
  }

  @Test
  void aSweepThatARestartInterruptsGoesOnWhereItWas() throws Exception {
    RelateSettings all = SETTINGS.with(List.of(FromStep.of("0")), 50);
    List<Object> records = new ArrayList<>();
    for (int run = 0; run < 3; run++) {
      for (int i = 0; i < 30; i++) {
        records.add(measurement("run" + run, 10_000L * run + i, 0));
        records.add(score("run" + run, 10_000L * run + i, "asr-wer", i * 7 % 11));
      }
    }
    int half = records.size() / 2;
    List<CorrelationEvent> events = new ArrayList<>();
    CorrelationHarness.Saved saved;
    try (CorrelationHarness harness = CorrelationHarness.groupByGroup(all, null)) {
      harness.take(records.subList(0, half));
      saved = harness.snapshot();
    }
    int restarts = 0;
    for (boolean more = true; more; restarts++) {
      try (CorrelationHarness harness = CorrelationHarness.groupByGroup(all, saved)) {
        if (restarts == 0) {
          harness.take(records.subList(half, records.size()));
        }
        harness.pass(Correlate.DELAY_MILLIS);
        saved = harness.snapshot();
        events.addAll(harness.events());
        more = harness.timers() > 0;
      }
    }
    assertThat(restarts).isGreaterThan(2);
    assertThat(events).hasSize(3 * (LayerMetric.fields().size() + 2));
    assertThat(lastOfEach(events)).isEqualTo(lastOfEach(correlations(all, records)));
  }
}
