package io.sounding.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sounding.tests.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Barriers are answered between two slices, however much there is to embed, and so is cancelling.
 * Run with {@code mvn verify -Pfaults}; prints what it measured.
 */
@Tag("faults")
class BarriersITCase {

  /** Default of {@code EvaluationSettings.slice}, ms. */
  private static final long SLICE = 500;

  private static final int CHECKPOINTS = 8;

  @TempDir private Path work;

  @Test
  void flinkCheckpointsAreNotStarvedByABacklogOfAnHourOfAudioAndTwentyCheckpoints() {
    Workload workload = Workload.ofAnHour();
    try (TestCluster cluster = TestCluster.start(work, workload);
        Evaluation evaluation = cluster.empty("backlog", 2, "rocksdb", 5)) {
      evaluation.sendCheckpoints(workload.checkpoints());
      evaluation.sendAudio(workload.chunks());
      evaluation.sendAudio(List.of(workload.manifest()));
      JobProcess job = evaluation.job();
      Await.until(
          "all of the audio is there and the first shard is embedded",
          () -> !evaluation.metrics().openPartials().isEmpty(),
          job::state);
      String embed = job.vertex("embed");
      double queued = job.metric(embed, "queuedShards");
      long first = job.latestCheckpoint() + 1;

      Await.until(
          CHECKPOINTS + " Flink checkpoints are complete",
          () -> job.latestCheckpoint() >= first + CHECKPOINTS - 1,
          job::checkpointStatistics);

      double stillQueued = job.metric(embed, "queuedShards");
      System.out.printf(
          "%nBacklog: %.0f shards queued at first, %.0f in the end, of 160; checkpoints every 5 s, a slice is %d ms%n",
          queued, stillQueued, SLICE);
      List<Long> delays = new ArrayList<>();
      for (long checkpoint = first; checkpoint < first + CHECKPOINTS; checkpoint++) {
        delays.add(delay(checkpoint, job.checkpointOf(checkpoint, embed)));
      }
      job.cancel();
      long cancelling = job.since("CANCELED") - job.since("CANCELLING");
      System.out.printf("cancelled within %d ms%n", cancelling);
      assertThat(stillQueued).as("shards still queued").isPositive();
      assertThat(delays).allSatisfy(delay -> assertThat(delay).isLessThan(2 * SLICE));
      assertThat(Duration.ofMillis(cancelling)).isLessThan(Duration.ofMillis(4 * SLICE));
    }
  }

  /** Alignment and start delay of the slowest subtask, ms. */
  private static long delay(long checkpoint, JsonNode details) {
    assertThat(details.path("status").asText()).isEqualTo("COMPLETED");
    long slowest = 0;
    long sync = 0;
    for (JsonNode subtask : details.path("subtasks")) {
      long delay =
          subtask.path("start_delay").asLong()
              + subtask.path("alignment").path("duration").asLong();
      slowest = Math.max(slowest, delay);
      sync = Math.max(sync, subtask.path("checkpoint").path("sync").asLong());
    }
    System.out.printf(
        "checkpoint %d: start delay and alignment %d ms, snapshot %d ms, from end to end %d ms%n",
        checkpoint, slowest, sync, details.path("end_to_end_duration").asLong());
    return slowest;
  }
}
