package io.sounding.jobs.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Keeps a directory to one user, in this process or another. Kafka locks its own, but only after it
 * has opened the log of its metadata, and two nodes on one such log damage it.
 */
final class DirectoryLock implements AutoCloseable {

  private final FileChannel file;

  private DirectoryLock(FileChannel file) {
    this.file = file;
  }

  /**
   * Takes the lock; it goes when it is closed or the process ends.
   *
   * @param user who works in the directory, for the sentence of the exception
   * @throws EmbeddedException if another has it
   */
  static DirectoryLock take(Path directory, String user) {
    try {
      FileChannel file =
          FileChannel.open(
              directory.resolve("sounding.lock"),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE);
      try {
        if (file.tryLock() != null) {
          return new DirectoryLock(file);
        }
      } catch (OverlappingFileLockException sameProcess) {
        // the sentence below says what to do
      }
      file.close();
    } catch (IOException failure) {
      throw new EmbeddedException(
          "The directory %s cannot be locked (%s)."
              .formatted(directory, EmbeddedException.reason(failure)),
          failure);
    }
    throw new EmbeddedException(
        "The embedded %s did not start in %s: another holds its lock. Stop that one, or name another directory."
            .formatted(user, directory));
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException failure) {
      throw new EmbeddedException("A lock file could not be closed.", failure);
    }
  }
}
