package io.sounding.jobs.publish;

import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.KafkaUnavailableException;
import io.sounding.jobs.watch.CommittedRecords;
import io.sounding.schemas.CorpusSealed;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;

/** Looks for the manifest of a corpus, to warn of names that nobody has published. */
public final class CorpusLookup {

  /** Long topics are not read to their ends for a mere note. */
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private CorpusLookup() {}

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
    try (CommittedRecords<CorpusSealed> audio =
        new CommittedRecords<>(kafka, kafka.topics().audio(), CorpusSealed.class)) {
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
}
