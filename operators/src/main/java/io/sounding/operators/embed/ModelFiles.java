package io.sounding.operators.embed;

import io.sounding.schemas.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Instant;
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

  private final ModelFolder folder;
  private final long maxBytes;
  private final long maxModelBytes;
  private final TrustedArtifacts trusted;

  /**
   * Keeps up to {@code maxBytes} in the folder; refuses files above {@code maxModelBytes}, and
   * those that are not {@code trusted}.
   */
  ModelFiles(ModelFolder folder, long maxBytes, long maxModelBytes, TrustedArtifacts trusted) {
    this.folder = folder;
    this.maxBytes = maxBytes;
    this.maxModelBytes = maxModelBytes;
    this.trusted = trusted;
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
      folder.make();
      if (sha256 != null && isKept(folder.path().resolve(sha256 + extension), sha256, named)) {
        return folder.path().resolve(sha256 + extension);
      }
      Path partial = folder.newPartial();
      try {
        String actual = copy(trusted.followed(source), partial, named);
        if (sha256 != null && !sha256.equals(actual)) {
          throw new EncodingException(
              "The %s %s has SHA-256 %s, but its event says %s: it was changed or not written completely. Publish it again."
                  .formatted(kind.noun(), uri, actual, sha256));
        }
        Path kept = folder.path().resolve(actual + extension);
        Files.move(partial, kept, StandardCopyOption.ATOMIC_MOVE);
        folder.evictAllBut(kept, maxBytes);
        return kept;
      } finally {
        Files.deleteIfExists(partial);
      }
    } catch (IOException e) {
      throw new EncodingException(
          "The %s %s cannot be fetched into %s (%s). Check that it exists, that every task manager may read it, and that there is room for it."
              .formatted(kind.noun(), uri, folder.path(), e),
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

  private String copy(org.apache.flink.core.fs.Path source, Path target, String named)
      throws IOException, EncodingException {
    FileSystem files = source.getFileSystem();
    FileStatus status = files.getFileStatus(source);
    long length = status.getLen();
    if (!status.isDir()) {
      checkSize(named, length);
      folder.makeRoom(length);
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
}
