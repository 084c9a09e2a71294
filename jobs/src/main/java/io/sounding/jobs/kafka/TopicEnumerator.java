package io.sounding.jobs.kafka;

import io.sounding.operators.UnusableStateException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks, when it starts and once a minute, whether the topic is still the one that the job began to
 * read. One that was made anew has the job fail for good: it would go on at the offsets of the old
 * one, and take what is published again for repetitions.
 */
final class TopicEnumerator implements SplitEnumerator<KafkaPartitionSplit, SourceState> {

  private static final Logger LOG = LoggerFactory.getLogger(TopicEnumerator.class);
  private static final Duration BETWEEN = Duration.ofMinutes(1);

  private final SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> kafka;
  private final SplitEnumeratorContext<KafkaPartitionSplit> context;
  private final String topic;
  private final TopicIds ids;
  private String known;

  /**
   * Beside Kafka's own.
   *
   * @param known the id of the topic that was read; empty: not known
   */
  TopicEnumerator(
      SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> kafka,
      SplitEnumeratorContext<KafkaPartitionSplit> context,
      TopicSource source,
      String known) {
    this.kafka = kafka;
    this.context = context;
    this.topic = source.topic();
    this.ids = source.ids().get();
    this.known = known;
  }

  @Override
  public void start() {
    kafka.start();
    context.callAsync(() -> ids.of(topic), this::compare, 0, BETWEEN.toMillis());
  }

  private void compare(String there, Throwable failure) {
    if (failure != null) { // Kafka's own enumerator fails the job where that matters
      LOG.debug("The id of topic {} is not known.", topic, failure);
    } else if (known.isEmpty()) {
      known = there;
    } else if (!there.isEmpty() && !there.equals(known)) {
      throw new UnusableStateException(
          "Topic %s was deleted and made anew, or is that of another Kafka, since the job began to read it: what the job's state says of it holds no longer. Start the job without the savepoint, and publish again."
              .formatted(topic));
    }
  }

  @Override
  public void handleSplitRequest(int subtask, String requesterHostname) {
    kafka.handleSplitRequest(subtask, requesterHostname);
  }

  @Override
  public void addSplitsBack(List<KafkaPartitionSplit> splits, int subtask) {
    kafka.addSplitsBack(splits, subtask);
  }

  @Override
  public void addReader(int subtask) {
    kafka.addReader(subtask);
  }

  @Override
  public void handleSourceEvent(int subtask, SourceEvent event) {
    kafka.handleSourceEvent(subtask, event);
  }

  @Override
  public SourceState snapshotState(long checkpoint) throws Exception {
    return new SourceState(kafka.snapshotState(checkpoint), known);
  }

  @Override
  public void notifyCheckpointComplete(long checkpoint) throws Exception {
    kafka.notifyCheckpointComplete(checkpoint);
  }

  @Override
  public void notifyCheckpointAborted(long checkpoint) throws Exception {
    kafka.notifyCheckpointAborted(checkpoint);
  }

  @Override
  public void close() throws IOException {
    ids.close();
    kafka.close();
  }
}
