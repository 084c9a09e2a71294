package io.sounding.operators.relate;

import static io.sounding.operators.relate.CorrelationHarness.lastOfEach;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sounding.operators.admit.Score;
import io.sounding.operators.statistics.KendallTau;
import io.sounding.operators.statistics.PearsonCorrelation;
import io.sounding.operators.statistics.SpearmanCorrelation;
import io.sounding.schemas.CorrelationEvent;
import io.sounding.schemas.CorrelationScope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CorrelateTest {

  static final RelateSettings SETTINGS =
      RelateSettings.DEFAULT.with(RelateSettings.DEFAULT.fromSteps(), 50);
  private static final String TASK = "asr-wer";

  /** Numbers that follow from their place; layers are evaluated on the corpus "dev". */
  static Measurement measurement(String run, long step, int layer) {
    return measurement(run, step, layer, 0, "dev");
  }

  private static Measurement measurement(
      String run, long step, int layer, int attempt, String corpus) {
    Random random = new Random(run.hashCode() * 31L + step * 7 + layer + 1_000L * attempt);
    double[] values = random.doubles(LayerMetric.fields().size()).toArray();
    double loss = new Random(run.hashCode() + step).nextDouble();
    return new Measurement(run, "step" + step, step, attempt, corpus, loss, layer, 2, 0, values);
  }

  static Score score(String run, long step, String task, double value) {
    return new Score(run, step, task, value, 1_000, step);
  }

  static List<CorrelationEvent> correlations(RelateSettings settings, List<?> records)
      throws Exception {
    try (CorrelationHarness harness = CorrelationHarness.open(settings)) {
      harness.take(records);
      harness.finishSweeps();
      return harness.events();
    }
  }

  private static CorrelationEvent only(
      List<CorrelationEvent> events, Integer layer, String metric, CorrelationScope scope) {
    List<CorrelationEvent> found =
        events.stream()
            .filter(e -> e.getScope() == scope)
            .filter(e -> java.util.Objects.equals(e.getLayer(), layer))
            .filter(e -> e.getMetric().equals(metric))
            .toList();
    assertThat(found).hasSize(1);
    return found.get(0);
  }

  @Test
  void everyMetricOfALayerAndTheLossAndTheStepAreCorrelatedAlongARun() throws Exception {
    List<Object> records = new ArrayList<>();
    double[] scores = {3, 1, 4, 1.5, 9, 2, 6};
    double[] rankMe = new double[7];
    double[] loss = new double[7];
    double[] logStep = new double[7];
    for (int i = 0; i < 7; i++) {
      Measurement measurement = measurement("a", 100 * i, 4);
      records.add(measurement);
      records.add(score("a", 100 * i, TASK, scores[i]));
      rankMe[i] = measurement.values()[0];
      loss[i] = measurement.trainingLoss();
      logStep[i] = Math.log(1 + 100 * i);
    }
    RelateSettings all = SETTINGS.with(List.of(FromStep.of("0")), 50);
    List<CorrelationEvent> events = correlations(all, records);
    assertThat(events).hasSize(LayerMetric.fields().size() + 2);
    CorrelationEvent ofRank = only(events, 4, "rankMe", CorrelationScope.ALONG_RUN);
    assertThat(ofRank.getRunId()).isEqualTo("a");
    assertThat(ofRank.getCorpusId()).isEqualTo("dev");
    assertThat(ofRank.getTask()).isEqualTo(TASK);
    assertThat(ofRank.getStep()).isNull();
    assertThat(ofRank.getScoreStep()).isNull();
    assertThat(ofRank.getFromStep()).isZero();
    assertThat(ofRank.getFromShare()).isNull();
    assertThat(ofRank.getPairs()).isEqualTo(7);
    assertThat(ofRank.getPearson()).isEqualTo(PearsonCorrelation.of(rankMe, scores));
    assertThat(ofRank.getSpearman()).isEqualTo(SpearmanCorrelation.of(rankMe, scores));
    assertThat(ofRank.getKendall()).isEqualTo(KendallTau.of(rankMe, scores));
    assertThat(ofRank.getSpearmanGivenStep())
        .isEqualTo(SpearmanCorrelation.given(rankMe, scores, logStep));
    assertThat(ofRank.getSpearmanLow()).isLessThan(ofRank.getSpearmanHigh());
    assertThat(ofRank.getResamples()).isBetween(25, 50);
    CorrelationEvent ofLoss = only(events, null, "trainingLoss", CorrelationScope.ALONG_RUN);
    assertThat(ofLoss.getPearson()).isEqualTo(PearsonCorrelation.of(loss, scores));
    assertThat(ofLoss.getSeed()).isEqualTo(ofRank.getSeed());
    CorrelationEvent ofStep = only(events, null, "logStep", CorrelationScope.ALONG_RUN);
    assertThat(ofStep.getPearson())
        .isCloseTo(PearsonCorrelation.of(logStep, scores), within(1e-14));
    assertThat(ofStep.getSpearmanGivenStep()).isNull();
  }

  @Test
  void acrossRunsMetricsGoWithScoresOfTheSameStepAndOfTheLast() throws Exception {
    List<Object> records = new ArrayList<>();
    double[] early = {0.5, 0.1, 0.4, 0.2};
    double[] late = {7, 5, 8, 6};
    double[] rankMe = new double[4];
    for (int run = 0; run < 4; run++) {
      Measurement measurement = measurement("run" + run, 50_000, 4);
      rankMe[run] = measurement.values()[0];
      records.add(measurement);
      records.add(score("run" + run, 50_000, TASK, early[run]));
      records.add(score("run" + run, 200_000, TASK, late[run]));
    }
    records.add(score("run0", 400_000, TASK, 3));
    records.add(score("run1", 400_000, TASK, 2)); // two are not enough
    records.add(score("run4", 400_000, TASK, 1)); // nor is a third without metrics at that step
    records.add(measurement("run4", 100_000, 4));
    records.add(score("run2", 100_000, TASK, 3));
    records.add(measurement("run1", 100_000, 4));
    List<CorrelationEvent> events =
        correlations(SETTINGS, records).stream()
            .filter(e -> e.getMetric().equals("rankMe"))
            .filter(e -> e.getScope() == CorrelationScope.ACROSS_RUNS)
            .toList();
    assertThat(events).hasSize(2);
    assertThat(events).allMatch(e -> e.getStep() == 50_000 && e.getRunId() == null);
    assertThat(events).allMatch(e -> e.getPairs() == 4 && e.getSpearmanGivenStep() == null);
    assertThat(events)
        .extracting(CorrelationEvent::getScoreStep)
        .containsExactly(50_000L, 200_000L);
    assertThat(events)
        .extracting(CorrelationEvent::getPearson)
        .containsExactly(PearsonCorrelation.of(rankMe, early), PearsonCorrelation.of(rankMe, late));
  }

  @Test
  void threeRunsAreEnoughAndTwoAreNot() throws Exception {
    List<Object> records = new ArrayList<>();
    for (int run = 0; run < 4; run++) {
      records.add(measurement("run" + run, 50_000, 4));
      if (run != 2) {
        records.add(score("run" + run, 0, TASK, run)); // before the metrics: not told by them
      }
      if (run < 2) {
        records.add(score("run" + run, 200_000, TASK, run));
      }
    }
    assertThat(correlations(SETTINGS, records)).isEmpty();
    records.add(score("run2", 200_000, TASK, 7));
    assertThat(correlations(SETTINGS, records))
        .hasSize(LayerMetric.fields().size() + 1)
        .allMatch(e -> e.getPairs() == 3 && e.getStep() == 50_000 && e.getScoreStep() == 200_000);
  }

  @Test
  void acrossRunsThereIsALossAndNoStep() throws Exception {
    List<Object> records = new ArrayList<>();
    for (int run = 0; run < 5; run++) {
      records.add(measurement("run" + run, 10, 0));
      records.add(score("run" + run, 10, TASK, run));
    }
    ((Measurement) records.get(0)).values()[LayerMetric.ALPHA_REQ.ordinal()] = Double.NaN;
    List<CorrelationEvent> events = correlations(SETTINGS, records);
    assertThat(events).hasSize(LayerMetric.fields().size() + 1);
    assertThat(only(events, null, "trainingLoss", CorrelationScope.ACROSS_RUNS).getPairs())
        .isEqualTo(5);
    assertThat(only(events, 0, "alphaReQ", CorrelationScope.ACROSS_RUNS).getPairs()).isEqualTo(4);
  }

  @Test
  void untrainedCheckpointsAreLeftOutFromAStepOrAShareOfTheRunOn() throws Exception {
    List<Object> records = new ArrayList<>();
    for (long step : new long[] {0, 25, 99, 100, 101, 500, 1_000}) {
      records.add(measurement("a", step, 4));
      records.add(score("a", step, TASK, step % 7));
    }
    records.add(measurement("a", 5_000, 4)); // has no score
    RelateSettings settings =
        SETTINGS.with(List.of(FromStep.of("0"), FromStep.of("10%"), FromStep.of("101")), 0);
    List<CorrelationEvent> events =
        correlations(settings, records).stream()
            .filter(e -> e.getMetric().equals("stableRank"))
            .toList();
    assertThat(events)
        .extracting(CorrelationEvent::getFromStep, CorrelationEvent::getPairs)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(0L, 7),
            org.assertj.core.groups.Tuple.tuple(100L, 4),
            org.assertj.core.groups.Tuple.tuple(101L, 3));
    assertThat(events).extracting(CorrelationEvent::getFromShare).containsExactly(null, 0.1, null);
    assertThat(events).extracting(CorrelationEvent::getSeed).doesNotHaveDuplicates();
    assertThat(lastOfEach(events)).hasSize(3);
    assertThat(events).allMatch(e -> e.getResamples() == 0 && e.getSpearmanLow() == null);
  }

  @Test
  void fewerThanThreePairsHaveNoCorrelation() throws Exception {
    List<Object> records = new ArrayList<>();
    for (long step : new long[] {1, 2, 10_000}) {
      records.add(measurement("a", step, 0));
      if (step > 1) {
        records.add(score("a", step, TASK, step));
      }
    }
    assertThat(correlations(SETTINGS, records)).isEmpty();
    records.add(score("a", 1, TASK, 7));
    List<CorrelationEvent> events = correlations(SETTINGS, records);
    assertThat(events).filteredOn(e -> e.getPairs() == 3).allMatch(e -> e.getPearson() != null);
    assertThat(events)
        .filteredOn(e -> e.getFromShare() != null)
        .isNotEmpty()
        .allMatch(e -> e.getPairs() == 1 && e.getPearson() == null && e.getKendall() == null);
  }

  @Test
  void aMetricThatIsMissingAtACheckpointLeavesThatPairOut() throws Exception {
    List<Object> records = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Measurement measurement = measurement("a", i, 0);
      if (i == 3) {
        measurement.values()[LayerMetric.ALPHA_REQ.ordinal()] = Double.NaN;
      }
      if (i == 4) {
        measurement.values()[LayerMetric.ALPHA_REQ.ordinal()] = Double.POSITIVE_INFINITY;
      }
      measurement.values()[LayerMetric.DEAD_CLUSTERS.ordinal()] = 0;
      records.add(measurement);
      records.add(score("a", i, TASK, i * i % 5));
    }
    List<CorrelationEvent> events =
        correlations(SETTINGS.with(List.of(FromStep.of("0")), 50), records);
    CorrelationEvent alpha = only(events, 0, "alphaReQ", CorrelationScope.ALONG_RUN);
    assertThat(alpha.getPairs()).isEqualTo(6);
    assertThat(alpha.getPearson()).isBetween(-1.0, 1.0);
    assertThat(only(events, 0, "rankMe", CorrelationScope.ALONG_RUN).getPairs()).isEqualTo(8);
    CorrelationEvent constant = only(events, 0, "deadClusters", CorrelationScope.ALONG_RUN);
    assertThat(constant.getPairs()).isEqualTo(8);
    assertThat(constant.getPearson()).isNull();
    assertThat(constant.getSpearman()).isNull();
    assertThat(constant.getKendall()).isNull();
    assertThat(constant.getSpearmanLow()).isNull();
    assertThat(constant.getSpearmanGivenStep()).isNull();
  }

  /** Three tasks, four runs with steps in common, two layers, second attempts, scores twice. */
  private static List<Object> everything() {
    List<Object> records = new ArrayList<>();
    for (int run = 0; run < 4; run++) {
      for (long step = 0; step <= 3_000; step += run == 3 ? 500 : 250) {
        for (int layer = 0; layer < 2; layer++) {
          records.add(measurement("run" + run, step, layer));
          if (step == 500) {
            records.add(measurement("run" + run, step, layer, 1, "dev"));
          }
        }
        for (int task = 0; task < 3; task++) {
          if (step % (500L + 250 * task) == 0) {
            double value = (run * 17 + step * 31 + task * 7) % 101;
            records.add(score("run" + run, step, "task" + task, value));
            if (step == 1_000) {
              records.add(new Score("run" + run, step, "task" + task, value / 2, 1_001, 1));
              records.add(new Score("run" + run, step, "task" + task, -1, 1_000, step - 1));
            }
          }
        }
      }
    }
    return records;
  }

  @Test
  void anyOrderOfArrivalComesToTheSameEnd() throws Exception {
    RelateSettings settings = SETTINGS.with(SETTINGS.fromSteps(), 20);
    List<Object> all = everything();
    Map<String, CorrelationEvent> inOrder = lastOfEach(correlations(settings, all));
    assertThat(inOrder).hasSizeGreaterThan(1_000);
    for (int seed = 0; seed < 4; seed++) {
      Random random = new Random(seed);
      Collections.shuffle(all, random);
      try (CorrelationHarness harness = CorrelationHarness.open(settings)) {
        for (int from = 0; from < all.size(); ) {
          int to = Math.min(all.size(), from + 1 + random.nextInt(60));
          harness.take(all.subList(from, to));
          harness.pass(random.nextInt(2 * Correlate.DELAY_MILLIS));
          from = to;
        }
        harness.finishSweeps();
        assertThat(lastOfEach(harness.events())).as("seed %d", seed).isEqualTo(inOrder);
      }
    }
  }

  @Test
  void corporaAreKeptApart() throws Exception {
    List<Object> records = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      records.add(measurement("a", i, 0, 0, "dev"));
      records.add(measurement("a", i + 10, 0, 0, "other"));
      records.add(score("a", i, TASK, i % 4));
    }
    assertThat(correlations(SETTINGS, records))
        .isNotEmpty()
        .allMatch(event -> event.getCorpusId().equals("dev"));
    for (int i = 0; i < 6; i++) {
      records.add(score("a", i + 10, TASK, i % 4));
    }
    List<CorrelationEvent> events = correlations(SETTINGS, records);
    assertThat(events).filteredOn(e -> e.getCorpusId().equals("other")).isNotEmpty();
    assertThat(events).allMatch(e -> e.getPairs() <= 6);
  }

  @Test
  void evidenceThatComesTogetherIsComputedOnceAndWhatIsNotNewNotAtAll() throws Exception {
    List<Object> records = everything();
    try (CorrelationHarness harness = CorrelationHarness.open(SETTINGS)) {
      harness.take(records);
      harness.pass(Correlate.DELAY_MILLIS - 1);
      assertThat(harness.events()).isEmpty();
      harness.finishSweeps();
      List<CorrelationEvent> events = harness.events();
      assertThat(events).hasSameSizeAs(lastOfEach(events).keySet());
      harness.take(records);
      assertThat(harness.timers()).isZero();
      harness.take(List.of(new Score("run3", 3_000, "task0", 55, 2_000, 9)));
      harness.finishSweeps();
      List<CorrelationEvent> renewed =
          harness.events().subList(events.size(), harness.events().size());
      assertThat(renewed)
          .isNotEmpty()
          .allMatch(e -> e.getTask().equals("task0"))
          .allMatch(e -> e.getRunId() == null || e.getRunId().equals("run3"))
          .allMatch(e -> e.getScoreStep() == null || e.getScoreStep() == 3_000);
    }
  }

  @Test
  void atTheEndOfInputWhatIsLeftIsComputed() throws Exception {
    List<Object> records = everything();
    Map<String, CorrelationEvent> expected = lastOfEach(correlations(SETTINGS, records));
    try (CorrelationHarness harness = CorrelationHarness.open(SETTINGS)) {
      harness.take(records);
      harness.endInput();
      assertThat(lastOfEach(harness.events())).isEqualTo(expected);
      assertThat(harness.endTimers()).isZero();
      harness.finishSweeps();
      assertThat(harness.events()).hasSameSizeAs(expected.keySet());
    }
  }

  @Test
  void aRunIsForgottenWhenNothingCameOfItForTheTimeOfHistories() throws Exception {
    RelateSettings settings = SETTINGS.with(Duration.ofDays(1));
    long day = Duration.ofDays(1).toMillis();
    List<Object> records = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      records.add(measurement("a", i, 0));
      records.add(score("a", i, TASK, i % 4));
    }
    try (CorrelationHarness harness = CorrelationHarness.open(settings)) {
      harness.setExpiryTime(0);
      harness.take(records);
      harness.finishSweeps();
      int known = harness.events().size();
      harness.setExpiryTime(day - 1);
      harness.take(List.of(measurement("a", 6, 0), measurement("a", 7, 0)));
      harness.setExpiryTime(2 * day - 2); // what came first is alive: its run was heard of
      harness.take(List.of(score("a", 6, TASK, 9)));
      harness.finishSweeps();
      assertThat(harness.events().subList(known, harness.events().size()))
          .filteredOn(e -> e.getFromShare() == null)
          .isNotEmpty()
          .allMatch(e -> e.getPairs() == 7);
      known = harness.events().size();
      harness.setExpiryTime(3 * day - 3); // and by that score again
      harness.take(List.of(score("a", 7, TASK, 2)));
      harness.finishSweeps();
      assertThat(harness.events().subList(known, harness.events().size()))
          .filteredOn(e -> e.getFromShare() == null)
          .isNotEmpty()
          .allMatch(e -> e.getPairs() == 8);
      known = harness.events().size();
      harness.setExpiryTime(5 * day);
      harness.take(List.of(measurement("a", 8, 0), score("a", 8, TASK, 2)));
      harness.finishSweeps();
      assertThat(harness.events()).hasSize(known);
    }
  }
}
