package io.sounding.jobs.publish;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
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

  /**
   * That reading a file failed; the exceptions of the file system mostly say no more than where.
   */
  public static UnusableInputException unreadable(Path file, IOException failure) {
    if (failure instanceof UnusableInputException told) {
      return told;
    }
    return failure instanceof NoSuchFileException
        ? new UnusableInputException(file, "does not exist", "check the path", failure)
        : new UnusableInputException(
            file,
            "cannot be read (" + reason(failure) + ")",
            "check its permissions and the disk",
            failure);
  }

  /** Why the file system refused something, in words where it has any. */
  public static String reason(IOException failure) {
    if (failure instanceof AccessDeniedException) {
      return "permission denied";
    } else if (failure instanceof NoSuchFileException) {
      return "it does not exist";
    } else if (failure instanceof FileSystemException refused && refused.getReason() != null) {
      return refused.getReason();
    }
    return failure.getClass() == IOException.class ? failure.getMessage() : failure.toString();
  }
}
