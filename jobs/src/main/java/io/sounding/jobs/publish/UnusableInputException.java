package io.sounding.jobs.publish;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A file or folder of the user that cannot be used. The message is a sentence for people: which
 * file, what is wrong with it, and what to do.
 */
public class UnusableInputException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * @param file the file or folder
   * @param finding what is wrong, to be read after "file: ", without the full stop
   * @param remedy what to do, without the full stop
   */
  public UnusableInputException(Path file, String finding, String remedy) {
    super(file + ": " + finding + "; " + remedy + ".");
  }

  /** The same, with the exception that was the reason. */
  public UnusableInputException(Path file, String finding, String remedy, Throwable cause) {
    super(file + ": " + finding + "; " + remedy + ".", cause);
  }
}
