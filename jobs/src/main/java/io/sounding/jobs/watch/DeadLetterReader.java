package io.sounding.jobs.watch;

import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.schemas.DeadLetter;
import io.sounding.schemas.RejectReason;
import java.time.Duration;

/** Reads dead letters from the start of their topic. Not thread-safe. */
public final class DeadLetterReader implements AutoCloseable {

  private final CommittedRecords<DeadLetter> records;

  /** Reads the topic of dead letters, which must exist. */
  public DeadLetterReader(KafkaClients kafka) {
    records = new CommittedRecords<>(kafka, kafka.topics().deadLetters(), DeadLetter.class);
  }

  /**
   * Why the first record that came was rejected, a sentence; null if none was. Failed evaluations
   * do not count: each has a metric event of its own.
   */
  public String firstRejection() {
    return records.poll(Duration.ZERO).stream()
        .filter(letter -> letter.getReason() != RejectReason.EVALUATION_FAILED)
        .map(DeadLetter::getMessage)
        .findFirst()
        .orElse(null);
  }

  @Override
  public void close() {
    records.close();
  }
}
