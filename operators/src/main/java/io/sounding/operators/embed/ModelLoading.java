package io.sounding.operators.embed;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How models are loaded.
 *
 * @param files fetches and keeps their files
 * @param intraOpThreads threads within one forward pass
 * @param timeLimit how long fetching and loading one may take
 */
record ModelLoading(ModelFiles files, int intraOpThreads, Duration timeLimit) {

  /** As the settings say. */
  static ModelLoading as(ModelSettings settings) {
    String configured = settings.cacheDirectory();
    Path folder =
        configured.isEmpty()
            ? Path.of(System.getProperty("java.io.tmpdir"), "sounding-models")
            : Path.of(configured);
    return new ModelLoading(
        new ModelFiles(folder, settings.cacheBytes(), settings.fileBytes(), settings.trusted()),
        settings.intraOpThreads(),
        settings.timeLimit());
  }
}
