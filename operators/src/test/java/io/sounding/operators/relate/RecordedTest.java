package io.sounding.operators.relate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.sounding.operators.admit.Score;
import io.sounding.schemas.AlarmEvent;
import io.sounding.schemas.AlarmState;
import io.sounding.schemas.ClusterFamily;
import io.sounding.schemas.CorrelationEvent;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.MetricStatus;
import io.sounding.schemas.RankFamily;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is computed of recorded events is what the job publishes of them. */
class RecordedTest {

  private static final Instant NOON = Instant.ofEpochMilli(1_800_000_000_123L);
  private static final List<String> RUNS = List.of("A", "B", "healthy", "collapse");

  private static MetricEvent event(Measurement measurement) {
    double rankMe = measurement.values()[LayerMetric.RANK_ME.ordinal()];
    double anisotropy = measurement.values()[LayerMetric.ANISOTROPY.ordinal()];
    return MetricEvent.newBuilder()
        .setStatus(MetricStatus.FINAL)
        .setRunId(measurement.runId())
        .setCheckpointId(measurement.checkpointId())
        .setStep(measurement.step())
        .setAttempt(measurement.attempt())
        .setTrainingLoss(measurement.trainingLoss())
        .setCorpusId(measurement.corpusId())
        .setLayer(measurement.layer())
        .setLayers(measurement.layers())
        .setK(64)
        .setRank(
            RankFamily.newBuilder()
                .setRankMe(rankMe)
                .setRankMeLow(rankMe)
                .setRankMeHigh(rankMe)
                .setRankMeCentred(rankMe + measurement.layer())
                .setRankMeUtterance(Math.sin(rankMe))
                .setEffectiveRankSquared(Math.cos(rankMe))
                .setStableRank(1)
                .setParticipationRatio(1 / rankMe)
                .setAnisotropy(anisotropy)
                .setMeanNorm(anisotropy * rankMe)
                .setNormalisedStd(0.1)
                .setSampleLimited(false)
                .setUtteranceLimited(false)
                .build())
        .setClusters(ClusterFamily.newBuilder().setInertiaPerFrame(Math.sin(3 * rankMe)).build())
        .setEmittedAt(NOON)
        .build();
  }

  private static List<MetricEvent> events(List<String> runs) {
    return runs.stream()
        .flatMap(run -> TrainedRuns.inOrder(run).stream())
        .map(RecordedTest::event)
        .toList();
  }

  private static List<MetricEvent> shuffled(List<MetricEvent> events, long seed) {
    List<MetricEvent> shuffled = new ArrayList<>(events);
    Collections.shuffle(shuffled, new Random(seed));
    return shuffled;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void alarmsAreThoseOfCheckpointsInTheOrderOfTheirSteps(long seed) throws Exception {
    RecordedAlarms recorded = new RecordedAlarms();
    shuffled(events(RUNS), seed).forEach(recorded::add);

    List<AlarmEvent> alarms = recorded.judge(AlarmRules.DEFAULT);

    List<AlarmEvent> published = new ArrayList<>();
    for (String run : RUNS) {
      List<Measurement> measurements = events(List.of(run)).stream().map(Measurement::of).toList();
      published.addAll(AlarmHarness.alarms(AlarmRules.DEFAULT, measurements));
    }
    assertThat(alarms)
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("emittedAt")
        .containsExactlyInAnyOrderElementsOf(published);
    assertThat(alarms)
        .extracting(AlarmEvent::getRunId, AlarmEvent::getMetric, AlarmEvent::getState)
        .containsExactly(
            tuple("B", "rankMe", AlarmState.RAISED),
            tuple("B", "anisotropy", AlarmState.RAISED),
            tuple("collapse", "rankMe", AlarmState.RAISED),
            tuple("collapse", "anisotropy", AlarmState.RAISED));
  }

  @Test
  void aLossThatIsNoNumberIsAnAlarmOfAFailedCheckpointToo() {
    MetricEvent failed =
        MetricEvent.newBuilder()
            .setStatus(MetricStatus.FAILED)
            .setRunId("A")
            .setCheckpointId("step00100.pt")
            .setStep(100)
            .setTrainingLoss(Double.NaN)
            .setCorpusId("dev")
            .setFailureReason("Frames are not finite.")
            .setEmittedAt(NOON)
            .build();
    RecordedAlarms recorded = new RecordedAlarms();
    recorded.add(failed);

    assertThat(recorded.judge(AlarmRules.DEFAULT))
        .extracting(AlarmEvent::getMetric, AlarmEvent::getStep, AlarmEvent::getEmittedAt)
        .containsExactly(tuple("trainingLoss", 100L, NOON));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void correlationsAreThoseThatTheJobPublishes(long seed) throws Exception {
    List<MetricEvent> events = shuffled(events(RUNS), seed);
    List<Score> scores = new ArrayList<>();
    for (String run : RUNS) {
      for (Measurement measurement : TrainedRuns.of(run)) {
        double value = Math.sin(measurement.step()) + run.length();
        scores.add(new Score(run, measurement.step(), "task", value, 5, scores.size()));
      }
    }
    RelateSettings settings = RelateSettings.DEFAULT.with(RelateSettings.DEFAULT.fromSteps(), 100);
    RecordedCorrelations recorded = new RecordedCorrelations();
    events.forEach(recorded::add);
    for (Score score : scores) {
      recorded.add(
          score.runId(), score.step(), score.task(), score.value(), Instant.ofEpochMilli(5));
    }

    List<CorrelationEvent> correlations =
        recorded.correlate(settings.fromSteps(), settings.resamples());

    try (CorrelationHarness job = CorrelationHarness.open(settings)) {
      job.take(events.stream().map(Measurement::of).toList());
      job.take(scores);
      job.finishSweeps();
      assertThat(CorrelationHarness.lastOfEach(correlations))
          .hasSizeGreaterThan(400)
          .isEqualTo(CorrelationHarness.lastOfEach(job.events()));
      assertThat(correlations).hasSameSizeAs(CorrelationHarness.lastOfEach(correlations).keySet());
    }
  }

  @Test
  void metricsAreCorrelatedOfRunsWhoseLossNobodyTold() {
    RecordedCorrelations recorded = new RecordedCorrelations();
    for (MetricEvent event : events(List.of("healthy"))) {
      event.setTrainingLoss(null);
      recorded.add(event);
      recorded.add("healthy", event.getStep(), "task", Math.log1p(event.getStep()), NOON);
    }

    List<CorrelationEvent> correlations = recorded.correlate(List.of(FromStep.of("0")), 0);

    int steps = (int) TrainedRuns.of("healthy").stream().map(Measurement::step).distinct().count();
    assertThat(correlations)
        .filteredOn(event -> event.getLayer() == null)
        .extracting(
            CorrelationEvent::getMetric, CorrelationEvent::getPairs, CorrelationEvent::getSpearman)
        .containsExactly(tuple("trainingLoss", 0, null), tuple("logStep", steps, 1.0));
    assertThat(correlations)
        .filteredOn(event -> event.getMetric().equals("rankMe"))
        .isNotEmpty()
        .allMatch(event -> event.getPairs() == steps && event.getSpearman() != null);
  }

  @Test
  void aScoreThatWasPublishedLaterCounts() {
    RecordedCorrelations recorded = new RecordedCorrelations();
    events(List.of("healthy")).forEach(recorded::add);
    for (Measurement measurement : TrainedRuns.of("healthy")) {
      recorded.add("healthy", measurement.step(), "task", -measurement.step(), NOON);
      recorded.add("healthy", measurement.step(), "task", 3, NOON.plusMillis(1));
      recorded.add("healthy", measurement.step(), "task", measurement.step(), NOON.plusMillis(1));
      recorded.add("healthy", measurement.step(), "task", 7, NOON);
    }

    assertThat(recorded.correlate(List.of(FromStep.of("0")), 0))
        .filteredOn(event -> event.getMetric().equals("logStep"))
        .extracting(CorrelationEvent::getSpearman)
        .containsExactly(1.0);
  }
}
