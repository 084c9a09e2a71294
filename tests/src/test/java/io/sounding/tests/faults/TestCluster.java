package io.sounding.tests.faults;

import io.sounding.tests.faults.JobProcess.Settings;
import java.nio.file.Path;
import java.util.List;

/** A broker and a Flink cluster of real processes, what is evaluated on them, and what is due. */
final class TestCluster implements AutoCloseable {

  private final Workload workload;
  private final FlinkCluster flink;
  private Broker broker;
  private FinalEvents undisturbed;

  private TestCluster(Workload workload, FlinkCluster flink) {
    this.workload = workload;
    this.flink = flink;
  }

  /** Starts a broker and two task managers of two slots each; all files go into {@code work}. */
  static TestCluster start(Path work, Workload workload) {
    TestCluster cluster = new TestCluster(workload, new FlinkCluster(work.resolve("flink"), 2));
    try {
      cluster.flink.startTaskManager();
      cluster.flink.startTaskManager();
      cluster.broker = Broker.start(work.resolve("kafka"));
    } catch (RuntimeException | Error e) {
      cluster.close();
      throw e;
    }
    return cluster;
  }

  Broker broker() {
    return broker;
  }

  FlinkCluster flink() {
    return flink;
  }

  Workload workload() {
    return workload;
  }

  /** FINAL events that are due. */
  int due() {
    return workload.checkpoints().size() * Workload.LAYERS;
  }

  /** A job on topics of its own, to which nothing was sent yet. */
  Evaluation empty(String name, int parallelism, String stateBackend, int checkpointSeconds) {
    return Evaluation.start(
        broker,
        flink,
        new Settings(name, broker.bootstrapServers(), parallelism, stateBackend, checkpointSeconds),
        due());
  }

  /** A job to which audio, manifest and checkpoints were sent, in this order. */
  Evaluation evaluation(String name, int parallelism, String stateBackend, int checkpointSeconds) {
    Evaluation evaluation = empty(name, parallelism, stateBackend, checkpointSeconds);
    evaluation.sendAudio(workload.chunks());
    evaluation.sendAudio(List.of(workload.manifest()));
    evaluation.sendCheckpoints(workload.checkpoints());
    return evaluation;
  }

  /** The FINAL events of a run that is left alone, made at the first call. */
  FinalEvents undisturbed() {
    if (undisturbed == null) {
      try (Evaluation evaluation = evaluation("undisturbed", 2, "hashmap", 1)) {
        undisturbed = evaluation.finish();
      }
    }
    return undisturbed;
  }

  @Override
  public void close() {
    flink.close();
    if (broker != null) {
      broker.close();
    }
  }
}
