package io.sounding.jobs.kafka;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Makes topics and looks at those that are there; every failure is a sentence. */
public final class TopicAdmin implements AutoCloseable {

  private final KafkaClients kafka;
  private final Admin admin;

  /**
   * Connects to Kafka.
   *
   * @throws KafkaUnavailableException with a sentence, if the settings cannot be used
   */
  public TopicAdmin(KafkaClients kafka) {
    this.kafka = kafka;
    try {
      this.admin = kafka.admin();
    } catch (KafkaException e) {
      throw kafka.away(e);
    }
  }

  /**
   * Makes a topic that is not there.
   *
   * @param replicas of each partition; empty: the broker's default
   * @param dryRun Kafka says whether it would, and makes nothing
   * @return how many partitions and replicas it has, as far as Kafka tells; empty: it is there
   *     already, and was not changed
   * @throws KafkaRefusedException with a sentence, if Kafka refuses
   * @throws KafkaUnavailableException with a sentence, if it does not answer
   */
  public Optional<String> create(TopicDesign design, Optional<Short> replicas, boolean dryRun) {
    NewTopic topic =
        new NewTopic(design.name(), design.partitions(), replicas).configs(design.configuration());
    CreateTopicsResult result =
        admin.createTopics(List.of(topic), new CreateTopicsOptions().validateOnly(dryRun));
    try {
      answer(result.all());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TopicExistsException) {
        return Optional.empty();
      }
      throw refused("create topic " + design.name(), "CREATE on the topic or the cluster", e);
    }
    try {
      int partitions = answer(result.numPartitions(design.name()));
      int copies = answer(result.replicationFactor(design.name()));
      return Optional.of("partitions: %d, replicas: %d".formatted(partitions, copies));
    } catch (ExecutionException e) {
      return Optional.of("partitions and replicas: not told"); // without DESCRIBE_CONFIGS
    }
  }

  /**
   * How a topic is; empty: it is not there.
   *
   * @throws KafkaRefusedException with a sentence, if Kafka refuses
   * @throws KafkaUnavailableException with a sentence, if it does not answer
   */
  public Optional<TopicState> state(String name) {
    try {
      TopicDescription topic =
          answer(admin.describeTopics(List.of(name)).topicNameValues().get(name));
      int brokers = answer(admin.describeCluster().nodes()).size();
      return Optional.of(
          new TopicState(
              topic.partitions().size(),
              topic.partitions().stream().mapToInt(p -> p.replicas().size()).min().orElse(0),
              brokers,
              configuration(name)));
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return Optional.empty();
      }
      throw refused("see topic " + name, "DESCRIBE on it", e);
    }
  }

  private Map<String, String> configuration(String name) {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, name);
    try {
      Config configuration =
          answer(admin.describeConfigs(List.of(resource)).values().get(resource));
      return configuration.entries().stream()
          .filter(entry -> entry.value() != null)
          .collect(Collectors.toMap(ConfigEntry::name, ConfigEntry::value));
    } catch (ExecutionException e) {
      throw refused("see the settings of topic " + name, "DESCRIBE_CONFIGS on it", e);
    }
  }

  /**
   * What is dangerous about a topic that is there.
   *
   * @throws KafkaRefusedException with a sentence, if Kafka refuses
   * @throws KafkaUnavailableException with a sentence, if it does not answer
   */
  public Optional<List<TopicFinding>> findings(TopicDesign design) {
    return state(design.name()).map(state -> TopicCheck.of(design, state));
  }

  private <T> T answer(KafkaFuture<T> asked) throws ExecutionException {
    try {
      return asked.get(); // the client itself gives up in time
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaUnavailableException("Asking Kafka about its topics was interrupted.", e);
    }
  }

  private RuntimeException refused(String act, String right, ExecutionException e) {
    if (e.getCause() instanceof AuthorizationException) {
      return new KafkaRefusedException(
          "Kafka at %s does not let this client %s: it needs %s."
              .formatted(kafka.bootstrapServers(), act, right),
          e);
    } else if (e.getCause() instanceof InvalidReplicationFactorException
        || e.getCause() instanceof InvalidPartitionsException
        || e.getCause() instanceof InvalidConfigurationException
        || e.getCause() instanceof PolicyViolationException) {
      return new KafkaRefusedException(
          "Kafka at %s refuses to %s: %s"
              .formatted(kafka.bootstrapServers(), act, e.getCause().getMessage()),
          e);
    }
    return kafka.away(e);
  }

  @Override
  public void close() {
    admin.close();
  }
}
