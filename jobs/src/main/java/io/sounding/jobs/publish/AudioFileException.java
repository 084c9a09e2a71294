package io.sounding.jobs.publish;

import java.nio.file.Path;

/** An audio file that cannot be read; the message names it and says what to do. */
public final class AudioFileException extends UnusableInputException {
  private static final long serialVersionUID = 1L;

  /** See {@link UnusableInputException#UnusableInputException(Path, String, String)}. */
  public AudioFileException(Path file, String finding, String remedy) {
    super(file, finding, remedy);
  }

  /** The same, with the exception that was the reason. */
  public AudioFileException(Path file, String finding, String remedy, Throwable cause) {
    super(file, finding, remedy, cause);
  }
}
