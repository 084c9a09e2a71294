package io.sounding.operators;

import io.sounding.operators.statistics.SketchChoice;
import io.sounding.operators.statistics.StatisticsSettings;
import java.io.Serializable;
import java.time.Duration;

/**
 * How checkpoints are evaluated: read once, validated, the same for the whole job.
 *
 * @param shards shares into which a corpus is divided: unit of parallelism, of order and of
 *     recovery; part of the result's definition to 1e-6 on cluster metrics
 * @param clusters k asked for
 * @param sampleFrames frames of the hashed sample
 * @param microCentroids streaming k-means centroids per shard
 * @param silhouetteFrames frames on which the silhouette is computed
 * @param restarts seeded restarts of the final clustering
 * @param seed seed of everything seeded
 * @param sketch which spectrum sketch is kept
 * @param sketchRows rows of a Frequent Directions sketch, at least 2; 0: chosen by the dimension
 * @param maxWindowSeconds longest piece of audio embedded in one go; longer utterances are cut
 *     evenly
 * @param batchSeconds audio of equally long windows embedded in one forward pass, at most
 * @param slice wall time after which the embedding stage looks at its inbox again
 * @param intraOpThreads threads within one forward pass; part of the result's definition to 1e-6
 * @param modelCacheDirectory local folder for fetched model files; empty: below the task manager's
 *     folder for temporary files
 * @param modelCacheBytes how much it may hold
 * @param utteranceTimeout how long the chunks of an utterance are waited for
 * @param corpusTimeout how long a checkpoint waits for its corpus to be complete
 * @param retention how long finished evaluations are remembered, so that none is done twice, and
 *     unfinished ones kept after their last sign of life
 */
public record EvaluationSettings(
    int shards,
    int clusters,
    int sampleFrames,
    int microCentroids,
    int silhouetteFrames,
    int restarts,
    long seed,
    SketchChoice sketch,
    int sketchRows,
    double maxWindowSeconds,
    double batchSeconds,
    Duration slice,
    int intraOpThreads,
    String modelCacheDirectory,
    long modelCacheBytes,
    Duration utteranceTimeout,
    Duration corpusTimeout,
    Duration retention)
    implements Serializable {

  /** Refuses values that cannot work, each with a sentence. */
  public EvaluationSettings {
    atLeast("shards", shards, 1);
    atLeast("intraOpThreads", intraOpThreads, 1);
    atLeast("modelCacheBytes", modelCacheBytes, 1);
    if (!(maxWindowSeconds >= 0.1) || !(batchSeconds > 0)) {
      throw new IllegalArgumentException(
          "maxWindowSeconds is %s and batchSeconds is %s; they must be at least 0.1 s and more than 0 s."
              .formatted(maxWindowSeconds, batchSeconds));
    }
    atLeast("slice in ms", slice.toMillis(), 1);
    atLeast("utteranceTimeout in ms", utteranceTimeout.toMillis(), 1);
    atLeast("corpusTimeout in ms", corpusTimeout.toMillis(), 1);
    atLeast("retention in ms", retention.toMillis(), 1);
    new StatisticsSettings(
        clusters,
        sampleFrames,
        microCentroids,
        silhouetteFrames,
        restarts,
        seed,
        sketch,
        sketchRows);
  }

  /** The defaults, with model files cached in {@code modelCacheDirectory}. */
  public static EvaluationSettings defaults(String modelCacheDirectory) {
    StatisticsSettings statistics = StatisticsSettings.defaults();
    return new EvaluationSettings(
        32,
        statistics.clusters(),
        statistics.sampleFrames(),
        statistics.microCentroids(),
        statistics.silhouetteFrames(),
        statistics.restarts(),
        statistics.seed(),
        statistics.sketch(),
        statistics.sketchRows(),
        30,
        60,
        Duration.ofMillis(500),
        1,
        modelCacheDirectory,
        20L << 30,
        Duration.ofMinutes(10),
        Duration.ofHours(1),
        Duration.ofDays(7));
  }

  /** The part that the statistics need. */
  public StatisticsSettings statistics() {
    return new StatisticsSettings(
        clusters,
        sampleFrames,
        microCentroids,
        silhouetteFrames,
        restarts,
        seed,
        sketch,
        sketchRows);
  }

  /** The same with other shards, clusters and sample size. */
  public EvaluationSettings with(int newShards, int newClusters, int newSampleFrames) {
    return new EvaluationSettings(
        newShards,
        newClusters,
        newSampleFrames,
        microCentroids,
        silhouetteFrames,
        restarts,
        seed,
        sketch,
        sketchRows,
        maxWindowSeconds,
        batchSeconds,
        slice,
        intraOpThreads,
        modelCacheDirectory,
        modelCacheBytes,
        utteranceTimeout,
        corpusTimeout,
        retention);
  }

  /** The same with another spectrum sketch. */
  public EvaluationSettings withSketch(SketchChoice newSketch, int newSketchRows) {
    return new EvaluationSettings(
        shards,
        clusters,
        sampleFrames,
        microCentroids,
        silhouetteFrames,
        restarts,
        seed,
        newSketch,
        newSketchRows,
        maxWindowSeconds,
        batchSeconds,
        slice,
        intraOpThreads,
        modelCacheDirectory,
        modelCacheBytes,
        utteranceTimeout,
        corpusTimeout,
        retention);
  }

  private static void atLeast(String name, long value, long least) {
    if (value < least) {
      throw new IllegalArgumentException(
          "%s is %d; it must be at least %d.".formatted(name, value, least));
    }
  }
}
