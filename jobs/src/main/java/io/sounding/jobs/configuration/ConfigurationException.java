package io.sounding.jobs.configuration;

/** The configuration cannot be used; the message is a sentence that says where and why. */
public final class ConfigurationException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  ConfigurationException(String sentence) {
    super(sentence);
  }

  ConfigurationException(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}
