package io.sounding.schemas.registry;

/** A schema registry that is out of reach, or refuses a schema; the message is a sentence. */
public final class RegistryException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** What happened, and what to do. */
  public RegistryException(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}
