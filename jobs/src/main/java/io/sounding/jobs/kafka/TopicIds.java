package io.sounding.jobs.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Tells whether topics are still those that were read: one that was deleted and made anew, or that
 * of another Kafka at the same address, has another id. Not thread-safe.
 */
public final class TopicIds implements AutoCloseable {

  /** How long closing waits for answers that nobody waits for any more. */
  private static final Duration CLOSING_LIMIT = Duration.ofSeconds(1);

  private final KafkaClients kafka;
  private final List<String> topics;
  private final Map<String, Uuid> known = new HashMap<>();
  private Admin admin;

  /** Of these topics, none of which is known yet. */
  public TopicIds(KafkaClients kafka, List<String> topics) {
    this.kafka = kafka;
    this.topics = topics;
  }

  /**
   * Whether one of the topics is not the one that it was at the last call. One that is not there
   * now is known as before.
   *
   * @throws KafkaUnavailableException with a sentence, if Kafka does not answer
   */
  public boolean changed() {
    boolean changed = false;
    try {
      if (admin == null) {
        admin = kafka.admin();
      }
      for (KafkaFuture<TopicDescription> asked :
          admin.describeTopics(topics).topicNameValues().values()) {
        TopicDescription there = answer(asked);
        if (there != null) {
          Uuid before = known.put(there.name(), there.topicId());
          changed |= before != null && !before.equals(there.topicId());
        }
      }
    } catch (KafkaException | ExecutionException | TimeoutException e) {
      throw kafka.away(e);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
    return changed;
  }

  /**
   * The id of a topic; empty if it was never there, or if this Kafka has no ids.
   *
   * @throws KafkaUnavailableException with a sentence, if Kafka does not answer
   */
  String of(String topic) {
    changed();
    Uuid id = known.getOrDefault(topic, Uuid.ZERO_UUID);
    return id.equals(Uuid.ZERO_UUID) ? "" : id.toString();
  }

  /** Null: there is no such topic. */
  private static TopicDescription answer(KafkaFuture<TopicDescription> asked)
      throws ExecutionException, InterruptedException, TimeoutException {
    try {
      return asked.get(KafkaClients.ANSWER_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return null;
      }
      throw e;
    }
  }

  @Override
  public void close() {
    if (admin != null) {
      admin.close(CLOSING_LIMIT);
    }
  }
}
