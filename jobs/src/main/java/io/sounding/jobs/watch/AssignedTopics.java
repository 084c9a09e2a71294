package io.sounding.jobs.watch;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * The partitions of some topics, all of them assigned to one consumer, those too that are added
 * while it reads. Not thread-safe.
 */
final class AssignedTopics {

  /** The consumer has partitions in memory, and asks Kafka for new ones in its own time. */
  private static final Duration LOOKED_EVERY = Duration.ofSeconds(2);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<String> topics;
  private long lookedNanos = System.nanoTime();

  /** Assigns what there is; where reading begins is to be said. */
  AssignedTopics(KafkaConsumer<byte[], byte[]> consumer, List<String> topics) {
    this.consumer = consumer;
    this.topics = topics;
    consumer.assign(partitions());
  }

  private Set<TopicPartition> partitions() {
    Set<TopicPartition> partitions = new HashSet<>();
    for (String topic : topics) {
      for (PartitionInfo info : consumer.partitionsFor(topic)) {
        partitions.add(new TopicPartition(topic, info.partition()));
      }
    }
    return partitions;
  }

  /** Assigns what was added, to be read from its start on; to be called between polls. */
  void addNew() {
    if (System.nanoTime() - lookedNanos < LOOKED_EVERY.toNanos()) {
      return;
    }
    lookedNanos = System.nanoTime();
    try {
      Set<TopicPartition> added = partitions();
      added.removeAll(consumer.assignment());
      if (!added.isEmpty()) {
        Set<TopicPartition> all = new HashSet<>(consumer.assignment());
        all.addAll(added);
        consumer.assign(all);
        consumer.seekToBeginning(added);
      }
    } catch (TimeoutException e) {
      // Kafka is away, and so is what was added
    }
  }
}
