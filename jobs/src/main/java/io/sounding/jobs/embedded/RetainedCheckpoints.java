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

  private RetainedCheckpoints() {}

  /** Where they are written. */
  static Path folder(Path cluster) {
    return cluster.resolve("incremental-checkpoints");
  }

  /**
   * The newest complete one; empty if there is none.
   *
   * @throws EmbeddedException if there is none but one of a version that kept state on the heap
   */
  static Optional<Path> newestIn(Path cluster) {
    Optional<Path> newest = newestBelow(folder(cluster));
    Path old = cluster.resolve(OF_HEAP);
    if (newest.isEmpty() && newestBelow(old).isPresent()) {
      throw new EmbeddedException(
          "The state in %s was written by an earlier version and cannot be gone on from. Name another folder, and publish again what is still to be evaluated."
              .formatted(old));
    }
    return newest;
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
