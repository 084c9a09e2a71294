package io.sounding.jobs.embedded;

import java.nio.file.Path;
import java.util.Properties;

/**
 * The settings of a single broker that is its own controller, made for one process on a small
 * machine: one partition and one replica for Kafka's own topics, few threads, small buffers, no
 * waiting for group members, nothing deleted by age, and transactions that may stay open as long as
 * Flink's exactly-once sinks ask for.
 */
final class BrokerSettings {

  static final int NODE_ID = 1;
  static final String BROKER_LISTENER = "BROKER";
  static final String CONTROLLER_LISTENER = "CONTROLLER";

  /** Flink's Kafka sink asks for one hour by default; Kafka's own limit is 15 minutes. */
  private static final int TRANSACTION_MAX_TIMEOUT_MS = 60 * 60 * 1000;

  /**
   * How long an unused transactional id is kept in memory. Flink's sinks take new ones with each
   * checkpoint, every few seconds here, and Kafka's default is a week.
   */
  private static final int TRANSACTIONAL_ID_EXPIRATION_MS = 2 * TRANSACTION_MAX_TIMEOUT_MS;

  /** Kafka's default of 128 MB is made for brokers with thousands of compacted partitions. */
  private static final int CLEANER_BUFFER_BYTES = 8 * 1024 * 1024;

  /**
   * How often the broker reports to its controller. The start waits for up to three such reports;
   * Kafka's default is 2000 ms.
   */
  private static final int HEARTBEAT_INTERVAL_MS = 200;

  private BrokerSettings() {}

  static Properties of(Path directory, int brokerPort, int controllerPort) {
    Properties settings = new Properties();
    settings.setProperty("process.roles", "broker,controller");
    settings.setProperty("node.id", Integer.toString(NODE_ID));
    settings.setProperty(
        "listeners",
        BROKER_LISTENER
            + "://127.0.0.1:"
            + brokerPort
            + ","
            + CONTROLLER_LISTENER
            + "://127.0.0.1:"
            + controllerPort);
    settings.setProperty(
        "listener.security.protocol.map",
        BROKER_LISTENER + ":PLAINTEXT," + CONTROLLER_LISTENER + ":PLAINTEXT");
    settings.setProperty("inter.broker.listener.name", BROKER_LISTENER);
    settings.setProperty("controller.listener.names", CONTROLLER_LISTENER);
    settings.setProperty("controller.quorum.voters", NODE_ID + "@127.0.0.1:" + controllerPort);
    settings.setProperty("log.dirs", directory.toString());

    settings.setProperty("offsets.topic.num.partitions", "1");
    settings.setProperty("offsets.topic.replication.factor", "1");
    settings.setProperty("transaction.state.log.num.partitions", "1");
    settings.setProperty("transaction.state.log.replication.factor", "1");
    settings.setProperty("transaction.state.log.min.isr", "1");
    settings.setProperty("share.coordinator.state.topic.num.partitions", "1");
    settings.setProperty("share.coordinator.state.topic.replication.factor", "1");
    settings.setProperty("share.coordinator.state.topic.min.isr", "1");
    settings.setProperty(
        "transaction.max.timeout.ms", Integer.toString(TRANSACTION_MAX_TIMEOUT_MS));
    settings.setProperty(
        "transactional.id.expiration.ms", Integer.toString(TRANSACTIONAL_ID_EXPIRATION_MS));
    settings.setProperty("auto.create.topics.enable", "false");
    settings.setProperty("log.retention.ms", "-1");

    settings.setProperty("group.initial.rebalance.delay.ms", "0");
    settings.setProperty("broker.heartbeat.interval.ms", Integer.toString(HEARTBEAT_INTERVAL_MS));
    settings.setProperty("metric.reporters", "");

    settings.setProperty("num.network.threads", "1");
    settings.setProperty("num.io.threads", "2");
    settings.setProperty("background.threads", "2");
    settings.setProperty("num.recovery.threads.per.data.dir", "1");
    settings.setProperty("group.coordinator.threads", "1");
    settings.setProperty("share.coordinator.threads", "1");
    settings.setProperty("log.cleaner.dedupe.buffer.size", Integer.toString(CLEANER_BUFFER_BYTES));
    return settings;
  }
}
