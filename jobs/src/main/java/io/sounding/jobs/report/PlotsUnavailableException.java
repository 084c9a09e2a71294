package io.sounding.jobs.report;

/** No plot can be drawn here; the message is a sentence for the user. */
public final class PlotsUnavailableException extends Exception {

  private static final long serialVersionUID = 1L;

  PlotsUnavailableException(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}
