package io.sounding.operators.embed;

import io.sounding.operators.statistics.StatisticsSettings;

/**
 * What is refused because the heap cannot hold it: a process that runs out of memory may be ended,
 * and again after each restart, by the same record.
 */
final class JavaHeap {
  /**
   * A sample was never seen to be merged and scored in three times its bytes: with all else in one
   * process, 126 MB at d = 768 took between 1.2 and 1.5 GB of heap, 268 MB between 1.4 and 2.0 GB.
   */
  private static final int SAMPLES_AT_ONCE = 3;

  private JavaHeap() {}

  /**
   * Refuses audio of which there would be no room for another copy.
   *
   * @param samples float32 samples of a batch
   */
  static void checkAudio(long samples) throws EncodingException {
    if (samples * Float.BYTES > Runtime.getRuntime().maxMemory() / 2) {
      throw new EncodingException(
          "It does not fit into the memory of the Java process. Publish it in pieces, or give the process more memory.");
    }
  }

  /**
   * Refuses a frame sample that could not be merged and scored.
   *
   * @param frames of the corpus, about
   */
  static void checkSample(StatisticsSettings settings, int dimension, double frames)
      throws EncodingException {
    long bytes = settings.sampleBytes(dimension, frames);
    long heap = Runtime.getRuntime().maxMemory();
    if (bytes > heap / SAMPLES_AT_ONCE) {
      throw new EncodingException(
          "The sampled frames of dimension %d take %d MB, and to merge and score them takes several times that, but the Java process has a heap of %d MB. Give the process more memory, or the job a smaller sample."
              .formatted(dimension, bytes / 1_000_000, heap / 1_000_000));
    }
  }
}
