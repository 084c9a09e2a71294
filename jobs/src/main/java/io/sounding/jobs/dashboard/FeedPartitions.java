package io.sounding.jobs.dashboard;

import io.sounding.jobs.kafka.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/**
 * The partitions that a feed reads and where it is in them: topics and partitions may be new or
 * gone, and only that of metrics must be there. Not thread-safe.
 */
final class FeedPartitions {

  /** How long Kafka may take to answer before it counts as out of reach. */
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(3);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Topics topics;
  private final Map<TopicPartition, Long> readBefore;
  private Map<TopicPartition, Long> ends = Map.of();

  /**
   * None yet.
   *
   * @param readBefore where to go on in those that were read before, by another consumer or before
   *     their topic was gone for a while
   */
  FeedPartitions(
      KafkaConsumer<byte[], byte[]> consumer, Topics topics, Map<TopicPartition, Long> readBefore) {
    this.consumer = consumer;
    this.topics = topics;
    this.readBefore = readBefore;
  }

  /**
   * Asks Kafka for partitions and for their ends.
   *
   * @throws org.apache.kafka.common.errors.TimeoutException if it does not answer
   */
  void refresh() {
    List<TopicPartition> all = new ArrayList<>();
    for (String topic : topics.compacted()) {
      List<PartitionInfo> partitions = consumer.partitionsFor(topic, ANSWER_LIMIT);
      for (PartitionInfo info : partitions == null ? List.<PartitionInfo>of() : partitions) {
        all.add(new TopicPartition(topic, info.partition()));
      }
    }
    Set<TopicPartition> before = Set.copyOf(consumer.assignment());
    if (!before.equals(Set.copyOf(all))) {
      consumer.assign(all);
      seek(all.stream().filter(partition -> !before.contains(partition)).toList());
    }
    ends = consumer.endOffsets(all, ANSWER_LIMIT);
  }

  /** All at once, before Kafka is asked: if it does not answer, none is left without a place. */
  private void seek(List<TopicPartition> added) {
    List<TopicPartition> unread = new ArrayList<>();
    for (TopicPartition partition : added) {
      if (readBefore.containsKey(partition)) {
        consumer.seek(partition, readBefore.get(partition));
      } else {
        unread.add(partition);
      }
    }
    if (!unread.isEmpty()) { // of none, Kafka would take all
      consumer.seekToBeginning(unread);
      unread.forEach(partition -> consumer.position(partition, ANSWER_LIMIT));
    }
  }

  /** Whether there is what the dashboard cannot do without. */
  boolean haveMetrics() {
    return ends.keySet().stream().anyMatch(partition -> partition.topic().equals(topics.metrics()));
  }

  /** Records up to the ends that were last asked for, at most. */
  long left() {
    long left = 0;
    for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
      left += Math.max(0, end.getValue() - consumer.position(end.getKey(), ANSWER_LIMIT));
    }
    return left;
  }
}
