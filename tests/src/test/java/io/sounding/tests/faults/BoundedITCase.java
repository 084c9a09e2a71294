package io.sounding.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.schemas.MetricStatus;
import io.sounding.tests.Await;
import io.sounding.tests.JavaProcess;
import io.sounding.tests.faults.Workload.Message;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a job holds does not grow with what it has done: neither native memory of models, nor
 * objects, nor state; 1,000 of the checkpoints are weights for a graph. Run with {@code mvn verify
 * -Pfaults}; prints what it measured.
 */
@Tag("faults")
class BoundedITCase {

  private static final int FIRST = 200;
  private static final int MIDDLE = 1_000;
  private static final int LAST = 2_000;
  private static final double MOST_GROWTH = 1.05;
  private static final Duration LIMIT = Duration.ofMinutes(8);

  /**
   * Shorter than a block takes, so that finished evaluations are forgotten meanwhile, and their run
   * after the last of them.
   */
  private static final String RETENTION = "PT10S";

  @TempDir private Path work;

  /**
   * What the task manager holds.
   *
   * @param resident memory, bytes
   * @param objects live objects of this project's classes, but those of remembered checkpoints,
   *     which Flink drops from the heap when it comes to them
   */
  private record Held(long resident, long objects) {}

  @Test
  void twoThousandCheckpointsLeaveNothingBehind() {
    Workload workload = Workload.tiny(LAST);
    List<Message> checkpoints = workload.checkpoints();
    try (FlinkCluster flink = new FlinkCluster(work.resolve("flink"), 2);
        Broker broker = Broker.start(work.resolve("kafka"))) {
      JavaProcess taskManager = flink.startTaskManager();
      try (Evaluation evaluation =
          Evaluation.start(
              broker,
              flink,
              new JobProcess.Settings("bounded", broker.bootstrapServers(), 2, "hashmap", 1),
              LAST,
              "--retention",
              RETENTION,
              "--history",
              RETENTION,
              "--models-from",
              Workload.TINY_MODELS.toString())) {
        evaluation.sendAudio(workload.chunks());
        evaluation.sendAudio(List.of(workload.manifest()));
        evaluation.job().awaitCheckpoints(3);
        long audio = stateBytes(evaluation.job());
        System.out.printf("%nstate before the first evaluation: %d bytes%n", audio);
        Held first = after(FIRST, evaluation, taskManager, checkpoints.subList(0, FIRST), audio);
        after(MIDDLE, evaluation, taskManager, checkpoints.subList(FIRST, MIDDLE), audio);
        Held last = after(LAST, evaluation, taskManager, checkpoints.subList(MIDDLE, LAST), audio);
        assertThat((double) last.resident() / first.resident()).isLessThan(MOST_GROWTH);
        assertThat(last.objects() - first.objects())
            .as("objects kept for %d evaluations", LAST - FIRST)
            .isLessThan((LAST - FIRST) / 2);
        evaluation.finish();
      }
    }
  }

  private static Held after(
      int evaluations,
      Evaluation evaluation,
      JavaProcess taskManager,
      List<Message> checkpoints,
      long audio) {
    evaluation.sendCheckpoints(checkpoints);
    Await.until(
        LIMIT,
        evaluations + " FINAL events have come",
        () -> finals(evaluation) >= evaluations,
        () -> finals(evaluation) + " of them");
    JobProcess job = evaluation.job();
    Await.until(
        "state is back to that of the audio, but for 5 %",
        () -> stateBytes(job) < audio * MOST_GROWTH,
        () -> stateBytes(job) + " bytes, of which audio " + audio);
    long objects =
        taskManager.liveObjects("io.sounding.")
            - taskManager.liveObjects("io.sounding.operators.admit.");
    Held held = new Held(taskManager.residentBytes(), objects);
    System.out.printf(
        "after %d evaluations: resident %.1f MB, %d live objects, state %d bytes%n",
        evaluations, held.resident() / 1e6, held.objects(), stateBytes(job));
    return held;
  }

  private static long finals(Evaluation evaluation) {
    return evaluation.metrics().soFar().stream()
        .filter(event -> event.getStatus() == MetricStatus.FINAL)
        .count();
  }

  private static long stateBytes(JobProcess job) {
    return job.checkpointStatistics()
        .path("latest")
        .path("completed")
        .path("state_size")
        .asLong(Long.MAX_VALUE);
  }
}
