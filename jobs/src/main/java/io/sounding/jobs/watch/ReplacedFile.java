package io.sounding.jobs.watch;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A file that is there as a whole or not at all: written beside its place under another name, and
 * moved there once it is complete. Whoever reads the old one meanwhile reads the old one to its
 * end.
 */
public final class ReplacedFile implements AutoCloseable {

  private final Path file;
  private final Path partial;
  private boolean complete;

  /** Will be {@code file}; where that is a link, what it leads to. */
  public ReplacedFile(Path file) throws IOException {
    this.file = place(file);
    partial =
        this.file.resolveSibling(
            ".%s.%d.part".formatted(this.file.getFileName(), ProcessHandle.current().pid()));
    Files.deleteIfExists(partial);
    Files.createFile(partial);
    partial.toFile().deleteOnExit(); // where nobody gets to closing this
  }

  /** The file itself, or what a link leads to, be it not there yet. */
  public static Path place(Path file) throws IOException {
    if (!Files.isSymbolicLink(file)) {
      return file;
    }
    return Files.exists(file)
        ? file.toRealPath()
        : file.resolveSibling(Files.readSymbolicLink(file));
  }

  /** Writes a file in one go. */
  public static void write(Path file, byte[] content) throws IOException {
    try (ReplacedFile replaced = new ReplacedFile(file)) {
      Files.write(replaced.partial(), content);
      replaced.complete();
    }
  }

  /** The file to write to until it is complete. */
  public Path partial() {
    return partial;
  }

  /** Puts it in its place. */
  public void complete() throws IOException {
    try {
      Files.move(
          partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
    }
    complete = true;
  }

  /** Takes away what did not become complete. */
  @Override
  public void close() throws IOException {
    if (!complete) {
      Files.deleteIfExists(partial);
    }
  }
}
