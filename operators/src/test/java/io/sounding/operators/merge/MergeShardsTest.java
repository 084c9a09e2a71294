package io.sounding.operators.merge;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.operators.KeyedStage;
import io.sounding.operators.fold.EmbedTiming;
import io.sounding.operators.fold.ShardSummaries;
import io.sounding.operators.fold.ShardSummary;
import io.sounding.operators.statistics.LayerAccumulator;
import io.sounding.operators.statistics.LayerSummary;
import io.sounding.operators.statistics.RankMetrics;
import io.sounding.operators.statistics.StatisticsSettings;
import io.sounding.schemas.MetricStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

class MergeShardsTest {

  private static final Duration RETENTION = Duration.ofDays(30);
  private static final int SHARDS = 9;

  private final List<ShardSummary> all = ShardSummaries.all(SHARDS);

  private static KeyedStage<ShardSummary, MergedLayer> stage() throws Exception {
    return new KeyedStage<>(new MergeShards(RETENTION), ShardSummary::mergeKey);
  }

  private static KeyedStage<ShardSummary, MergedLayer> opened() throws Exception {
    KeyedStage<ShardSummary, MergedLayer> stage = stage();
    stage.open();
    return stage;
  }

  private static List<String> progress(KeyedStage<ShardSummary, MergedLayer> stage) {
    return stage.extractOutputValues().stream()
        .map(m -> m.status() + " " + m.utterances())
        .toList();
  }

  @Test
  void partialsComeAtOneTwoFourEightShardsAndFinalWhenUtterancesAddUp() throws Exception {
    try (var stage = opened()) {
      stage.take(all.toArray(ShardSummary[]::new));
      assertThat(progress(stage))
          .containsExactly("PARTIAL 2", "PARTIAL 4", "PARTIAL 8", "PARTIAL 16", "FINAL 18");
      assertThat(stage.extractOutputValues())
          .extracting(merged -> Math.round(merged.audioSeconds() * 10)) // 1.1 s each
          .containsExactly(22L, 44L, 88L, 176L, 198L);
    }
  }

  @Test
  void theBeginningOfAShardIsAPartialThatTheWholeShardReplaces() throws Exception {
    ShardSummary beginning = ShardSummaries.of(0, SHARDS, 1, 2 * SHARDS);
    byte[] undisturbed;
    try (var stage = opened()) {
      stage.take(all.toArray(ShardSummary[]::new));
      undisturbed = last(stage).summary().get().toBytes();
    }
    try (var stage = opened()) {
      stage.take(beginning);
      stage.take(all.toArray(ShardSummary[]::new));
      assertThat(progress(stage))
          .containsExactly(
              "PARTIAL 1", "PARTIAL 2", "PARTIAL 4", "PARTIAL 8", "PARTIAL 16", "FINAL 18");
      assertThat(last(stage).summary().get().toBytes()).isEqualTo(undisturbed);
    }
    try (var stage = opened()) {
      stage.take(beginning, all.get(5), all.get(0), all.get(1), all.get(2));
      assertThat(progress(stage))
          .containsExactly("PARTIAL 1", "PARTIAL 3", "PARTIAL 4", "PARTIAL 8");
    }
  }

  private static MergedLayer last(KeyedStage<ShardSummary, MergedLayer> stage) {
    List<MergedLayer> merged = stage.extractOutputValues();
    return merged.get(merged.size() - 1);
  }

  @Test
  void whatGivesNoSignOfLifeIsForgotten() throws Exception {
    try (var stage = opened()) {
      stage.take(all.get(0));
      stage.setProcessingTime(RETENTION.toMillis() / 2);
      stage.take(all.get(1));
      stage.setProcessingTime(RETENTION.toMillis());
      assertThat(stage.numKeyedStateEntries()).isPositive();
      stage.setProcessingTime(RETENTION.toMillis() * 3 / 2);
      assertThat(stage.numKeyedStateEntries()).isZero();
    }
  }

  @Test
  void theMarkerOfAnEndedEvaluationIsForgottenToo() throws Exception {
    try (var stage = opened()) {
      stage.take(all.get(0));
      long end = RETENTION.toMillis() / 2;
      stage.setProcessingTime(end);
      stage.take(all.toArray(ShardSummary[]::new));
      stage.setProcessingTime(RETENTION.toMillis());
      stage.setProcessingTime(end + RETENTION.toMillis() - 1);
      assertThat(stage.numKeyedStateEntries()).isEqualTo(1);
      stage.setProcessingTime(end + RETENTION.toMillis());
      assertThat(stage.numKeyedStateEntries()).isZero();
    }
  }

  @Test
  void anEvaluationOutlivesADownTime() throws Exception {
    try (var stage = opened()) {
      stage.take(all.subList(0, 5).toArray(ShardSummary[]::new));
      stage.setProcessingTime(RETENTION.toMillis() + Duration.ofDays(1).toMillis());
      stage.take(all.subList(5, SHARDS).toArray(ShardSummary[]::new));
      assertThat(progress(stage)).endsWith("FINAL 18");
    }
  }

  @Test
  void whatOutlivedADownTimeIsForgottenWhenNothingComesAfterItEither() throws Exception {
    try (var stage = opened()) {
      stage.take(all.get(0));
      long back = RETENTION.toMillis() + Duration.ofDays(1).toMillis();
      stage.setProcessingTime(back);
      stage.setProcessingTime(back + RETENTION.toMillis() - 1);
      assertThat(stage.numKeyedStateEntries()).isPositive();
      stage.setProcessingTime(back + RETENTION.toMillis());
      assertThat(stage.numKeyedStateEntries()).isZero();
    }
  }

  /** That of a model that cannot be loaded, of which no layer is known: nothing else ever comes. */
  @Test
  void theMarkersOfAFailureThatComesAloneAreForgottenToo() throws Exception {
    ShardSummary failure = ShardSummary.failed(ShardSummaries.request(), 4, SHARDS, "It broke.");
    try (var stage = opened()) {
      stage.take(failure.ofLayer(2));
      assertThat(progress(stage)).as("told of all layers at once").isEmpty();
      stage.take(failure);
      assertThat(progress(stage)).containsExactly("FAILED 0");
      assertThat(stage.numKeyedStateEntries()).isEqualTo(2);
      stage.setProcessingTime(RETENTION.toMillis());
      assertThat(stage.numKeyedStateEntries()).isZero();
    }
  }

  @Test
  void shardsThatWereFoldedWithOtherSettingsFailTheEvaluationAndNotTheJob() throws Exception {
    StatisticsSettings other = new StatisticsSettings(3, 20, 4, 10, 1, 5);
    ShardSummary odd =
        ShardSummaries.withSummary(all.get(1), LayerSummary.empty(4, other).toBytes());
    try (var stage = opened()) {
      stage.take(all.get(0), odd, all.get(2));
      assertThat(progress(stage)).containsExactly("PARTIAL 2", "FAILED 0");
      assertThat(stage.extractOutputValues().get(1).failure())
          .startsWith("The shards do not go together, because the job's settings or the model");
    }
  }

  @Test
  void shardsOfAModelFileThatWasChangedMidwayFailTheEvaluation() throws Exception {
    ShardSummary ofAnother = ShardSummaries.withModel(all.get(1), "b".repeat(64));
    try (var stage = opened()) {
      stage.take(all.get(0), ofAnother, all.get(2));
      assertThat(progress(stage)).containsExactly("PARTIAL 2", "FAILED 0");
      assertThat(stage.extractOutputValues().get(1).failure())
          .contains("its SHA-256 was " + "a".repeat(64))
          .contains("and " + "b".repeat(64));
    }
  }

  /** As those of an earlier version. */
  @Test
  void shardsThatDoNotSayWhichModelTheyAreOfGoWithOthers() throws Exception {
    try (var stage = opened()) {
      for (ShardSummary s : all) {
        stage.take(s.shard() % 2 == 0 ? s : ShardSummaries.withModel(s, null));
      }
      assertThat(progress(stage)).endsWith("FINAL 18");
    }
  }

  @Test
  void aLayerWithoutASingleFrameFailsTheEvaluation() throws Exception {
    byte[] nothing =
        LayerSummary.empty(ShardSummaries.DIMENSION, ShardSummaries.SETTINGS).toBytes();
    try (var stage = opened()) {
      for (ShardSummary s : all) {
        stage.take(ShardSummaries.withSummary(s, nothing));
      }
      assertThat(progress(stage)).endsWith("FAILED 0").doesNotContain("FINAL 18");
      assertThat(stage.extractOutputValues().get(4).failure())
          .startsWith("The model gave no frame for any of the 18 utterances of corpus dev.");
    }
  }

  @Test
  void oneFrameIsEnough() throws Exception {
    byte[] nothing =
        LayerSummary.empty(ShardSummaries.DIMENSION, ShardSummaries.SETTINGS).toBytes();
    LayerAccumulator one = new LayerAccumulator(ShardSummaries.DIMENSION, ShardSummaries.SETTINGS);
    one.addUtterance("a", new float[] {1, 2, 3, 4}, 1);
    try (var stage = opened()) {
      for (ShardSummary s : all) {
        byte[] frames = s.shard() == 3 ? one.snapshot().toBytes() : nothing;
        stage.take(ShardSummaries.withSummary(s, frames));
      }
      assertThat(progress(stage)).endsWith("FINAL 18");
    }
  }

  @Test
  void finalHoldsTheTotalsAndAllFrames() throws Exception {
    try (var stage = opened()) {
      stage.take(all.toArray(ShardSummary[]::new));
      MergedLayer last = stage.extractOutputValues().get(4);
      assertThat(last.status()).isEqualTo(MetricStatus.FINAL);
      assertThat(last.checkpoint()).usingRecursiveComparison().isEqualTo(all.get(0).checkpoint());
      assertThat(last.corpusDigest()).isEqualTo("c".repeat(64));
      assertThat(last.layer()).isEqualTo(2);
      assertThat(last.layers()).isEqualTo(3);
      assertThat(last.shards()).isEqualTo(SHARDS);
      assertThat(last.corpusUtterances()).isEqualTo(18);
      assertThat(last.audioSeconds()).isEqualTo(19.8); // adding up gives 19.799999999999997
      assertThat(last.corpusAudioSeconds()).isEqualTo(19.8);
      assertThat(last.embedSeconds()).isEqualTo(4.5);
      assertThat(last.foldSeconds()).isEqualTo(2.25);
      assertThat(last.timing()).isEqualTo(new EmbedTiming(SHARDS - 1, 1_000, 3_000 + SHARDS - 1));
      assertThat(last.devices()).isEqualTo("cpu,gpu0");
      assertThat(last.rankMeStdErr()).isPositive();
      assertThat(last.failure()).isNull();
      LayerSummary summary = last.summary().get();
      assertThat(summary.frames()).isEqualTo(18L * ShardSummaries.FRAMES);
      assertThat(summary.utterances()).isEqualTo(18);
      assertThat(RankMetrics.of(summary).rankMe()).isBetween(1.0, 4.0);
    }
  }

  @Test
  void theOrderOfArrivalDoesNotChangeTheBytesOfFinal() throws Exception {
    byte[] expected = null;
    for (int seed = 0; seed < 6; seed++) {
      List<ShardSummary> shuffled = new ArrayList<>(all);
      Collections.shuffle(shuffled, new Random(seed));
      try (var stage = opened()) {
        stage.take(shuffled.toArray(ShardSummary[]::new));
        byte[] bytes = stage.extractOutputValues().get(4).summary().get().toBytes();
        assertThat(bytes).isEqualTo(expected == null ? bytes : expected);
        expected = bytes;
      }
    }
  }

  @Test
  void repeatedSummariesAreHarmlessAndASecondFinalIsImpossible() throws Exception {
    List<String> undisturbed;
    byte[] bytes;
    try (var stage = opened()) {
      stage.take(all.toArray(ShardSummary[]::new));
      undisturbed = progress(stage);
      bytes = stage.extractOutputValues().get(4).summary().get().toBytes();
    }
    try (var stage = opened()) {
      for (ShardSummary summary : all) {
        stage.take(summary, summary);
        stage.take(all.get(0));
      }
      stage.take(all.toArray(ShardSummary[]::new));
      assertThat(progress(stage)).isEqualTo(undisturbed);
      assertThat(stage.extractOutputValues().get(4).summary().get().toBytes()).isEqualTo(bytes);
    }
  }

  @Test
  void shardsWithoutUtterancesNeedNotReport() throws Exception {
    try (var stage = opened()) {
      stage.take(ShardSummaries.of(3, 32, 2, 3), ShardSummaries.of(30, 32, 1, 3));
      assertThat(progress(stage)).containsExactly("PARTIAL 2", "FINAL 3");
    }
  }

  @Test
  void aCorpusInOneShardIsFinalAtOnce() throws Exception {
    try (var stage = opened()) {
      stage.take(ShardSummaries.of(0, 1, 2, 2));
      assertThat(progress(stage)).containsExactly("FINAL 2");
      assertThat(stage.extractOutputValues().get(0).rankMeStdErr()).isNull();
    }
  }

  @Test
  void afterFinalOnlyTheMarkerIsLeftUntilTheRetentionEnds() throws Exception {
    try (var stage = opened()) {
      stage.take(all.subList(0, 8).toArray(ShardSummary[]::new));
      int underWay = stage.numKeyedStateEntries();
      stage.take(all.get(8));
      assertThat(underWay).isEqualTo(2); // a map of summaries, and the progress
      assertThat(stage.numKeyedStateEntries()).isOne();
    }
  }

  @Test
  void aFailureEndsTheEvaluationOnceAndLaterSummariesAreIgnored() throws Exception {
    ShardSummary failure = ShardSummary.failed(ShardSummaries.request(), 4, SHARDS, "It broke.");
    ShardSummary another = ShardSummary.failed(ShardSummaries.request(), 5, SHARDS, "Here too.");
    try (var stage = opened()) {
      stage.take(all.get(0), all.get(1));
      stage.take(failure, failure.ofLayer(2), another, another.ofLayer(2));
      stage.take(all.toArray(ShardSummary[]::new));
      assertThat(progress(stage)).containsExactly("PARTIAL 2", "PARTIAL 4", "FAILED 0");
      MergedLayer failed = stage.extractOutputValues().get(2);
      assertThat(failed.failure()).isEqualTo("It broke.");
      assertThat(failed.checkpoint()).usingRecursiveComparison().isEqualTo(failure.checkpoint());
      assertThat(failed.summary()).isNull();
      assertThat(stage.numKeyedStateEntries())
          .as("one marker per layer and one for all")
          .isEqualTo(2);
    }
  }

  @Test
  void shardsWhoseFramesAreOfOtherDimensionsFailWithWhatThatMeans() throws Exception {
    LayerSummary wider = LayerSummary.empty(ShardSummaries.DIMENSION + 3, ShardSummaries.SETTINGS);
    try (var stage = opened()) {
      stage.take(all.get(0), ShardSummaries.withSummary(all.get(1), wider.toBytes()));
      assertThat(last(stage).failure())
          .startsWith("The dimension of the model's frames depends on the audio: ")
          .contains("not (batch, dimension, frames)");
    }
  }

  @Test
  void layersAndAttemptsAreMergedApart() {
    ShardSummary failure = ShardSummary.failed(ShardSummaries.request(), 0, 1, "x");
    assertThat(all.get(0).mergeKey()).isEqualTo("run-a\nstep1\ndev\n0\n2");
    assertThat(failure.mergeKey()).isEqualTo("run-a\nstep1\ndev\n0\n-1");
    assertThat(failure.ofLayer(2).mergeKey()).isEqualTo(all.get(0).mergeKey());
  }

  @Test
  void anInterruptedMergeGoesOnAfterARestartWithTheSameBytes() throws Exception {
    byte[] undisturbed;
    try (var stage = opened()) {
      stage.take(all.toArray(ShardSummary[]::new));
      undisturbed = stage.extractOutputValues().get(4).summary().get().toBytes();
    }
    OperatorSubtaskState midway;
    try (var stage = opened()) {
      stage.take(all.subList(0, 5).toArray(ShardSummary[]::new));
      midway = stage.snapshot(1, 1);
    }
    OperatorSubtaskState ended;
    try (var restored = stage()) {
      restored.initializeState(midway);
      restored.open();
      restored.take(all.subList(3, 9).toArray(ShardSummary[]::new));
      assertThat(progress(restored)).containsExactly("PARTIAL 16", "FINAL 18");
      assertThat(restored.extractOutputValues().get(1).summary().get().toBytes())
          .isEqualTo(undisturbed);
      ended = restored.snapshot(2, 2);
    }
    try (var again = stage()) {
      again.initializeState(ended);
      again.open();
      again.take(all.toArray(ShardSummary[]::new));
      assertThat(again.extractOutputValues()).isEmpty();
    }
  }
}
