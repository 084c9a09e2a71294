package io.sounding.operators.embed;

import io.sounding.schemas.ModelFormat;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FileSystem;

/**
 * Model files, fetched through Flink's file systems, verified, and kept on local disk under their
 * SHA-256 until the folder is full; then the least recently used go first. A fetched file appears
 * under its final name only when it is whole. Safe for use from several threads and processes.
 */
final class ModelFiles {

  private final Path directory;
  private final long maxBytes;
  private final long maxModelBytes;

  /** Keeps up to {@code maxBytes} in the folder; refuses files above {@code maxModelBytes}. */
  ModelFiles(Path directory, long maxBytes, long maxModelBytes) {
    this.directory = directory;
    this.maxBytes = maxBytes;
    this.maxModelBytes = maxModelBytes;
  }

  /**
   * The local copy of the model at {@code uri}.
   *
   * @param sha256 what its digest must be, in hexadecimal; null: not checked
   * @throws EncodingException if it cannot be read, is empty, larger than a model or the folder may
   *     be, or has another digest
   */
  Path fetch(String uri, String sha256, ModelFormat format) throws EncodingException {
    String name = format == ModelFormat.TORCHSCRIPT ? "model.pt" : "model.onnx";
    try {
      Files.createDirectories(directory);
      if (sha256 != null && Files.exists(directory.resolve(sha256).resolve(name))) {
        Path cached = directory.resolve(sha256).resolve(name);
        checkSize(uri, Files.size(cached));
        return used(cached);
      }
      Path partial = Files.createTempFile(directory, "fetch-", ".part");
      try {
        String actual = copy(uri, partial);
        if (sha256 != null && !sha256.equals(actual)) {
          throw new EncodingException(
              "The model file %s has SHA-256 %s, but its event says %s: it was changed or not written completely. Publish it again."
                  .formatted(uri, actual, sha256));
        }
        Path folder = Files.createDirectories(directory.resolve(actual));
        Path target = folder.resolve(name);
        if (!Files.exists(target)) {
          Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
          evictAllBut(folder);
        }
        return used(target);
      } finally {
        Files.deleteIfExists(partial);
      }
    } catch (IOException e) {
      throw new EncodingException(
          "The model file %s cannot be fetched into %s (%s). Check that it exists and that every task manager may read it."
              .formatted(uri, directory, e),
          e);
    }
  }

  private String copy(String uri, Path target) throws IOException, EncodingException {
    org.apache.flink.core.fs.Path source = path(uri);
    FileSystem files = source.getFileSystem();
    checkSize(uri, files.getFileStatus(source).getLen());
    MessageDigest digest = sha256();
    try (FSDataInputStream in = files.open(source);
        OutputStream out = new DigestOutputStream(Files.newOutputStream(target), digest)) {
      ((InputStream) in).transferTo(out);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private void checkSize(String uri, long length) throws EncodingException {
    if (length == 0 || length > maxBytes) {
      throw new EncodingException(
          "The model file %s has %d bytes; it must have 1 to %d (the size of the model cache)."
              .formatted(uri, length, maxBytes));
    }
    if (length > maxModelBytes) {
      throw new EncodingException(
          "The model file %s has %d bytes; at most %d are loaded, so that it fits into memory. Export a smaller model, or raise modelBytes where there is memory for it."
              .formatted(uri, length, maxModelBytes));
    }
  }

  private static org.apache.flink.core.fs.Path path(String uri) throws EncodingException {
    try {
      return new org.apache.flink.core.fs.Path(uri);
    } catch (IllegalArgumentException e) {
      throw new EncodingException(
          "The modelUri %s is no URI (%s).".formatted(uri, e.getMessage()), e);
    }
  }

  private static Path used(Path file) throws IOException {
    Files.setLastModifiedTime(file.getParent(), FileTime.from(Instant.now()));
    return file;
  }

  private void evictAllBut(Path kept) throws IOException {
    List<Path> folders;
    try (Stream<Path> all = Files.list(directory)) {
      folders =
          all.filter(Files::isDirectory)
              .sorted(Comparator.comparingLong((Path f) -> f.toFile().lastModified()).reversed())
              .toList();
    }
    long total = size(kept);
    for (Path folder : folders) {
      if (!folder.equals(kept)) {
        long size = size(folder);
        if (total + size > maxBytes) {
          delete(folder);
        } else {
          total += size;
        }
      }
    }
  }

  private static long size(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.mapToLong(f -> f.toFile().length()).sum();
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
    }
    Files.deleteIfExists(folder);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256.", e);
    }
  }
}
