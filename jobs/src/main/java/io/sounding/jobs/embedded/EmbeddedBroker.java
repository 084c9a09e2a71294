package io.sounding.jobs.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * A real Kafka broker in this process: one node in KRaft combined mode, listening on 127.0.0.1,
 * with its log in the directory it is given. A broker started again on the same directory serves
 * the same records, at another port unless one was asked for.
 */
public final class EmbeddedBroker implements AutoCloseable {

  private static final Duration TOPIC_LIMIT = Duration.ofSeconds(60);

  private final DirectoryLock lock;
  private final BrokerNode node;
  private final LoopbackSockets sockets;
  private final String bootstrapServers;
  private final Map<String, String> clientSettings;
  private boolean closed;

  private EmbeddedBroker(
      DirectoryLock lock,
      BrokerNode node,
      LoopbackSockets sockets,
      Map<String, String> clientSettings) {
    this.lock = lock;
    this.node = node;
    this.sockets = sockets;
    this.clientSettings = clientSettings;
    this.bootstrapServers = "127.0.0.1:" + sockets.port(BrokerSettings.BROKER_LISTENER);
  }

  /**
   * Starts a broker and returns when it serves requests.
   *
   * @param directory where the log lies or will lie; created if missing
   * @throws EmbeddedException with a sentence, if the directory cannot be used or Kafka fails
   */
  public static EmbeddedBroker start(Path directory) {
    return start(directory, 0);
  }

  /**
   * Starts a broker at a port of the caller's choice.
   *
   * @param port 1 to 65535; 0: one that the system chooses
   */
  public static EmbeddedBroker start(Path directory, int port) {
    return start(directory, port, Map.of(), Map.of());
  }

  /**
   * Starts a broker with settings of its own, such as TLS and SASL on the listener {@value
   * BrokerSettings#BROKER_LISTENER}.
   *
   * @param port 1 to 65535; 0: one that the system chooses
   * @param brokerSettings settings by Kafka's names that win over the ones chosen here
   * @param clientSettings what clients need to connect, for {@link #createTopics}
   */
  public static EmbeddedBroker start(
      Path directory,
      int port,
      Map<String, String> brokerSettings,
      Map<String, String> clientSettings) {
    Path log = WorkDirectory.prepare(directory, "the Kafka log");
    DirectoryLock lock = DirectoryLock.take(log, "Kafka broker");
    KafkaExit.guard(log);
    try {
      return start(log, port, lock, brokerSettings, clientSettings);
    } catch (RuntimeException failure) {
      lock.close();
      throw failure;
    }
  }

  private static EmbeddedBroker start(
      Path log,
      int port,
      DirectoryLock lock,
      Map<String, String> brokerSettings,
      Map<String, String> clientSettings) {
    try {
      BrokerNode.format(log);
    } catch (Exception failure) {
      throw new EmbeddedException(
          "The directory %s could not be formatted as a Kafka log (%s). Name an empty directory, or one that an embedded broker wrote."
              .formatted(log, EmbeddedException.reason(failure)),
          failure);
    }
    LoopbackSockets sockets = bindSockets(port);
    Properties settings =
        BrokerSettings.of(
            log,
            sockets.port(BrokerSettings.BROKER_LISTENER),
            sockets.port(BrokerSettings.CONTROLLER_LISTENER));
    settings.putAll(brokerSettings);
    BrokerNode node = null;
    try {
      node = BrokerNode.create(settings, sockets);
      node.start();
      return new EmbeddedBroker(lock, node, sockets, Map.copyOf(clientSettings));
    } catch (Exception failure) {
      stopAfter(failure, node, sockets);
      throw new EmbeddedException(
          "The embedded Kafka broker did not start in %s (%s)."
              .formatted(log, EmbeddedException.reason(failure)),
          failure);
    }
  }

  private static LoopbackSockets bindSockets(int port) {
    try {
      return LoopbackSockets.bind(
          Map.of(BrokerSettings.BROKER_LISTENER, port, BrokerSettings.CONTROLLER_LISTENER, 0));
    } catch (IOException failure) {
      throw new EmbeddedException(
          "%s on 127.0.0.1 could not be opened for the embedded Kafka broker (%s)."
              .formatted(port == 0 ? "No port" : "Port " + port, EmbeddedException.reason(failure)),
          failure);
    }
  }

  private static void stopAfter(Exception failure, BrokerNode node, LoopbackSockets sockets) {
    try (sockets) {
      if (node != null) {
        node.stop();
      }
    } catch (RuntimeException second) {
      failure.addSuppressed(second);
    }
  }

  /** Where clients connect, as {@code host:port}. */
  public String bootstrapServers() {
    return bootstrapServers;
  }

  /** Creates the topics that do not exist yet, and returns when every one of them can be used. */
  public void createTopics(KafkaTopic... topics) {
    createTopics(List.of(topics));
  }

  /** Creates the topics that do not exist yet, and returns when every one of them can be used. */
  public void createTopics(Collection<KafkaTopic> topics) {
    List<NewTopic> requested = topics.stream().map(KafkaTopic::toNewTopic).toList();
    List<String> names = topics.stream().map(KafkaTopic::name).toList();
    Map<String, Object> settings = new HashMap<>(clientSettings);
    settings.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    try (Admin admin = Admin.create(settings)) {
      for (KafkaFuture<Void> created : admin.createTopics(requested).values().values()) {
        awaitCreated(created);
      }
      awaitLeaders(admin, names);
    } catch (ExecutionException | TimeoutException failure) {
      throw new EmbeddedException(
          "The topics %s could not be created on the embedded Kafka broker (%s)."
              .formatted(names, EmbeddedException.reason(failure)),
          failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new EmbeddedException(
          "Creating the topics " + names + " was interrupted.", interrupted);
    }
  }

  private static void awaitCreated(KafkaFuture<Void> created)
      throws ExecutionException, InterruptedException, TimeoutException {
    try {
      created.get(TOPIC_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException failure) {
      if (!(failure.getCause() instanceof TopicExistsException)) {
        throw failure;
      }
    }
  }

  /** The controller knows a new topic before the broker does; a source that asks early fails. */
  private static void awaitLeaders(Admin admin, List<String> names)
      throws ExecutionException, InterruptedException, TimeoutException {
    long deadline = System.nanoTime() + TOPIC_LIMIT.toNanos();
    while (!allHaveLeaders(admin, names)) {
      if (System.nanoTime() > deadline) {
        throw new TimeoutException("no leader within " + TOPIC_LIMIT.toSeconds() + " s");
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
  }

  private static boolean allHaveLeaders(Admin admin, List<String> names)
      throws ExecutionException, InterruptedException, TimeoutException {
    try {
      return admin
          .describeTopics(names)
          .allTopicNames()
          .get(TOPIC_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
          .values()
          .stream()
          .map(TopicDescription::partitions)
          .flatMap(List::stream)
          .allMatch(partition -> partition.leader() != null && !partition.leader().isEmpty());
    } catch (ExecutionException failure) {
      if (failure.getCause() instanceof UnknownTopicOrPartitionException) {
        return false;
      }
      throw failure;
    }
  }

  /**
   * Stops the broker and returns when its threads and ports are gone; closing twice is harmless.
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try (lock;
        sockets) {
      node.stop();
    }
  }
}
