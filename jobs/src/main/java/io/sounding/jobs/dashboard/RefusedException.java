package io.sounding.jobs.dashboard;

/** A request that is not answered; the message is a sentence without its words. */
final class RefusedException extends Exception {

  private static final long serialVersionUID = 1L;

  private final int status;

  /** A question that cannot be answered as it is. */
  RefusedException(String sentence) {
    this(400, sentence);
  }

  /**
   * Refuses.
   *
   * @param status of HTTP
   */
  RefusedException(int status, String sentence) {
    super(sentence, null, false, false);
    this.status = status;
  }

  int status() {
    return status;
  }
}
