package io.sounding.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sounding.tests.Await;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
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

  /** What Flink may need beside, on a busy machine, ms. */
  private static final long SCHEDULING = 2_000;

  private static final int CHECKPOINTS = 8;

  @TempDir private Path work;

  @Test
  void flinkCheckpointsAreNotStarvedByABacklogOfAnHourOfAudioAndTwentyCheckpoints() {
    Workload workload = Workload.ofAnHour();
    // four subtasks: each aligns the barriers of twelve channels
    try (TestCluster cluster = TestCluster.start(work, workload);
        Evaluation evaluation = cluster.empty("backlog", 4, "rocksdb", 5)) {
      evaluation.sendCheckpoints(workload.checkpoints());
      evaluation.sendAudio(workload.chunks());
      evaluation.sendAudio(List.of(workload.manifest()));
      JobProcess job = evaluation.job();
      Await.until(
          "all of the audio is there and the first shard is embedded",
          () -> !evaluation.metrics().openPartials().isEmpty(),
          job::state);
      String embed = job.vertex("embed");
      Await.until(
          "the backlog is reported",
          () -> !Double.isNaN(job.metric(embed, "queuedShards")),
          job::state);
      double queued = job.metric(embed, "queuedShards");
      long first = job.latestCheckpoint() + 1;
      int failedBefore = job.failedCheckpoints(); // some are tried while tasks still start

      Await.until(
          CHECKPOINTS + " Flink checkpoints are complete",
          () -> job.latestCheckpoint() >= first + CHECKPOINTS - 1,
          job::checkpointStatistics);

      double stillQueued = job.metric(embed, "queuedShards");
      System.out.printf(
          "%nBarriers with a backlog of %.0f shards of eight minutes each, %.0f in the end:%n",
          queued, stillQueued);
      List<Long> delays = new ArrayList<>();
      for (long checkpoint = first; checkpoint < first + CHECKPOINTS; checkpoint++) {
        delays.add(delay(checkpoint, job.checkpointOf(checkpoint, embed)));
      }
      Collections.sort(delays);
      long median = delays.get(CHECKPOINTS / 2);
      // one that is under way when the job is cancelled fails with it
      int failed = job.failedCheckpoints();
      job.cancel();
      long cancelling = job.since("CANCELED") - job.since("CANCELLING");
      System.out.printf(
          "start delay and alignment of %d checkpoints: median %d ms, largest %d ms; cancelled within %d ms; two slices are %d ms%n",
          CHECKPOINTS, median, delays.get(CHECKPOINTS - 1), cancelling, 2 * SLICE);
      assertThat(stillQueued).as("shards still queued").isPositive();
      assertThat(failed).isEqualTo(failedBefore);
      // the median, since a machine may be busy with something else for a while; barriers that
      // waited for the backlog would take minutes
      assertThat(median).isLessThan(2 * SLICE + SCHEDULING);
      assertThat(cancelling).isLessThan(2 * SLICE + SCHEDULING);
    }
  }

  /** Start delay and alignment of the slowest subtask, ms. */
  private static long delay(long checkpoint, JsonNode details) {
    assertThat(details.path("status").asText()).isEqualTo("COMPLETED");
    long slowest = 0;
    for (JsonNode subtask : details.path("subtasks")) {
      long startDelay = subtask.path("start_delay").asLong();
      long alignment = subtask.path("alignment").path("duration").asLong();
      System.out.printf(
          "checkpoint %2d, subtask %d: start delay %4d ms, alignment %4d ms, snapshot %d ms, end to end %d ms%n",
          checkpoint,
          subtask.path("index").asInt(),
          startDelay,
          alignment,
          subtask.path("checkpoint").path("sync").asLong(),
          subtask.path("end_to_end_duration").asLong());
      slowest = Math.max(slowest, startDelay + alignment);
    }
    return slowest;
  }
}
