package io.sounding.jobs.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** The Flink checkpoints that an embedded cluster left below its directory. */
final class RetainedCheckpoints {

  /** Below it: job / chk-N / _metadata. */
  private static final int DEPTH = 3;

  /** What versions wrote that kept state on the heap, from which state on disk cannot go on. */
  private static final String OF_HEAP = "checkpoints";

  /** A file that holds the path of the folder it was written to. */
  private static final String FOLDER = "folder.txt";

  private RetainedCheckpoints() {}

  /** Where they are written. */
  static Path folder(Path cluster) {
    return cluster.resolve("incremental-checkpoints");
  }

  /**
   * The newest complete one; empty if there is none.
   *
   * @throws EmbeddedException if there is none but one of a version that kept state on the heap, or
   *     if the directory is a copy or was moved: a checkpoint names its files by their paths, and
   *     who goes on from it deletes those that it needs no more
   */
  static Optional<Path> newestIn(Path cluster) {
    Optional<Path> newest = newestBelow(folder(cluster));
    Path old = cluster.resolve(OF_HEAP);
    if (newest.isEmpty() && newestBelow(old).isPresent()) {
      throw new EmbeddedException(
          "The state in %s was written by an earlier version and cannot be gone on from. Name another folder, and publish again what is still to be evaluated."
              .formatted(old));
    }
    if (newest.isPresent()) {
      requireSameFolder(cluster);
    }
    return newest;
  }

  /** Leaves the path of the directory there, for {@link #newestIn} to compare. */
  static void nameFolderOf(Path cluster) {
    try {
      Files.createDirectories(cluster);
      Files.writeString(cluster.resolve(FOLDER), cluster.toRealPath().toString());
    } catch (IOException failure) {
      throw unusable(cluster, failure);
    }
  }

  private static void requireSameFolder(Path cluster) {
    Path file = cluster.resolve(FOLDER);
    if (!Files.exists(file)) {
      return;
    }
    try {
      String before = Files.readString(file);
      if (!before.equals(cluster.toRealPath().toString())) {
        throw new EmbeddedException(
            "The state in %s was written in %s, and names its files there: the folder was moved or is a copy. Move it back, or name another folder and publish again what is still to be evaluated."
                .formatted(cluster, before));
      }
    } catch (IOException failure) {
      throw unusable(cluster, failure);
    }
  }

  private static EmbeddedException unusable(Path cluster, IOException failure) {
    return new EmbeddedException(
        "The state in %s cannot be read or written (%s). Make it readable and writable, or name another folder."
            .formatted(cluster, EmbeddedException.reason(failure)),
        failure);
  }

  /** A path for Flink's settings, where percent signs are not decoded as in a URI of Java. */
  static String flinkPath(Path path) {
    return org.apache.flink.core.fs.Path.fromLocalFile(path.toFile()).toString();
  }

  private static Optional<Path> newestBelow(Path checkpoints) {
    if (!Files.isDirectory(checkpoints)) {
      return Optional.empty();
    }
    // a checkpoint is complete once it has its metadata, which is written last
    try (Stream<Path> files =
        Files.find(
            checkpoints,
            DEPTH,
            (path, attributes) -> attributes.isRegularFile() && path.endsWith("_metadata"))) {
      return files.max(Comparator.comparing(RetainedCheckpoints::written)).map(Path::getParent);
    } catch (IOException failure) {
      throw new EmbeddedException(
          "The Flink checkpoints in %s cannot be listed (%s). Make them readable, or name another folder."
              .formatted(checkpoints, EmbeddedException.reason(failure)),
          failure);
    }
  }

  private static FileTime written(Path metadata) {
    try {
      return Files.getLastModifiedTime(metadata);
    } catch (IOException gone) {
      return FileTime.fromMillis(0);
    }
  }
}
