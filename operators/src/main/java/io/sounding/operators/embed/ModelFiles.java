package io.sounding.operators.embed;

import io.sounding.schemas.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;

/**
 * Model files and files of weights, fetched through Flink's file systems if they are trusted,
 * verified, and kept on local disk under their SHA-256 until the folder or its disk is full; then
 * the least recently used go first. A fetched file appears under its final name only when it is
 * whole, and a kept one is verified again before it is used. Safe for use from several threads and
 * processes; one of them may evict a file that another was just given, which then has to {@link
 * #fetch} again.
 */
final class ModelFiles {

  private static final String PARTIAL = ".part";

  /** A partial file that nobody wrote to for so long was left by a process that was killed. */
  private static final Duration ABANDONED = Duration.ofHours(1);

  /** Where the files lie. */
  interface Disk {
    /** What may still be written to it, bytes. */
    long usableBytes() throws IOException;
  }

  private final Path directory;
  private final Disk disk;
  private final long maxBytes;
  private final long maxModelBytes;
  private final TrustedArtifacts trusted;
  private final boolean guarded;

  /**
   * Keeps up to {@code maxBytes} in the folder; refuses files above {@code maxModelBytes}, and
   * those that are not {@code trusted}.
   */
  ModelFiles(Path directory, long maxBytes, long maxModelBytes, TrustedArtifacts trusted) {
    this(
        directory,
        () -> Files.getFileStore(directory).getUsableSpace(),
        maxBytes,
        maxModelBytes,
        trusted);
  }

  ModelFiles(
      Path directory, Disk disk, long maxBytes, long maxModelBytes, TrustedArtifacts trusted) {
    this(directory, disk, maxBytes, maxModelBytes, trusted, false);
  }

  private ModelFiles(
      Path directory,
      Disk disk,
      long maxBytes,
      long maxModelBytes,
      TrustedArtifacts trusted,
      boolean guarded) {
    this.directory = directory;
    this.disk = disk;
    this.maxBytes = maxBytes;
    this.maxModelBytes = maxModelBytes;
    this.trusted = trusted;
    this.guarded = guarded;
  }

  /**
   * The same below a folder in which everybody may make folders, such as that for temporary files:
   * one that another user made, or may write to, is refused.
   */
  static ModelFiles amongOthers(
      Path directory, long maxBytes, long maxModelBytes, TrustedArtifacts trusted) {
    return new ModelFiles(
        directory,
        () -> Files.getFileStore(directory).getUsableSpace(),
        maxBytes,
        maxModelBytes,
        trusted,
        true);
  }

  /** What may be fetched. */
  TrustedArtifacts trusted() {
    return trusted;
  }

  /**
   * The local copy of the file at {@code uri}.
   *
   * @param sha256 what its digest must be, in hexadecimal; null: not checked
   * @throws EncodingException if it is not trusted, cannot be read, is empty, larger than a model
   *     or the folder may be, or has another digest
   */
  Path fetch(String uri, String sha256, Artifact kind) throws EncodingException {
    org.apache.flink.core.fs.Path source = trusted.locate(uri, sha256, kind);
    String named = kind.noun() + " " + source;
    String extension = kind.extension();
    try {
      makeDirectory();
      if (sha256 != null && isKept(directory.resolve(sha256 + extension), sha256, named)) {
        return directory.resolve(sha256 + extension);
      }
      Path partial = Files.createTempFile(directory, "fetch-", PARTIAL);
      try {
        String actual = copy(trusted.followed(source), partial, named);
        if (sha256 != null && !sha256.equals(actual)) {
          throw new EncodingException(
              "The %s %s has SHA-256 %s, but its event says %s: it was changed or not written completely. Publish it again."
                  .formatted(kind.noun(), uri, actual, sha256));
        }
        Path kept = directory.resolve(actual + extension);
        Files.move(partial, kept, StandardCopyOption.ATOMIC_MOVE);
        evictAllBut(kept);
        return kept;
      } finally {
        Files.deleteIfExists(partial);
      }
    } catch (IOException e) {
      throw new EncodingException(
          "The %s %s cannot be fetched into %s (%s). Check that it exists, that every task manager may read it, and that there is room for it."
              .formatted(kind.noun(), uri, directory, e),
          e);
    }
  }

  /** Whether a file is there and whole; it counts as used then. Others may evict it meanwhile. */
  private boolean isKept(Path file, String sha256, String named)
      throws IOException, EncodingException {
    try {
      checkSize(named, Files.size(file));
      boolean whole = sha256.equals(Sha256.of(file));
      if (whole) {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
      }
      return whole;
    } catch (NoSuchFileException absent) {
      return false;
    }
  }

  /** Nobody else may put files there: what lies there is run. */
  private void makeDirectory() throws IOException, EncodingException {
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    if (guarded && !isOurs()) {
      throw new EncodingException(
          "The folder of fetched models, %s, belongs to another user, is a link, or others may write to it, who could run code here. Delete it, or name one by --model-cache."
              .formatted(directory));
    }
  }

  /** Whether the folder itself is of whoever makes files here, and writable for nobody else. */
  private boolean isOurs() throws IOException {
    PosixFileAttributes folder =
        Files.readAttributes(directory, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!folder.isDirectory()
        || folder.permissions().contains(PosixFilePermission.GROUP_WRITE)
        || folder.permissions().contains(PosixFilePermission.OTHERS_WRITE)) {
      return false;
    }
    Path made = Files.createTempFile(directory, "owner-", PARTIAL);
    try {
      return Files.getOwner(made).equals(folder.owner());
    } finally {
      Files.delete(made);
    }
  }

  private String copy(org.apache.flink.core.fs.Path source, Path target, String named)
      throws IOException, EncodingException {
    FileSystem files = source.getFileSystem();
    FileStatus status = files.getFileStatus(source);
    long length = status.getLen();
    if (!status.isDir()) {
      checkSize(named, length);
      makeRoom(length);
    }
    try (FSDataInputStream in = files.open(source);
        OutputStream out = Files.newOutputStream(target)) {
      return copy(in, length, out, named);
    }
  }

  /**
   * Copies exactly {@code length} bytes: more could fill the disk, fewer are no whole model.
   *
   * @return the SHA-256 of the bytes, in hexadecimal
   */
  static String copy(InputStream in, long length, OutputStream out, String named)
      throws IOException, EncodingException {
    MessageDigest digest = Sha256.start();
    byte[] buffer = new byte[1 << 16];
    long copied = 0;
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      copied += read;
      if (copied > length) {
        break;
      }
      digest.update(buffer, 0, read);
      out.write(buffer, 0, read);
    }
    if (copied != length) {
      throw new EncodingException(
          "The %s has %s than the %d bytes that its file system announced: it is still being written, or was changed meanwhile. Publish it again with a higher attempt when it is whole."
              .formatted(named, copied > length ? "more" : "fewer", length));
    }
    return Sha256.finish(digest);
  }

  private void checkSize(String named, long length) throws EncodingException {
    if (length == 0 || length > maxBytes) {
      throw new EncodingException(
          "The %s has %d bytes; it must have 1 to %d, which the cache of models may hold (--model-cache-bytes)."
              .formatted(named, length, maxBytes));
    }
    if (length > maxModelBytes) {
      throw new EncodingException(
          "The %s has %d bytes; at most %d are loaded, so that it fits into memory. Export a smaller model, or raise --model-bytes where there is memory for it."
              .formatted(named, length, maxModelBytes));
    }
  }

  /** The SHA-256 of a file that was fetched: it is kept under it. */
  static String sha256(Path fetched) {
    String name = fetched.getFileName().toString();
    return name.substring(0, name.lastIndexOf('.'));
  }

  /** Evicts what the disk has no room for beside so many bytes, as far as that goes. */
  private void makeRoom(long bytes) throws IOException {
    List<Path> newestFirst = newestFirst();
    for (int i = newestFirst.size() - 1; i >= 0 && disk.usableBytes() < bytes; i--) {
      if (!newestFirst.get(i).toString().endsWith(PARTIAL)) {
        Files.deleteIfExists(newestFirst.get(i));
      }
    }
  }

  private List<Path> newestFirst() throws IOException {
    Map<Path, Long> lastUsed = new HashMap<>(); // read once: others use files meanwhile
    try (Stream<Path> all = Files.list(directory)) {
      all.filter(Files::isRegularFile).forEach(file -> lastUsed.put(file, lastUsedMillis(file)));
    }
    return lastUsed.keySet().stream()
        .sorted(Comparator.<Path>comparingLong(lastUsed::get).reversed())
        .toList();
  }

  private void evictAllBut(Path kept) throws IOException {
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

  private static long lastUsedMillis(Path file) {
    return file.toFile().lastModified();
  }
}
