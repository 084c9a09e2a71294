package io.sounding.jobs.kafka;

/** Kafka answers, and does not do what it was asked; the message is a sentence for the user. */
public final class KafkaRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  KafkaRefusedException(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}
