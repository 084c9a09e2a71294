package io.sounding.operators.statistics;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * What is kept of the frames of a layer, and how it is clustered at the end. Two summaries can be
 * merged only when they were made with equal settings.
 *
 * @param clusters number of clusters k asked for; lowered when the sample is too small for it
 * @param sampleFrames most frames kept in the frame sample (frames, bottom-k by hash)
 * @param microCentroids most micro-centroids kept per summary that was not merged
 * @param silhouetteFrames most sampled frames the silhouette is computed on; its cost is quadratic
 * @param restarts most seedings tried, of which the best goes on; of more than 128 clusters one is
 * @param seed seed of every random choice
 * @param sketch which spectrum sketch is kept
 * @param sketchRows rows l of a Frequent Directions sketch, at least 2; 0: chosen by the dimension,
 *     see {@link SketchChoice#rows}
 */
public record StatisticsSettings(
    int clusters,
    int sampleFrames,
    int microCentroids,
    int silhouetteFrames,
    int restarts,
    long seed,
    SketchChoice sketch,
    int sketchRows)
    implements Serializable {

  static final int BYTES = 7 * Integer.BYTES + Long.BYTES;

  public StatisticsSettings {
    requirePositive(clusters, "clusters");
    requirePositive(sampleFrames, "sampleFrames");
    requirePositive(microCentroids, "microCentroids");
    requirePositive(silhouetteFrames, "silhouetteFrames");
    requirePositive(restarts, "restarts");
    Objects.requireNonNull(sketch, "sketch");
    if (sketchRows < 0 || sketchRows == 1) {
      throw new IllegalArgumentException(
          "sketchRows must be at least 2, or 0 for the default, but is " + sketchRows + ".");
    }
  }

  /** With the spectrum sketch chosen by the dimension. */
  public StatisticsSettings(
      int clusters,
      int sampleFrames,
      int microCentroids,
      int silhouetteFrames,
      int restarts,
      long seed) {
    this(
        clusters,
        sampleFrames,
        microCentroids,
        silhouetteFrames,
        restarts,
        seed,
        SketchChoice.AUTO,
        0);
  }

  /** The same with other clusters and sample size. */
  public StatisticsSettings with(int newClusters, int newSampleFrames) {
    return new StatisticsSettings(
        newClusters,
        newSampleFrames,
        microCentroids,
        silhouetteFrames,
        restarts,
        seed,
        sketch,
        sketchRows);
  }

  /** The same with another spectrum sketch. */
  public StatisticsSettings withSketch(SketchChoice newSketch, int newSketchRows) {
    return new StatisticsSettings(
        clusters,
        sampleFrames,
        microCentroids,
        silhouetteFrames,
        restarts,
        seed,
        newSketch,
        newSketchRows);
  }

  /** Bytes of the frame sample of so many frames of a dimension. */
  public long sampleBytes(int dimension, double frames) {
    return FrameSample.bytes(sampleFrames, dimension, frames);
  }

  /** The settings of the seed paper (k = 1024) with a sample that gives each cluster 40 frames. */
  public static StatisticsSettings defaults() {
    return new StatisticsSettings(1024, 40_960, 256, 5_000, 10, 0L);
  }

  void writeTo(ByteBuffer target) {
    target.putInt(clusters).putInt(sampleFrames).putInt(microCentroids);
    target.putInt(silhouetteFrames).putInt(restarts).putLong(seed);
    target.putInt(sketch.code()).putInt(sketchRows);
  }

  static StatisticsSettings readFrom(ByteBuffer source) {
    return new StatisticsSettings(
        source.getInt(),
        source.getInt(),
        source.getInt(),
        source.getInt(),
        source.getInt(),
        source.getLong(),
        SketchChoice.ofCode(source.getInt()),
        source.getInt());
  }

  private static void requirePositive(int value, String name) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, but is " + value + ".");
    }
  }
}
