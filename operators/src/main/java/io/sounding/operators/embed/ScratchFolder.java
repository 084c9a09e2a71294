package io.sounding.operators.embed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A temporary folder, its owner's alone, for one file that a library only takes or gives as a file.
 *
 * @param file where that file lies
 */
record ScratchFolder(Path file) implements AutoCloseable {

  /** A new folder for a file of this name. */
  static ScratchFolder of(String fileName) throws IOException {
    return new ScratchFolder(Files.createTempDirectory("sounding-").resolve(fileName));
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(file);
    Files.deleteIfExists(file.getParent());
  }
}
