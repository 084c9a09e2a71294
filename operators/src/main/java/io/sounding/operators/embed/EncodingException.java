package io.sounding.operators.embed;

/** A model that cannot be loaded or run, or gives what is not frames; the message is a sentence. */
public final class EncodingException extends Exception {

  private static final long serialVersionUID = 1L;

  public EncodingException(String message) {
    super(message);
  }

  public EncodingException(String message, Throwable cause) {
    super(message, cause);
  }

  /** The first line of an error's message: the rest of an engine's is its own stack trace. */
  static String firstLine(Throwable error) {
    if (error instanceof EncodingException) {
      return error.getMessage();
    }
    Throwable cause = error;
    while (cause.getMessage() == null && cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = cause.getMessage();
    if (message == null) {
      return cause.getClass().getSimpleName();
    }
    String line = message.lines().filter(l -> !l.isBlank()).findFirst().orElse(message).strip();
    return line.length() > 300 ? line.substring(0, 300) + "..." : line;
  }
}
