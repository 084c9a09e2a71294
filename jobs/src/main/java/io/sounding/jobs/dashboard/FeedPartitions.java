package io.sounding.jobs.dashboard;

import io.sounding.jobs.kafka.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/**
 * The partitions that a feed reads and where it is in them: topics and partitions may be new, and
 * only that of metrics must be there. Not thread-safe.
 */
final class FeedPartitions {

  /** How long Kafka may take to answer before it counts as out of reach. */
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(3);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Topics topics;
  private final Map<TopicPartition, Long> readBefore;
  private Map<TopicPartition, Long> ends = Map.of();
  private boolean metrics;

  /**
   * None yet.
   *
   * @param readBefore where to go on in those that another consumer read
   */
  FeedPartitions(
      KafkaConsumer<byte[], byte[]> consumer, Topics topics, Map<TopicPartition, Long> readBefore) {
    this.consumer = consumer;
    this.topics = topics;
    this.readBefore = Map.copyOf(readBefore);
  }

  /**
   * Asks Kafka for partitions and for their ends.
   *
   * @throws org.apache.kafka.common.errors.TimeoutException if it does not answer
   */
  void refresh() {
    List<TopicPartition> all = new ArrayList<>(consumer.assignment());
    List<TopicPartition> added = new ArrayList<>();
    for (String topic : topics.compacted()) {
      List<PartitionInfo> partitions = consumer.partitionsFor(topic, ANSWER_LIMIT);
      for (PartitionInfo info : partitions == null ? List.<PartitionInfo>of() : partitions) {
        TopicPartition partition = new TopicPartition(topic, info.partition());
        metrics |= topic.equals(topics.metrics());
        if (!consumer.assignment().contains(partition)) {
          added.add(partition);
        }
      }
    }
    if (!added.isEmpty()) {
      all.addAll(added);
      consumer.assign(all);
      added.forEach(this::seek);
    }
    ends = consumer.endOffsets(all, ANSWER_LIMIT);
  }

  private void seek(TopicPartition partition) {
    if (readBefore.containsKey(partition)) {
      consumer.seek(partition, readBefore.get(partition));
    } else {
      consumer.seekToBeginning(List.of(partition));
      consumer.position(partition, ANSWER_LIMIT); // now, so that it is known where that is
    }
  }

  /** Whether there is what the dashboard cannot do without. */
  boolean haveMetrics() {
    return metrics;
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
