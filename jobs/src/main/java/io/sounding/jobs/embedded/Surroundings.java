package io.sounding.jobs.embedded;

import java.nio.file.Path;
import java.util.Collection;
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
   * @param topics made where they are missing, as soon as Kafka answers: others may wait for it
   * @param network of the cluster's task manager
   * @param slots of the cluster
   * @throws EmbeddedException with a sentence, if one of them does not start; then neither runs
   */
  static Surroundings start(
      Path work, int port, Collection<KafkaTopic> topics, Configuration network, int slots) {
    CompletableFuture<EmbeddedBroker> startingBroker =
        CompletableFuture.supplyAsync(() -> broker(work.resolve("kafka"), port, topics));
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

  private static EmbeddedBroker broker(Path folder, int port, Collection<KafkaTopic> topics) {
    EmbeddedBroker broker = EmbeddedBroker.start(folder, port);
    try {
      broker.createTopics(topics);
      return broker;
    } catch (RuntimeException failure) {
      broker.close();
      throw failure;
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
