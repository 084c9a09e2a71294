package io.sounding.jobs.embedded;

import io.sounding.jobs.kafka.TopicDesign;
import io.sounding.jobs.kafka.Topics;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;

/**
 * A topic to create on the embedded broker, with one replica.
 *
 * @param name the topic's name
 * @param partitions the number of its partitions, at least 1
 * @param configuration topic settings by Kafka's names, such as {@code cleanup.policy}
 */
public record KafkaTopic(String name, int partitions, Map<String, String> configuration) {

  public KafkaTopic {
    if (name == null || name.isBlank()) {
      throw new IllegalArgumentException("A topic needs a name.");
    }
    if (partitions < 1) {
      throw new IllegalArgumentException(
          "Topic " + name + " needs at least 1 partition, not " + partitions + ".");
    }
    configuration = Map.copyOf(configuration);
  }

  /**
   * All of the job's topics.
   *
   * @param audioPartitions partitions of the topic of audio; the others have one
   */
  public static List<KafkaTopic> of(Topics topics, int audioPartitions) {
    return TopicDesign.of(topics, Optional.of(audioPartitions), 1).stream()
        .map(
            design ->
                new KafkaTopic(
                    design.name(), design.partitions().orElseThrow(), design.configuration()))
        .toList();
  }

  /** A topic that keeps every record. */
  public static KafkaTopic keeping(String name, int partitions) {
    return new KafkaTopic(name, partitions, Map.of());
  }

  /** A topic that keeps the latest record of every key. */
  public static KafkaTopic compacted(String name, int partitions) {
    return new KafkaTopic(
        name,
        partitions,
        Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT));
  }

  NewTopic toNewTopic() {
    return new NewTopic(name, partitions, (short) 1).configs(configuration);
  }
}
