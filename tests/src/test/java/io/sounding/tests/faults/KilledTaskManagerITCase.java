package io.sounding.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KilledTaskManagerITCase {

  @TempDir private Path work;

  @Test
  void changesNoFinalEvent() {
    Workload workload = Workload.ofDemo();
    int expected = workload.checkpoints().size() * Workload.LAYERS;
    long t0 = System.nanoTime();
    try (Broker broker = Broker.start(work.resolve("kafka"));
        FlinkCluster cluster = new FlinkCluster(work.resolve("flink"), 2)) {
      System.out.println("broker up " + (System.nanoTime() - t0) / 1_000_000);
      cluster.startTaskManager();
      cluster.startTaskManager();
      FinalEvents reference;
      try (Evaluation undisturbed =
          Evaluation.start(
              broker,
              cluster,
              new JobProcess.Settings("undisturbed", broker.bootstrapServers(), 2, "hashmap", 1))) {
        undisturbed.sendAudio(workload.chunks());
        undisturbed.sendAudio(List.of(workload.manifest()));
        undisturbed.sendCheckpoints(workload.checkpoints());
        undisturbed.job().awaitState("RUNNING");
        System.out.println("running " + (System.nanoTime() - t0) / 1_000_000);
        reference = undisturbed.finish(expected);
        System.out.println("reference " + (System.nanoTime() - t0) / 1_000_000);
      }
      System.out.println("closed " + (System.nanoTime() - t0) / 1_000_000);
      try (Evaluation evaluation =
          Evaluation.start(
              broker,
              cluster,
              new JobProcess.Settings("killed", broker.bootstrapServers(), 2, "hashmap", 1))) {
        evaluation.sendAudio(workload.chunks());
        evaluation.sendAudio(List.of(workload.manifest()));
        evaluation.sendCheckpoints(workload.checkpoints());
        evaluation.job().awaitState("RUNNING");
        System.out.println("running " + (System.nanoTime() - t0) / 1_000_000);
        evaluation.awaitMidway(4);
        cluster.killAndReplace(cluster.taskManagers().get(0));
        int before = evaluation.metrics().finals().size();
        System.out.println("killed " + before + " " + (System.nanoTime() - t0) / 1_000_000);
        assertThat(before).isLessThan(expected);
        FinalEvents finals = evaluation.finish(expected);
        System.out.println("finished " + (System.nanoTime() - t0) / 1_000_000);
        assertThat(evaluation.job().restores()).isPositive();
        System.out.println(finals.comparedWith(reference));
      }
    }
  }
}
