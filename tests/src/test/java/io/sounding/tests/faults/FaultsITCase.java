package io.sounding.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.tests.JavaProcess;
import io.sounding.tests.faults.Workload.Message;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Exactly once, whatever is killed: every scenario ends with the FINAL events of an undisturbed
 * run, each once. Run with {@code mvn verify -Pfaults}; prints a table.
 */
@Tag("faults")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FaultsITCase {

  private static final String HASHMAP = "hashmap";
  private static final double NOTHING_TO_RECOVER_FROM = -1;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private static Path work;

  private final FaultTable table = new FaultTable();
  private TestCluster cluster;

  @BeforeAll
  void startAndRunUndisturbed() {
    cluster = TestCluster.start(work, Workload.ofDemo());
    assertThat(cluster.undisturbed().byKey()).hasSize(64);
  }

  @AfterAll
  void stopAndPrint() {
    if (cluster != null) {
      cluster.close();
    }
    System.out.println(table);
  }

  @ParameterizedTest
  @ValueSource(strings = {HASHMAP, "rocksdb"})
  void aTaskManagerIsKilledWhileEmbedding(String stateBackend) {
    try (Evaluation evaluation =
        cluster.evaluation("embedding-" + stateBackend, 2, stateBackend, 1)) {
      evaluation.awaitMidway(6);
      Recovery recovery = Recovery.fromFaultOf(evaluation.job());
      cluster.flink().killAndReplace(cluster.flink().embedding(evaluation.job()));
      evaluation.assertUnfinished();
      conclude(
          "task manager killed while embedding, " + stateBackend,
          "kill -9 of 1 of 2 at " + evaluation.moment(),
          recovery.await(),
          evaluation);
    }
  }

  @Test
  void allTaskManagersAreKilledWhileMerging() {
    try (Evaluation evaluation = cluster.evaluation("merging", 2, HASHMAP, 1)) {
      evaluation.awaitMerging(0.4);
      Recovery recovery = Recovery.fromFaultOf(evaluation.job());
      cluster.flink().taskManagers().forEach(cluster.flink()::killAndReplace);
      evaluation.assertUnfinished();
      long merging =
          evaluation.metrics().openPartials().stream().map(MetricTopic::key).distinct().count();
      assertThat(merging).isPositive();
      conclude(
          "task managers killed while merging",
          "kill -9 of both at %s, %d PARTIAL".formatted(evaluation.moment(), merging),
          recovery.await(),
          evaluation);
    }
  }

  @Test
  void aTaskManagerIsKilledBetweenFlinkCheckpoints() {
    try (Evaluation evaluation = cluster.evaluation("between", 2, HASHMAP, 3)) {
      evaluation.job().awaitCheckpoints(1);
      long latest = evaluation.job().latestCheckpoint();
      Recovery recovery = Recovery.fromFaultOf(evaluation.job());
      cluster.flink().killAndReplace(cluster.flink().embedding(evaluation.job()));
      evaluation.assertUnfinished();
      String moment = evaluation.moment();
      double seconds = recovery.await();
      assertThat(evaluation.job().restoredCheckpoint()).isEqualTo(latest);
      conclude(
          "task manager killed between Flink checkpoints",
          "kill -9 after checkpoint %d at %s".formatted(latest, moment),
          seconds,
          evaluation);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {HASHMAP, "rocksdb"})
  void theJobManagerIsKilled(String stateBackend) {
    try (Evaluation evaluation =
        cluster.evaluation("job-manager-" + stateBackend, 2, stateBackend, 1)) {
      evaluation.awaitMidway(6);
      Recovery recovery = Recovery.fromFaultOf(evaluation.job());
      evaluation.job().killAndSupervise();
      evaluation.assertUnfinished();
      String moment = evaluation.moment();
      double seconds = recovery.await();
      assertThat(evaluation.job().restoredCheckpoint()).isPositive();
      conclude("job manager killed, " + stateBackend, "kill -9 at " + moment, seconds, evaluation);
    }
  }

  @Test
  void theBrokerIsKilledAndStartedAgain() {
    try (Evaluation evaluation = cluster.evaluation("broker-killed", 2, HASHMAP, 1)) {
      evaluation.awaitMidway(6);
      String moment = evaluation.moment();
      Recovery recovery = Recovery.fromNow(evaluation.job());
      cluster.broker().process().kill();
      evaluation.assertUnfinished();
      cluster.broker().start();
      conclude("broker killed", "kill -9 at " + moment, recovery.await(), evaluation);
    }
  }

  @Test
  void theBrokerIsOutOfReachForAMinute() {
    try (Evaluation evaluation = cluster.evaluation("broker-paused", 2, HASHMAP, 1)) {
      evaluation.awaitMidway(6);
      String moment = evaluation.moment();
      cluster.broker().process().pauseFor(Duration.ofSeconds(60));
      evaluation.assertUnfinished();
      Recovery recovery = Recovery.fromNow(evaluation.job());
      conclude(
          "broker out of reach for 60 s", "SIGSTOP at " + moment, recovery.await(), evaluation);
    }
  }

  @Test
  void aTaskManagerIsPausedPastItsHeartbeatTimeout() {
    try (Evaluation evaluation = cluster.evaluation("paused", 2, HASHMAP, 1)) {
      evaluation.awaitMidway(6);
      String moment = evaluation.moment();
      double seconds;
      JavaProcess paused = cluster.flink().embedding(evaluation.job());
      JavaProcess.Pause pause = paused.pause();
      try {
        evaluation.assertUnfinished();
        // the other task manager has slots for all of the job
        seconds = Recovery.fromFaultOf(evaluation.job()).await();
      } finally {
        pause.end();
      }
      conclude(
          "task manager paused past heartbeat timeout",
          "SIGSTOP at %s, SIGCONT when restored".formatted(moment),
          seconds,
          evaluation);
      // the next job may need its slots, and it need not have been taken back
      cluster.flink().killAndReplace(paused);
      cluster.flink().awaitRegistered();
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 4", "4, 2"})
  void stoppedWithASavepointItGoesOnWithOtherParallelism(int before, int after) {
    try (Evaluation evaluation = cluster.evaluation("rescaled-to-" + after, before, HASHMAP, 1)) {
      evaluation.awaitMidway(1);
      String moment = evaluation.moment();
      evaluation.rescale(after);
      conclude(
          "savepoint, parallelism %d to %d".formatted(before, after),
          "stopped at " + moment,
          NOTHING_TO_RECOVER_FROM,
          evaluation);
    }
  }

  @Test
  void everythingComesTwiceAndTheCheckpointsAgainWhenAllIsDone() {
    Workload workload = cluster.workload();
    try (Evaluation evaluation = cluster.evaluation("twice", 2, HASHMAP, 1)) {
      evaluation.sendAudio(workload.chunks());
      evaluation.sendAudio(List.of(workload.manifest()));
      evaluation.sendCheckpoints(workload.checkpoints());
      evaluation.finish();
      evaluation.sendCheckpoints(workload.checkpoints());
      conclude(
          "every record twice, checkpoints again",
          "duplicates in the topics, and after the last FINAL",
          NOTHING_TO_RECOVER_FROM,
          evaluation);
    }
  }

  @Test
  void checkpointsComeFirstAndTheAudioOutOfOrder() {
    Workload workload = cluster.workload();
    try (Evaluation evaluation = cluster.empty("shuffled", 2, HASHMAP, 1)) {
      evaluation.sendCheckpoints(workload.checkpoints());
      evaluation.job().awaitCheckpoints(1);
      List<Message> audio = new ArrayList<>(workload.chunks());
      audio.add(workload.manifest());
      Collections.shuffle(audio, new Random(20_261_122));
      evaluation.sendAudio(audio);
      conclude(
          "checkpoints before audio, chunks out of order",
          "chunks and manifest shuffled",
          NOTHING_TO_RECOVER_FROM,
          evaluation);
    }
  }

  private void conclude(String scenario, String fault, double seconds, Evaluation evaluation) {
    FinalEvents.Difference difference = evaluation.finish().comparedWith(cluster.undisturbed());
    table.add(scenario, fault, seconds, difference);
  }
}
