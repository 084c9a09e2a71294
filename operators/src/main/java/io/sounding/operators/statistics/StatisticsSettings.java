package io.sounding.operators.statistics;

import java.nio.ByteBuffer;

/**
 * What is kept of the frames of a layer, and how it is clustered at the end. Two summaries can be
 * merged only when they were made with equal settings.
 *
 * @param clusters number of clusters k asked for; lowered when the sample is too small for it
 * @param sampleFrames most frames kept in the frame sample (frames, bottom-k by hash)
 * @param microCentroids most micro-centroids kept per summary that was not merged
 * @param silhouetteFrames most sampled frames the silhouette is computed on; its cost is quadratic
 * @param restarts number of seedings tried, of which the best go on
 * @param seed seed of every random choice
 */
public record StatisticsSettings(
    int clusters,
    int sampleFrames,
    int microCentroids,
    int silhouetteFrames,
    int restarts,
    long seed) {

  static final int BYTES = 5 * Integer.BYTES + Long.BYTES;

  public StatisticsSettings {
    requirePositive(clusters, "clusters");
    requirePositive(sampleFrames, "sampleFrames");
    requirePositive(microCentroids, "microCentroids");
    requirePositive(silhouetteFrames, "silhouetteFrames");
    requirePositive(restarts, "restarts");
  }

  /** The settings of the seed paper (k = 1024) with a sample that gives each cluster 40 frames. */
  public static StatisticsSettings defaults() {
    return new StatisticsSettings(1024, 40_960, 256, 5_000, 4, 0L);
  }

  void writeTo(ByteBuffer target) {
    target.putInt(clusters).putInt(sampleFrames).putInt(microCentroids);
    target.putInt(silhouetteFrames).putInt(restarts).putLong(seed);
  }

  static StatisticsSettings readFrom(ByteBuffer source) {
    return new StatisticsSettings(
        source.getInt(),
        source.getInt(),
        source.getInt(),
        source.getInt(),
        source.getInt(),
        source.getLong());
  }

  private static void requirePositive(int value, String name) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, but is " + value + ".");
    }
  }
}
