package io.sounding.jobs.kafka;

/** Kafka does not answer, or lacks a topic; the message is a sentence for the user. */
public final class KafkaUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** What happened, and what to do. */
  public KafkaUnavailableException(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}
