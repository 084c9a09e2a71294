package io.sounding.jobs.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Directories that the embedded broker and cluster write to. */
final class WorkDirectory {

  private WorkDirectory() {}

  /**
   * Makes the directory if it is missing and makes sure that files can be written there.
   *
   * @param content what will be written, for the sentence of the exception
   * @return the directory's absolute path
   */
  static Path prepare(Path directory, String content) {
    Path absolute = directory.toAbsolutePath().normalize();
    if (Files.exists(absolute) && !Files.isDirectory(absolute)) {
      throw new EmbeddedException(
          absolute + " is a file. Name a directory for " + content + " instead.");
    }
    try {
      Files.createDirectories(absolute);
      Files.delete(Files.createTempFile(absolute, "writable", ".probe"));
      return absolute;
    } catch (IOException failure) {
      throw new EmbeddedException(
          "Nothing can be written to %s (%s). Name a writable directory for %s."
              .formatted(absolute, EmbeddedException.reason(failure), content),
          failure);
    }
  }
}
