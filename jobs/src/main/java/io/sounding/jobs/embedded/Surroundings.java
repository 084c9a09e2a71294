package io.sounding.jobs.embedded;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.flink.configuration.Configuration;

/**
 * What the job runs between and in.
 *
 * @param broker a Kafka broker
 * @param cluster a Flink cluster
 */
record Surroundings(EmbeddedBroker broker, EmbeddedCluster cluster) implements AutoCloseable {

  /**
   * Starts both, side by side.
   *
   * @param work where everything is written
   * @param port Kafka's; 0: one that the system chooses
   * @param network of the cluster's task manager
   * @param slots of the cluster
   * @throws EmbeddedException with a sentence, if one of them does not start; then neither runs
   */
  static Surroundings start(Path work, int port, Configuration network, int slots) {
    CompletableFuture<EmbeddedBroker> startingBroker =
        CompletableFuture.supplyAsync(() -> EmbeddedBroker.start(work.resolve("kafka"), port));
    EmbeddedCluster cluster;
    try {
      cluster = EmbeddedCluster.start(work.resolve("flink"), slots, network);
    } catch (RuntimeException failure) {
      startingBroker.thenAccept(EmbeddedBroker::close);
      throw failure;
    }
    try {
      return new Surroundings(startingBroker.join(), cluster);
    } catch (CompletionException failure) {
      cluster.close();
      throw failure.getCause() instanceof RuntimeException cause ? cause : failure;
    }
  }

  /** Ends both; nothing is left running. */
  @Override
  public void close() {
    try {
      cluster.close();
    } finally {
      broker.close();
    }
  }
}
