package io.sounding.jobs.publish;

import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.KafkaUnavailableException;
import io.sounding.jobs.watch.CommittedRecords;
import io.sounding.schemas.CorpusSealed;
import java.time.Duration;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Looks for the manifests of corpora: to find the one that is meant, or to warn of names that
 * nobody has published.
 */
public final class CorpusLookup {

  /** Long topics are not read to their ends for a mere note. */
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private CorpusLookup() {}

  /**
   * The ids of the corpora that are sealed in Kafka, sorted.
   *
   * @throws KafkaUnavailableException if Kafka does not answer or lacks the topic
   */
  public static SortedSet<String> sealed(KafkaClients kafka) {
    kafka.require(kafka.topics().audio());
    SortedSet<String> ids = new TreeSet<>();
    try (CommittedRecords<CorpusSealed> audio = manifests(kafka)) {
      audio.toEnd(manifest -> ids.add(manifest.getCorpusId()));
    }
    return ids;
  }

  /**
   * A sentence if the corpus is not sealed in Kafka, as far as can be told; empty if it is, or if
   * that is not found out within a few seconds.
   */
  public static Optional<String> note(KafkaClients kafka, String corpusId) {
    try {
      kafka.require(kafka.topics().audio());
      return look(kafka, corpusId);
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException | KafkaUnavailableException e) {
      return Optional.of(
          "Note: whether corpus %s is in Kafka was not found out: %s"
              .formatted(corpusId, e.getMessage()));
    }
  }

  private static Optional<String> look(KafkaClients kafka, String corpusId) {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    boolean[] found = new boolean[1];
    try (CommittedRecords<CorpusSealed> audio = manifests(kafka)) {
      boolean all =
          audio.toEnd(
              manifest -> found[0] |= manifest.getCorpusId().equals(corpusId),
              () -> found[0] || System.nanoTime() > deadline);
      return all && !found[0]
          ? Optional.of(
              "Note: corpus %s is not in Kafka yet; checkpoints wait for it for an hour. Publish it with: sounding publish audio DIR --corpus %s"
                  .formatted(corpusId, corpusId))
          : Optional.empty();
    }
  }

  private static CommittedRecords<CorpusSealed> manifests(KafkaClients kafka) {
    return new CommittedRecords<>(kafka, kafka.topics().audio(), CorpusSealed.class);
  }
}
