package io.sounding.jobs.embedded;

/**
 * The embedded broker or cluster cannot do what was asked; the message is a sentence for people.
 */
public final class EmbeddedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  EmbeddedException(String sentence) {
    super(sentence);
  }

  EmbeddedException(String sentence, Throwable cause) {
    super(sentence, cause);
  }

  /**
   * What went wrong, in the words of the deepest cause that has any: outer exceptions of Kafka and
   * Flink mostly repeat that something failed.
   */
  static String reason(Throwable failure) {
    String reason = failure.getClass().getSimpleName();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause.getMessage() != null && !cause.getMessage().isBlank()) {
        reason = cause.getClass().getSimpleName() + ": " + cause.getMessage();
      }
    }
    return reason;
  }
}
