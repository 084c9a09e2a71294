package io.sounding.operators.embed;

import ai.djl.Device;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How models are loaded.
 *
 * @param files fetches and keeps their files
 * @param intraOpThreads threads within one forward pass
 * @param timeLimit how long fetching and loading one may take
 * @param device where it is to run; an engine that cannot use it takes the CPU
 */
record ModelLoading(ModelFiles files, int intraOpThreads, Duration timeLimit, Device device) {

  /** As the settings say, for {@code device}. */
  static ModelLoading as(ModelSettings settings, Device device) {
    String configured = settings.cacheDirectory();
    Path folder =
        configured.isEmpty()
            ? Path.of(
                System.getProperty("java.io.tmpdir"),
                "sounding-models-" + System.getProperty("user.name"))
            : Path.of(configured);
    return new ModelLoading(
        new ModelFiles(folder, settings.cacheBytes(), settings.fileBytes(), settings.trusted()),
        settings.intraOpThreads(),
        settings.timeLimit(),
        device);
  }
}
