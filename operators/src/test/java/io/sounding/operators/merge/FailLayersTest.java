package io.sounding.operators.merge;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.operators.Examples;
import io.sounding.operators.KeyedStage;
import io.sounding.operators.fold.ShardSummaries;
import io.sounding.operators.fold.ShardSummary;
import io.sounding.schemas.MetricStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailLayersTest {

  private static final Duration RETENTION = Duration.ofDays(7);
  private static final List<ShardSummary> SHARDS = ShardSummaries.all(3);
  private static final ShardSummary LAYER_2 = SHARDS.get(0).withoutSummary();
  private static final ShardSummary FAILURE = failure("step1", "It broke.");

  private static KeyedStage<ShardSummary, ShardSummary> stage() throws Exception {
    return new KeyedStage<>(new FailLayers(RETENTION), ShardSummary::evaluationId);
  }

  private static KeyedStage<ShardSummary, ShardSummary> opened() throws Exception {
    KeyedStage<ShardSummary, ShardSummary> stage = stage();
    stage.open();
    stage.setStateTtlProcessingTime(0);
    return stage;
  }

  private static ShardSummary failure(String checkpoint, String sentence) {
    return ShardSummary.failed(
        Examples.request(checkpoint, 7, "dev", Path.of("/model.pt")), 2, 3, sentence);
  }

  private static List<String> told(KeyedStage<ShardSummary, ShardSummary> stage) {
    return stage.extractOutputValues().stream()
        .map(f -> f.checkpoint().checkpointId() + " " + f.layer() + ": " + f.failure())
        .sorted()
        .toList();
  }

  @Test
  void everyLayerIsToldOnceWhetherItIsKnownBeforeTheFailureOrAfter() throws Exception {
    try (var stage = opened()) {
      stage.take(LAYER_2, LAYER_2, ShardSummaries.withLayer(LAYER_2, 0));
      assertThat(told(stage)).isEmpty();
      stage.take(FAILURE, failure("step1", "Here too."));
      assertThat(told(stage)).containsExactly("step1 0: It broke.", "step1 2: It broke.");
      stage.take(LAYER_2, ShardSummaries.withLayer(LAYER_2, 1));
      stage.take(ShardSummaries.withLayer(LAYER_2, 1));
      assertThat(told(stage))
          .containsExactly("step1 0: It broke.", "step1 1: It broke.", "step1 2: It broke.");
    }
  }

  @Test
  void otherEvaluationsGoOn() throws Exception {
    try (var stage = opened()) {
      stage.take(LAYER_2, failure("step2", "It broke."), LAYER_2);
      assertThat(told(stage)).isEmpty();
    }
  }

  @Test
  void layersAndFailuresAreRememberedOverARestartUntilTheRetentionEnds() throws Exception {
    OperatorSubtaskState midway;
    try (var stage = opened()) {
      stage.take(LAYER_2);
      midway = stage.snapshot(1, 1);
    }
    OperatorSubtaskState failed;
    try (var restored = stage()) {
      restored.initializeState(midway);
      restored.open();
      restored.setStateTtlProcessingTime(0);
      restored.take(FAILURE);
      assertThat(told(restored)).containsExactly("step1 2: It broke.");
      failed = restored.snapshot(2, 2);
    }
    try (var again = stage()) {
      again.initializeState(failed);
      again.open();
      again.setStateTtlProcessingTime(RETENTION.toMillis() - 1);
      again.take(LAYER_2, ShardSummaries.withLayer(LAYER_2, 0));
      assertThat(told(again)).containsExactly("step1 0: It broke.");
      again.setStateTtlProcessingTime(RETENTION.toMillis());
      again.take(ShardSummaries.withLayer(LAYER_2, 1));
      assertThat(told(again)).containsExactly("step1 0: It broke.");
    }
  }

  /** Before its first batch a shard does not know the layers that others have summaries of. */
  @Test
  void aLayerThatWaitsForAShardThatFailedKeepsNoSummary() throws Exception {
    try (var stage = opened();
        var merging = new KeyedStage<>(new MergeShards(RETENTION), ShardSummary::mergeKey)) {
      merging.open();
      for (ShardSummary summary : List.of(SHARDS.get(0), SHARDS.get(1), FAILURE)) {
        stage.take(summary);
        merging.take(summary);
      }
      assertThat(merging.numKeyedStateEntries())
          .as("a map of summaries, the progress, and a marker of the failure")
          .isEqualTo(3);
      merging.take(stage.extractOutputValues().toArray(ShardSummary[]::new));
      assertThat(merging.numKeyedStateEntries()).as("two markers").isEqualTo(2);
      assertThat(merging.extractOutputValues())
          .extracting(MergedLayer::status)
          .containsExactly(MetricStatus.PARTIAL, MetricStatus.PARTIAL, MetricStatus.FAILED);
    }
  }

  /** Layer -1 of a model with three outputs, which is overwritten by one with four. */
  @Test
  void anEvaluationWhoseShardsHaveOtherLayersFails() throws Exception {
    try (var stage = opened();
        var merging = new KeyedStage<>(new MergeShards(RETENTION), ShardSummary::mergeKey)) {
      merging.open();
      for (ShardSummary summary : SHARDS) {
        boolean before = summary.shard() == 0;
        ShardSummary made = ShardSummaries.withLayer(summary, before ? 2 : 3, 1);
        stage.take(made.withoutSummary());
        merging.take(made);
      }
      merging.take(stage.extractOutputValues().toArray(ShardSummary[]::new));
      assertThat(merging.extractOutputValues())
          .last()
          .satisfies(
              last -> {
                assertThat(last.status()).isEqualTo(MetricStatus.FAILED);
                assertThat(last.failure())
                    .startsWith("The model has other layers for some shards than for others:");
              });
      assertThat(merging.numKeyedStateEntries()).as("markers of 2 layers and all").isEqualTo(3);
    }
  }

  @ParameterizedTest
  @CsvSource({"2, 3", "3, 2"})
  void ofMoreLayersAndFewerEitherMayComeFirst(int first, int then) throws Exception {
    try (var stage = opened()) {
      for (int number : List.of(first, then)) {
        assertThat(told(stage)).isEmpty();
        for (int layer = 0; layer < number; layer++) {
          stage.take(ShardSummaries.withLayer(LAYER_2, layer, number));
        }
      }
      assertThat(told(stage))
          .extracting(failure -> failure.substring(0, failure.indexOf(':')))
          .containsExactlyInAnyOrder("step1 -1", "step1 0", "step1 1", "step1 2");
    }
  }

  /** Layer 0, which all shards have; those that have another beside it come first or last. */
  @ParameterizedTest
  @CsvSource({"0", "2"})
  void aLayerThatAllShardsHaveIsNotFinalEither(int withMore) throws Exception {
    try (var merging = new KeyedStage<>(new MergeShards(RETENTION), ShardSummary::mergeKey)) {
      merging.open();
      for (ShardSummary summary : SHARDS) {
        int number = summary.shard() == withMore ? 2 : 1;
        merging.take(ShardSummaries.withLayer(summary, 0, number));
      }
      assertThat(merging.extractOutputValues())
          .extracting(MergedLayer::status)
          .doesNotContain(MetricStatus.FINAL)
          .contains(MetricStatus.FAILED);
    }
  }
}
