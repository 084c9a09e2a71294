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

  /** Below checkpoints: job / chk-N / _metadata. */
  private static final int DEPTH = 3;

  private RetainedCheckpoints() {}

  /** The newest complete one; empty if there is none. */
  static Optional<Path> newestIn(Path cluster) {
    Path checkpoints = cluster.resolve("checkpoints");
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
