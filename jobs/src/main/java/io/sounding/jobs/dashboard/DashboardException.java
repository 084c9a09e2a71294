package io.sounding.jobs.dashboard;

/** The dashboard does not start; the message is a sentence for the user. */
public final class DashboardException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  DashboardException(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}
