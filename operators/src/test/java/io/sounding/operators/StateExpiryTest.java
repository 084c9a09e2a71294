package io.sounding.operators;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.operators.admit.CheckpointRequest;
import io.sounding.operators.admit.FirstCheckpointWins;
import io.sounding.operators.admit.Rejection;
import io.sounding.operators.admit.Score;
import io.sounding.operators.fold.ShardSummaries;
import io.sounding.operators.fold.ShardSummary;
import io.sounding.operators.merge.FailLayers;
import io.sounding.operators.publish.FirstFailureEnds;
import io.sounding.operators.publish.OutgoingRecord;
import io.sounding.operators.publish.Publication;
import io.sounding.operators.relate.Correlate;
import io.sounding.operators.relate.Evidence;
import io.sounding.operators.relate.JoinScores;
import io.sounding.operators.relate.JudgeAlarms;
import io.sounding.operators.relate.Measurement;
import io.sounding.operators.relate.RelateSettings;
import io.sounding.schemas.RejectReason;
import java.time.Duration;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * All state of a stage that forgets is forgotten: of what is not, a job that runs for months would
 * keep a little of every run it ever saw. Stages that forget by timers have tests of theirs.
 */
@SuppressWarnings("try") // that close() may be interrupted does not matter here
class StateExpiryTest {

  private static final Duration DAY = Duration.ofDays(1);
  private static final RelateSettings RELATE = RelateSettings.DEFAULT.with(DAY);

  private AbstractStreamOperatorTestHarness<?> stage(String stage) throws Exception {
    return switch (stage) {
      case "first-checkpoint-wins" ->
          new KeyedStage<>(new FirstCheckpointWins(DAY), CheckpointRequest::evaluationId);
      case "fail-layers" -> new KeyedStage<>(new FailLayers(DAY), ShardSummary::evaluationId);
      case "first-failure-ends" ->
          new KeyedStage<>(new FirstFailureEnds(DAY), Publication::evaluationId);
      case "join-scores" ->
          new KeyedTwoInputStreamOperatorTestHarness<>(
              new KeyedCoProcessOperator<>(new JoinScores(DAY)),
              Measurement::runId,
              Score::runId,
              Types.STRING);
      case "correlate" -> new KeyedStage<>(new Correlate(RELATE), Evidence::corpusAndLayer);
      case "judge-alarms" -> new KeyedStage<>(new JudgeAlarms(RELATE), Measurement::runAndCorpus);
      default -> throw new IllegalArgumentException(stage);
    };
  }

  @SuppressWarnings("unchecked")
  private static void fill(String stage, AbstractStreamOperatorTestHarness<?> harness)
      throws Exception {
    switch (stage) {
      case "first-checkpoint-wins" ->
          ((KeyedStage<CheckpointRequest, ?>) harness).take(ShardSummaries.request());
      case "fail-layers" ->
          ((KeyedStage<ShardSummary, ?>) harness)
              .take(
                  ShardSummaries.of(0, 3, 1, 3).withoutSummary(),
                  ShardSummary.failed(ShardSummaries.request(), 1, 3, "It broke."));
      case "first-failure-ends" ->
          ((KeyedStage<Publication, ?>) harness)
              .take(
                  new Publication(
                      "e",
                      new OutgoingRecord(null, new byte[1]),
                      Rejection.of(RejectReason.EVALUATION_FAILED, "It broke.")));
      case "join-scores" -> {
        var join = (KeyedTwoInputStreamOperatorTestHarness<?, Measurement, Score, ?>) harness;
        join.processElement1(measurement(1), 0);
        join.processElement2(score(1), 0);
      }
      case "correlate" -> {
        var correlate = (KeyedStage<Evidence, ?>) harness;
        for (long step = 1; step <= 3; step++) {
          correlate.take(new Evidence("dev", 0, measurement(step), null));
          correlate.take(new Evidence("dev", 0, null, score(step)));
        }
        correlate.processWatermark(Watermark.MAX_WATERMARK);
        assertThat(correlate.extractOutputValues()).isNotEmpty();
      }
      case "judge-alarms" -> {
        var judge = (KeyedStage<Measurement, ?>) harness;
        judge.take(measurement(1));
        assertThat(judge.extractOutputValues()).as("an alarm").hasSize(1);
      }
      default -> throw new IllegalArgumentException(stage);
    }
  }

  private static int entries(AbstractStreamOperatorTestHarness<?> harness) {
    return harness instanceof KeyedStage<?, ?> stage
        ? stage.numKeyedStateEntries()
        : ((KeyedTwoInputStreamOperatorTestHarness<?, ?, ?, ?>) harness).numKeyedStateEntries();
  }

  private static Measurement measurement(long step) {
    return new Measurement(
        "run", "step" + step, step, 0, "dev", Double.NaN, 0, 1, 0, new double[] {60 - step});
  }

  private static Score score(long step) {
    return new Score("run", step, "asr-wer", step * step % 5, 1_000, step);
  }

  @ParameterizedTest
  @CsvSource({
    "first-checkpoint-wins, 1",
    "fail-layers, 3",
    "first-failure-ends, 1",
    "join-scores, 2",
    "correlate, 2",
    "judge-alarms, 2"
  })
  void whatWasSeenLongerAgoThanItIsKeptIsInNoSavepoint(String stage, int states) throws Exception {
    OperatorSubtaskState before;
    OperatorSubtaskState after;
    try (var harness = stage(stage)) {
      harness.open();
      harness.setStateTtlProcessingTime(0);
      fill(stage, harness);
      harness.setStateTtlProcessingTime(DAY.toMillis() - 1);
      before = harness.snapshot(1, 1);
      harness.setStateTtlProcessingTime(DAY.toMillis());
      after = harness.snapshot(2, 2);
    }
    try (var restored = stage(stage)) {
      restored.initializeState(before);
      restored.open();
      assertThat(entries(restored)).isEqualTo(states);
    }
    try (var restored = stage(stage)) {
      restored.initializeState(after);
      restored.open();
      assertThat(entries(restored)).isZero();
    }
  }
}
