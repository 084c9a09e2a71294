package io.sounding.tests.faults;

import io.sounding.tests.Await;
import io.sounding.tests.JavaProcess;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import kafka.Kafka;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * A Kafka broker as a process of its own, one node that is its own controller. Killed and started
 * again it serves the same log at the same port.
 */
public final class Broker implements AutoCloseable {

  private static final List<String> JVM_OPTIONS =
      List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  private final Path folder;
  private final int port;
  private JavaProcess process;

  private Broker(Path folder, int port) {
    this.folder = folder;
    this.port = port;
  }

  /** Starts one and returns when it answers. */
  public static Broker start(Path folder) {
    List<Integer> ports = FreePorts.find(2);
    Broker broker = new Broker(folder, ports.get(0));
    try {
      Files.createDirectories(folder);
      broker.format(ports.get(1));
    } catch (Exception e) {
      throw new AssertionError("The broker's log could not be formatted in " + folder + ".", e);
    }
    broker.start();
    return broker;
  }

  private void format(int controllerPort) throws Exception {
    Path log = folder.resolve("log");
    Files.write(
        folder.resolve("server.properties"),
        List.of(
            "process.roles=broker,controller",
            "node.id=1",
            "listeners=BROKER://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d"
                .formatted(port, controllerPort),
            "listener.security.protocol.map=BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "inter.broker.listener.name=BROKER",
            "controller.listener.names=CONTROLLER",
            "controller.quorum.voters=1@127.0.0.1:" + controllerPort,
            "log.dirs=" + log,
            "offsets.topic.num.partitions=1",
            "offsets.topic.replication.factor=1",
            "transaction.state.log.num.partitions=1",
            "transaction.state.log.replication.factor=1",
            "transaction.state.log.min.isr=1",
            "auto.create.topics.enable=false",
            "group.initial.rebalance.delay.ms=0",
            "broker.heartbeat.interval.ms=200",
            "log.cleaner.dedupe.buffer.size=" + 8 * 1024 * 1024));
    try (PrintStream silent =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
      new Formatter()
          .setPrintStream(silent)
          .setNodeId(1)
          .setClusterId(Uuid.randomUuid().toString())
          .setDirectories(List.of(log.toString()))
          .setMetadataLogDirectory(log.toString())
          .setControllerListenerName("CONTROLLER")
          .run();
    }
  }

  /** Starts it, again if it was killed, and returns when it answers. */
  void start() {
    process =
        JavaProcess.start(
            "broker",
            folder,
            JVM_OPTIONS,
            Kafka.class,
            List.of(folder.resolve("server.properties").toString()));
    Await.until("the broker answers", this::answers, process::printed);
  }

  private boolean answers() throws InterruptedException {
    if (!process.isAlive()) {
      throw new AssertionError("The broker ended: " + process.printed());
    }
    try (Admin admin = admin()) {
      return !admin.describeCluster().nodes().get().isEmpty();
    } catch (ExecutionException notYet) {
      return false;
    }
  }

  JavaProcess process() {
    return process;
  }

  public String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  /** Creates topics of so many partitions each, of which no record is ever deleted. */
  public void createTopics(Map<String, Integer> partitions) {
    try (Admin admin = admin()) {
      admin
          .createTopics(
              partitions.entrySet().stream()
                  .map(topic -> new NewTopic(topic.getKey(), topic.getValue(), (short) 1))
                  .toList())
          .all()
          .get();
    } catch (ExecutionException | InterruptedException e) {
      throw new AssertionError("The topics " + partitions + " could not be created.", e);
    }
  }

  private Admin admin() {
    return Admin.create(
        Map.of(
            "bootstrap.servers",
            bootstrapServers(),
            "default.api.timeout.ms",
            "5000",
            "request.timeout.ms",
            "5000"));
  }

  @Override
  public void close() {
    process.close();
  }
}
