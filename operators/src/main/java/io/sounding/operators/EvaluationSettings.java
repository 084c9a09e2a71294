package io.sounding.operators;

import io.sounding.operators.embed.TrustedArtifacts;
import io.sounding.operators.statistics.StatisticsSettings;
import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;

/**
 * How checkpoints are evaluated: read once, validated, the same for the whole job.
 *
 * @param shards shares into which a corpus is divided: unit of parallelism, of order and of
 *     recovery; part of the result's definition to 1e-6 on cluster metrics
 * @param statistics what is kept of the frames, and how they are clustered
 * @param maxWindowSeconds longest piece of audio embedded in one go; longer utterances are cut
 *     evenly
 * @param batchSeconds audio of equally long windows embedded in one forward pass, at most
 * @param slice wall time after which the embedding stage looks at its inbox again
 * @param intraOpThreads threads within one forward pass; part of the result's definition to 1e-6
 * @param models which model files may be fetched
 * @param modelCacheDirectory local folder for fetched model files; empty: below the task manager's
 *     folder for temporary files
 * @param modelCacheBytes how much it may hold
 * @param modelBytes largest model file that is loaded: a process holds up to two models beside
 *     those in use, and one that does not fit into its memory may be ended by the operating system
 * @param modelTimeLimit how long fetching and loading a model may take, and how long one forward
 *     pass (a window, or a batch); above it the checkpoint fails and the task goes on, but native
 *     code cannot be interrupted: until it returns by itself it keeps a core and its model
 * @param utteranceTimeout how long the chunks of an utterance are waited for
 * @param corpusTimeout how long a checkpoint waits for its corpus to be complete
 * @param retention how long finished evaluations are remembered, so that none is done twice, and
 *     unfinished ones kept after their last sign of life
 */
public record EvaluationSettings(
    int shards,
    StatisticsSettings statistics,
    double maxWindowSeconds,
    double batchSeconds,
    Duration slice,
    int intraOpThreads,
    TrustedArtifacts models,
    String modelCacheDirectory,
    long modelCacheBytes,
    long modelBytes,
    Duration modelTimeLimit,
    Duration utteranceTimeout,
    Duration corpusTimeout,
    Duration retention)
    implements Serializable {

  /** Refuses values that cannot work, each with a sentence. */
  public EvaluationSettings {
    atLeast("shards", shards, 1);
    atLeast("intraOpThreads", intraOpThreads, 1);
    atLeast("modelCacheBytes", modelCacheBytes, 1);
    atLeast("modelBytes", modelBytes, 1);
    atLeast("modelTimeLimit in ms", modelTimeLimit.toMillis(), 1);
    if (!(maxWindowSeconds >= 0.1) || !(batchSeconds > 0)) {
      throw new IllegalArgumentException(
          "maxWindowSeconds is %s and batchSeconds is %s; they must be at least 0.1 s and more than 0 s."
              .formatted(maxWindowSeconds, batchSeconds));
    }
    atLeast("slice in ms", slice.toMillis(), 1);
    atLeast("utteranceTimeout in ms", utteranceTimeout.toMillis(), 1);
    atLeast("corpusTimeout in ms", corpusTimeout.toMillis(), 1);
    atLeast("retention in ms", retention.toMillis(), 1);
    Objects.requireNonNull(statistics, "statistics");
    Objects.requireNonNull(models, "models");
  }

  /**
   * The defaults, with model files cached in {@code modelCacheDirectory}; none is trusted until
   * {@link #trusting} says which.
   */
  public static EvaluationSettings defaults(String modelCacheDirectory) {
    return new EvaluationSettings(
        32,
        StatisticsSettings.defaults(),
        30,
        60,
        Duration.ofMillis(500),
        1,
        TrustedArtifacts.NONE,
        modelCacheDirectory,
        20L << 30,
        8L << 30,
        Duration.ofMinutes(10),
        Duration.ofMinutes(10),
        Duration.ofHours(1),
        Duration.ofDays(7));
  }

  /** The same with other shards and statistics. */
  public EvaluationSettings with(int newShards, StatisticsSettings newStatistics) {
    return new EvaluationSettings(
        newShards,
        newStatistics,
        maxWindowSeconds,
        batchSeconds,
        slice,
        intraOpThreads,
        models,
        modelCacheDirectory,
        modelCacheBytes,
        modelBytes,
        modelTimeLimit,
        utteranceTimeout,
        corpusTimeout,
        retention);
  }

  /** The same, trusting these model files. */
  public EvaluationSettings trusting(TrustedArtifacts newModels) {
    return new EvaluationSettings(
        shards,
        statistics,
        maxWindowSeconds,
        batchSeconds,
        slice,
        intraOpThreads,
        newModels,
        modelCacheDirectory,
        modelCacheBytes,
        modelBytes,
        modelTimeLimit,
        utteranceTimeout,
        corpusTimeout,
        retention);
  }

  /** The same with other limits on models. */
  public EvaluationSettings withModelLimits(long newModelBytes, Duration newModelTimeLimit) {
    return new EvaluationSettings(
        shards,
        statistics,
        maxWindowSeconds,
        batchSeconds,
        slice,
        intraOpThreads,
        models,
        modelCacheDirectory,
        modelCacheBytes,
        newModelBytes,
        newModelTimeLimit,
        utteranceTimeout,
        corpusTimeout,
        retention);
  }

  /** The same with other times to wait for audio. */
  public EvaluationSettings withTimeouts(Duration newUtteranceTimeout, Duration newCorpusTimeout) {
    return new EvaluationSettings(
        shards,
        statistics,
        maxWindowSeconds,
        batchSeconds,
        slice,
        intraOpThreads,
        models,
        modelCacheDirectory,
        modelCacheBytes,
        modelBytes,
        modelTimeLimit,
        newUtteranceTimeout,
        newCorpusTimeout,
        retention);
  }

  /** The same with another time to remember evaluations. */
  public EvaluationSettings withRetention(Duration newRetention) {
    return new EvaluationSettings(
        shards,
        statistics,
        maxWindowSeconds,
        batchSeconds,
        slice,
        intraOpThreads,
        models,
        modelCacheDirectory,
        modelCacheBytes,
        modelBytes,
        modelTimeLimit,
        utteranceTimeout,
        corpusTimeout,
        newRetention);
  }

  private static void atLeast(String name, long value, long least) {
    if (value < least) {
      throw new IllegalArgumentException(
          "%s is %d; it must be at least %d.".formatted(name, value, least));
    }
  }
}
