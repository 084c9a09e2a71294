package io.sounding.operators.embed;

import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;

/**
 * Which models are run, and how.
 *
 * @param trusted which model files may be fetched
 * @param cacheDirectory local folder for fetched model files; empty: one of this user below Java's
 *     folder for temporary files
 * @param cacheBytes how much it may hold
 * @param fileBytes largest model file, or file of weights, that is loaded: a process holds up to
 *     two models beside those in use (and of a TorchScript graph that takes weights one instance
 *     more), and one that does not fit into its memory may be ended by the operating system
 * @param timeLimit how long fetching and loading a model may take, and how long one forward pass (a
 *     window, or a batch); above it the checkpoint fails and the task goes on, but native code
 *     cannot be interrupted: until it returns by itself it keeps a core and its model
 * @param intraOpThreads threads within one forward pass; part of the result's definition to 1e-6
 * @param device on what models are run; part of the result's definition: RankMe to 2e-5 and the
 *     inertia to 2e-4, measured on a GPU whose convolutions take TF32
 */
public record ModelSettings(
    TrustedArtifacts trusted,
    String cacheDirectory,
    long cacheBytes,
    long fileBytes,
    Duration timeLimit,
    int intraOpThreads,
    DeviceChoice device)
    implements Serializable {

  /** Refuses values that cannot work, each with a sentence. */
  public ModelSettings {
    Objects.requireNonNull(trusted, "trusted");
    Objects.requireNonNull(cacheDirectory, "cacheDirectory");
    positive("cacheBytes", cacheBytes);
    positive("fileBytes", fileBytes);
    positive("timeLimit in ms", timeLimit.toMillis());
    positive("intraOpThreads", intraOpThreads);
    Objects.requireNonNull(device, "device");
  }

  /** The defaults for trusted files that are cached in {@code cacheDirectory}. */
  public static ModelSettings of(TrustedArtifacts trusted, String cacheDirectory) {
    return new ModelSettings(
        trusted, cacheDirectory, 20L << 30, 8L << 30, Duration.ofMinutes(10), 1, DeviceChoice.AUTO);
  }

  /** The same with other limits. */
  public ModelSettings with(long newCacheBytes, long newFileBytes, Duration newTimeLimit) {
    return new ModelSettings(
        trusted, cacheDirectory, newCacheBytes, newFileBytes, newTimeLimit, intraOpThreads, device);
  }

  /** The same on another device. */
  public ModelSettings on(DeviceChoice newDevice) {
    return new ModelSettings(
        trusted, cacheDirectory, cacheBytes, fileBytes, timeLimit, intraOpThreads, newDevice);
  }

  private static void positive(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException("%s is %d; it must be at least 1.".formatted(name, value));
    }
  }
}
