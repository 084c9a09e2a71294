package io.sounding.operators.embed;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import io.sounding.operators.EvaluationSettings;
import io.sounding.operators.Examples;
import io.sounding.operators.admit.CheckpointRequest;
import io.sounding.operators.assemble.Division;
import io.sounding.operators.assemble.Shards;
import io.sounding.operators.assemble.Utterance;
import io.sounding.operators.fold.ShardSummary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.IntStream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots in the middle of the work, restored at the same and at another parallelism. */
@Timeout(60)
class EmbedOperatorRecoveryTest {

  @TempDir Path cache;

  private final List<Utterance> corpus = EmbedOperatorTest.corpus("dev", 80);
  private final CheckpointRequest request =
      Examples.request("step1", 1, "dev", TestModels.path("tuple.pt"));

  private void feed(EmbedHarness harness) throws Exception {
    harness.tell(Control.of(request));
    harness.hear(corpus);
    harness.tell(Control.of(Examples.manifest(corpus)));
  }

  private SortedMap<String, String> undisturbed(EvaluationSettings settings) throws Exception {
    try (EmbedHarness harness = EmbedHarness.opened(settings)) {
      feed(harness);
      harness.runUntilSummaries(settings.shards() * 3);
      return harness.results();
    }
  }

  /**
   * A snapshot while a shard is under way: it holds two entries more, the shard's own progress and
   * the summaries. The model is loaded beforehand, so that the first slice embeds at least one
   * utterance.
   */
  private OperatorSubtaskState snapshotMidway(EmbedHarness harness, CheckpointRequest started)
      throws Exception {
    ModelLoading loading = ModelLoading.as(Examples.settings(1, cache).models(), Device.cpu());
    try (var lease = SharedEncoders.on(Device.cpu()).lease(started, loading)) {
      lease.encoder().join();
      int idle = harness.stateEntries();
      OperatorSubtaskState snapshot;
      int checkpointId = 0;
      do {
        harness.takeMail().run();
        snapshot = harness.snapshot(++checkpointId, checkpointId);
      } while (harness.stateEntries() == idle && harness.summaries().isEmpty());
      assertThat(harness.stateEntries()).isEqualTo(idle + 2);
      return snapshot;
    }
  }

  @Test
  void aShardGoesOnWhereTheSnapshotLeftIt() throws Exception {
    EvaluationSettings settings = Examples.settings(1, cache);
    OperatorSubtaskState snapshot;
    try (EmbedHarness harness = EmbedHarness.opened(settings)) {
      feed(harness);
      snapshot = snapshotMidway(harness, request);
      assertThat(harness.summaries()).isEmpty();
    }
    try (EmbedHarness restored = new EmbedHarness(settings, 1, 0)) {
      restored.initializeState(snapshot);
      restored.dividing(Examples.manifest(corpus)).open();
      restored.runUntilSummaries(3);
      assertThat(restored.beginnings()).as("told when the first batch is folded").isEmpty();
      assertThat(restored.results()).isEqualTo(undisturbed(settings));
    }
  }

  @Test
  void whatIsNotWorthSavingIsDoneAgainToTheSameEnd() throws Exception {
    EvaluationSettings settings = savedEveryHour(Examples.settings(1, cache));
    OperatorSubtaskState snapshot;
    try (EmbedHarness harness = EmbedHarness.opened(settings)) {
      feed(harness);
      int idle = harness.stateEntries();
      while (harness.beginnings().isEmpty()) {
        harness.takeMail().run();
      }
      snapshot = harness.snapshot(1, 1);
      assertThat(harness.stateEntries()).isEqualTo(idle);
      assertThat(harness.summaries()).isEmpty();
    }
    try (EmbedHarness restored = new EmbedHarness(settings, 1, 0)) {
      restored.initializeState(snapshot);
      restored.dividing(Examples.manifest(corpus)).open();
      restored.runUntilSummaries(3);
      assertThat(restored.results()).isEqualTo(undisturbed(settings));
    }
  }

  private static EvaluationSettings savedEveryHour(EvaluationSettings settings) {
    return new EvaluationSettings(
        settings.shards(),
        settings.statistics(),
        settings.models(),
        settings.maxWindowSeconds(),
        settings.batchSeconds(),
        settings.slice(),
        Duration.ofHours(1),
        settings.patience(),
        settings.relate());
  }

  /** As its task does when a job is stopped with a savepoint: no mail is taken any more. */
  @Test
  void aTaskThatStopsWithASavepointLeavesTheRestOfTheWorkToIt() throws Exception {
    EvaluationSettings settings = Examples.settings(1, cache);
    OperatorSubtaskState savepoint;
    try (EmbedHarness harness = EmbedHarness.opened(settings)) {
      feed(harness);
      savepoint = snapshotMidway(harness, request);
      harness.getTaskMailbox().quiesce();
      harness.runMailsThatAreThere();
    }
    try (EmbedHarness restored = new EmbedHarness(settings, 1, 0)) {
      restored.initializeState(savepoint);
      restored.open();
      restored.runUntilSummaries(3);
      assertThat(restored.results()).isEqualTo(undisturbed(settings));
    }
  }

  /**
   * The utterance of the length that the second model refuses is the shortest, hence embedded
   * before the snapshot, by the first model; done again, it fails the checkpoint.
   */
  @Test
  void aShardIsBegunAgainWhenTheModelFileWasChanged() throws Exception {
    EvaluationSettings settings = Examples.settings(1, cache);
    List<Utterance> longer =
        IntStream.range(0, 80)
            .mapToObj(i -> Examples.utterance("dev", "u" + i, TestModels.REFUSED_SAMPLES + i))
            .toList();
    Path model = cache.resolve("changing.pt");
    Files.copy(TestModels.path("one_tensor.pt"), model);
    OperatorSubtaskState snapshot;
    try (EmbedHarness harness = EmbedHarness.opened(settings)) {
      harness.hear(longer);
      harness.tell(Control.of(Examples.manifest(longer)));
      CheckpointRequest changing = Examples.request("step2", 2, "dev", model);
      harness.tell(Control.of(changing));
      snapshot = snapshotMidway(harness, changing);
    }
    useOtherModels();
    Files.copy(
        TestModels.path("refuses_one_length.pt"), model, StandardCopyOption.REPLACE_EXISTING);
    try (EmbedHarness restored = new EmbedHarness(settings, 1, 0)) {
      restored.initializeState(snapshot);
      restored.open();
      restored.endInputs();
      assertThat(restored.summaries())
          .singleElement()
          .satisfies(summary -> assertThat(summary.failure()).contains("this length is refused"));
    }
  }

  /** As many as are kept, so that those that nobody uses are unloaded. */
  private void useOtherModels() {
    ModelLoading loading = ModelLoading.as(Examples.settings(1, cache).models(), Device.cpu());
    for (String name : List.of("stacked.pt", "tuple.pt", "weights_a.pt")) {
      CheckpointRequest other = Examples.request(name, 1, "dev", TestModels.path(name));
      try (var lease = SharedEncoders.on(Device.cpu()).lease(other, loading)) {
        lease.encoder().join();
      }
    }
  }

  @Test
  void snapshotsDoNotDisturbTheWork() throws Exception {
    EvaluationSettings settings = Examples.settings(2, cache);
    try (EmbedHarness harness = EmbedHarness.opened(settings)) {
      feed(harness);
      for (int checkpointId = 1; harness.summaries().size() < 6; checkpointId++) {
        harness.takeMail().run();
        harness.snapshot(checkpointId, checkpointId);
      }
      assertThat(harness.results()).isEqualTo(undisturbed(settings));
    }
  }

  @Test
  void whatWaitsForItsAudioIsRestored() throws Exception {
    EvaluationSettings settings = Examples.settings(2, cache);
    OperatorSubtaskState snapshot;
    try (EmbedHarness harness = EmbedHarness.opened(settings)) {
      harness.tell(Control.of(request));
      harness.tell(Control.of(Examples.manifest(corpus)));
      harness.dividing(Examples.manifest(corpus));
      harness.hear(corpus.subList(0, 50));
      snapshot = harness.snapshot(1, 1);
    }
    try (EmbedHarness restored = new EmbedHarness(settings, 1, 0)) {
      restored.initializeState(snapshot);
      restored.open();
      restored.dividing(Examples.manifest(corpus));
      restored.hear(corpus.subList(40, 80));
      restored.runUntilSummaries(6);
      assertThat(restored.results()).isEqualTo(undisturbed(settings));
    }
  }

  @Test
  void twoSubtasksTakeOverFromOne() throws Exception {
    EvaluationSettings settings = Examples.settings(4, cache);
    List<ShardSummary> all = new ArrayList<>();
    OperatorSubtaskState snapshot;
    try (EmbedHarness harness = EmbedHarness.opened(settings)) {
      feed(harness);
      snapshot = snapshotMidway(harness, request);
      all.addAll(harness.summaries());
    }
    for (int subtask = 0; subtask < 2; subtask++) {
      try (EmbedHarness restored = new EmbedHarness(settings, 2, subtask)) {
        restored.initializeState(
            AbstractStreamOperatorTestHarness.repartitionOperatorState(
                snapshot, EmbedHarness.MAX_PARALLELISM, 1, 2, subtask));
        restored.open();
        restored.endInputs();
        assertThat(restored.summaries()).as("each subtask has its share").isNotEmpty();
        all.addAll(restored.summaries());
      }
    }
    assertThat(EmbedHarness.results(all)).isEqualTo(undisturbed(settings));
  }

  @Test
  void oneSubtaskTakesOverFromTwo() throws Exception {
    EvaluationSettings settings = Examples.settings(4, cache);
    int[] keys = Shards.keys(4, EmbedHarness.MAX_PARALLELISM);
    List<ShardSummary> all = new ArrayList<>();
    OperatorSubtaskState[] snapshots = new OperatorSubtaskState[2];
    for (int subtask = 0; subtask < 2; subtask++) {
      try (EmbedHarness harness = new EmbedHarness(settings, 2, subtask)) {
        harness.open();
        harness.tell(Control.of(request));
        harness.tell(Control.of(Examples.manifest(corpus)));
        harness.dividing(Examples.manifest(corpus));
        Division division = Division.of(Examples.manifest(corpus), 4);
        for (Utterance utterance : corpus) {
          int shard = division.shardOf(utterance.utteranceId());
          int owner =
              KeyGroupRangeAssignment.assignKeyToParallelOperator(
                  keys[shard], EmbedHarness.MAX_PARALLELISM, 2);
          if (owner == subtask) {
            harness.hear(utterance);
          }
        }
        snapshots[subtask] = snapshotMidway(harness, request);
        all.addAll(harness.summaries());
      }
    }
    try (EmbedHarness restored = new EmbedHarness(settings, 1, 0)) {
      restored.initializeState(
          AbstractStreamOperatorTestHarness.repartitionOperatorState(
              AbstractStreamOperatorTestHarness.repackageState(snapshots),
              EmbedHarness.MAX_PARALLELISM,
              2,
              1,
              0));
      restored.open();
      restored.endInputs();
      all.addAll(restored.summaries());
    }
    assertThat(EmbedHarness.results(all)).isEqualTo(undisturbed(settings));
  }

  @Test
  void whatIsFinishedLeavesAudioAndManifestsAlone() throws Exception {
    EvaluationSettings settings = Examples.settings(4, cache);
    try (EmbedHarness harness = EmbedHarness.opened(settings)) {
      harness.hear(corpus);
      harness.tell(Control.of(Examples.manifest(corpus)));
      int before = harness.stateEntries();
      harness.tell(Control.of(request));
      harness.snapshot(1, 1);
      harness.runUntilSummaries(12);
      harness.snapshot(2, 2);
      assertThat(harness.stateEntries()).isEqualTo(before);
    }
  }
}
