package io.sounding.jobs.publish;

import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.watch.CommittedRecords;
import io.sounding.schemas.CorpusSealed;
import java.time.Duration;
import java.util.Optional;

/** Looks for the manifest of a corpus, to warn of names that nobody has published. */
public final class CorpusLookup {

  /** Long topics are not read to their ends for a mere note. */
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private CorpusLookup() {}

  /**
   * A sentence if the corpus is not sealed in Kafka; empty if it is, or if that is not found out
   * within a few seconds.
   */
  public static Optional<String> note(KafkaClients kafka, String corpusId) {
    kafka.require(kafka.topics().audio());
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
