package io.sounding.jobs.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.Server;
import kafka.server.SharedServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.bootstrap.BootstrapMetadata;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.raft.QuorumConfig;
import org.apache.kafka.server.ServerSocketFactory;
import org.apache.kafka.server.fault.FaultHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Tuple2;

/**
 * One Kafka node in combined mode: the parts that {@link KafkaRaftServer} puts together, with two
 * things that it does not let one choose. The listening sockets are given (so that ports are free
 * for certain), and a fatal fault is logged and thrown (it ends the process there).
 */
final class BrokerNode {

  private static final Logger LOG = LoggerFactory.getLogger(BrokerNode.class);
  private static final Duration SHUTDOWN_LIMIT = Duration.ofSeconds(30);

  private final ControllerServer controller;
  private final BrokerServer broker;

  private BrokerNode(ControllerServer controller, BrokerServer broker) {
    this.controller = controller;
    this.broker = broker;
  }

  /** Writes the node's identity and first metadata into the directory, unless it has them. */
  static void format(Path directory) throws Exception {
    if (Files.exists(directory.resolve("meta.properties"))) {
      return;
    }
    try (PrintStream silent =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
      new Formatter()
          .setPrintStream(silent)
          .setNodeId(BrokerSettings.NODE_ID)
          .setClusterId(Uuid.randomUuid().toString())
          .setDirectories(List.of(directory.toString()))
          .setMetadataLogDirectory(directory.toString())
          .setControllerListenerName(BrokerSettings.CONTROLLER_LISTENER)
          .run();
    }
  }

  /** Puts the parts of the node together; nothing runs yet. */
  static BrokerNode create(Properties settings, ServerSocketFactory sockets) throws IOException {
    KafkaConfig config = KafkaConfig.fromProps(settings);
    Tuple2<MetaPropertiesEnsemble, BootstrapMetadata> stored =
        KafkaRaftServer.initializeLogDirs(config, LOG, "");
    SharedServer shared =
        new SharedServer(
            config,
            stored._1(),
            Time.SYSTEM,
            Server.initializeMetrics(config, Time.SYSTEM, stored._1().clusterId().orElseThrow()),
            CompletableFuture.completedFuture(
                QuorumConfig.parseVoterConnections(config.quorumConfig().voters())),
            List.of(),
            BrokerNode::faultHandler,
            sockets);
    return new BrokerNode(
        new ControllerServer(shared, KafkaRaftServer.configSchema(), stored._2()),
        new BrokerServer(shared));
  }

  private static FaultHandler faultHandler(String part, boolean fatal, Runnable action) {
    return (sentence, cause) -> {
      LOG.error("The embedded Kafka broker met a fault in {}: {}", part, sentence, cause);
      action.run();
      return new EmbeddedException(sentence, cause);
    };
  }

  /** Returns when the broker serves requests. */
  void start() {
    controller.startup();
    broker.startup();
  }

  /** Stops the broker, then its controller; harmless on a node that never started. */
  void stop() {
    try {
      broker.shutdown(SHUTDOWN_LIMIT);
      broker.awaitShutdown();
    } finally {
      controller.shutdown();
      controller.awaitShutdown();
    }
  }
}
