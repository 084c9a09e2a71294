package io.sounding.operators.embed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The folder on local disk that fetched files are kept in, and the partial ones of fetching. When
 * it or its disk is full, the least recently used files go first. Safe for use from several threads
 * and processes.
 */
final class ModelFolder {

  private static final String PARTIAL = ".part";

  /** A partial file that nobody wrote to for so long was left by a process that was killed. */
  private static final Duration ABANDONED = Duration.ofHours(1);

  /** Where the folder lies. */
  interface Disk {
    /** What may still be written to it, bytes. */
    long usableBytes() throws IOException;
  }

  private final Path path;
  private final Disk disk;
  private final boolean guarded;

  ModelFolder(Path path, Disk disk, boolean guarded) {
    this.path = path;
    this.disk = disk;
    this.guarded = guarded;
  }

  /** One that somebody named, who answers for who may write to it. */
  static ModelFolder named(Path path) {
    return new ModelFolder(path, () -> Files.getFileStore(path).getUsableSpace(), false);
  }

  /**
   * One in a folder in which everybody may make folders, such as that for temporary files: it is
   * refused if another user made it, or may write to it.
   */
  static ModelFolder amongOthers(Path path) {
    return new ModelFolder(path, () -> Files.getFileStore(path).getUsableSpace(), true);
  }

  /** Where it is, or will be. */
  Path path() {
    return path;
  }

  /** Nobody else may put files there: what lies there is run. */
  void make() throws IOException, EncodingException {
    if (!Files.isDirectory(path)) {
      Files.createDirectories(
          path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    if (guarded && !isOurs()) {
      throw new EncodingException(
          "The folder of fetched models, %s, belongs to another user, is a link, or others may write to it, who could run code here. Delete it, or name one by --model-cache."
              .formatted(path));
    }
  }

  /** Whether the folder itself is of whoever makes files here, and writable for nobody else. */
  private boolean isOurs() throws IOException {
    PosixFileAttributes folder =
        Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!folder.isDirectory()
        || folder.permissions().contains(PosixFilePermission.GROUP_WRITE)
        || folder.permissions().contains(PosixFilePermission.OTHERS_WRITE)) {
      return false;
    }
    Path made = Files.createTempFile(path, "owner-", PARTIAL);
    try {
      return Files.getOwner(made).equals(folder.owner());
    } finally {
      Files.delete(made);
    }
  }

  /** A new file to fetch into. */
  Path newPartial() throws IOException {
    return Files.createTempFile(path, "fetch-", PARTIAL);
  }

  /** Evicts what the disk has no room for beside so many bytes, as far as that goes. */
  void makeRoom(long bytes) throws IOException {
    List<Path> newestFirst = newestFirst();
    for (int i = newestFirst.size() - 1; i >= 0 && disk.usableBytes() < bytes; i--) {
      if (!newestFirst.get(i).toString().endsWith(PARTIAL)) {
        Files.deleteIfExists(newestFirst.get(i));
      }
    }
  }

  /**
   * Evicts what is too much for {@code maxBytes} beside {@code kept}, and partial files that were
   * left behind.
   */
  void evictAllBut(Path kept, long maxBytes) throws IOException {
    long total = kept.toFile().length();
    for (Path file : newestFirst()) {
      if (file.toString().endsWith(PARTIAL)) {
        if (lastUsedMillis(file) < Instant.now().minus(ABANDONED).toEpochMilli()) {
          Files.deleteIfExists(file);
        }
      } else if (!file.equals(kept)) {
        long size = file.toFile().length();
        if (total + size > maxBytes) {
          Files.deleteIfExists(file);
        } else {
          total += size;
        }
      }
    }
  }

  private List<Path> newestFirst() throws IOException {
    Map<Path, Long> lastUsed = new HashMap<>(); // read once: others use files meanwhile
    try (Stream<Path> all = Files.list(path)) {
      all.filter(Files::isRegularFile).forEach(file -> lastUsed.put(file, lastUsedMillis(file)));
    }
    return lastUsed.keySet().stream()
        .sorted(Comparator.<Path>comparingLong(lastUsed::get).reversed())
        .toList();
  }

  private static long lastUsedMillis(Path file) {
    return file.toFile().lastModified();
  }
}
