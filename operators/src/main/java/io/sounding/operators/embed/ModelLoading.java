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
    return new ModelLoading(
        files(settings), settings.intraOpThreads(), settings.timeLimit(), device);
  }

  private static ModelFiles files(ModelSettings settings) {
    return new ModelFiles(
        folder(settings.cacheDirectory()),
        settings.cacheBytes(),
        settings.fileBytes(),
        settings.trusted());
  }

  private static ModelFolder folder(String configured) {
    if (!configured.isEmpty()) {
      return ModelFolder.named(Path.of(configured));
    }
    String temporary = System.getProperty("java.io.tmpdir");
    return ModelFolder.amongOthers(
        Path.of(temporary, "sounding-models-" + System.getProperty("user.name")));
  }
}
