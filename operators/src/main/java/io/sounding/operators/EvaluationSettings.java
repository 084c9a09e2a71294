package io.sounding.operators;

import io.sounding.operators.embed.ModelSettings;
import io.sounding.operators.relate.RelateSettings;
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
 * @param models which models are run, and how
 * @param maxWindowSeconds longest piece of audio embedded in one go; longer utterances are cut
 *     evenly
 * @param batchSeconds audio of equally long windows embedded in one forward pass, at most
 * @param slice wall time after which the embedding stage looks at its inbox again
 * @param atRisk work on a shard that a failure may cost, wall time: what was done is saved with the
 *     first Flink checkpoint after as much of it, since that writes megabytes per layer
 * @param patience how long is waited, and remembered
 * @param relate how metrics are set against scores and their run's history
 */
public record EvaluationSettings(
    int shards,
    StatisticsSettings statistics,
    ModelSettings models,
    double maxWindowSeconds,
    double batchSeconds,
    Duration slice,
    Duration atRisk,
    Patience patience,
    RelateSettings relate)
    implements Serializable {

  /** Refuses values that cannot work, each with a sentence. */
  public EvaluationSettings {
    if (shards < 1) {
      throw new IllegalArgumentException("shards is %d; it must be at least 1.".formatted(shards));
    }
    if (!(maxWindowSeconds >= 0.1) || !(batchSeconds > 0)) {
      throw new IllegalArgumentException(
          "maxWindowSeconds is %s and batchSeconds is %s; they must be at least 0.1 s and more than 0 s."
              .formatted(maxWindowSeconds, batchSeconds));
    }
    if (slice.toMillis() < 1) {
      throw new IllegalArgumentException("slice is %s; it must be at least 1 ms.".formatted(slice));
    }
    if (atRisk.isNegative()) {
      throw new IllegalArgumentException(
          "atRisk is %s; it must not be negative.".formatted(atRisk));
    }
    Objects.requireNonNull(statistics, "statistics");
    Objects.requireNonNull(models, "models");
    Objects.requireNonNull(patience, "patience");
    Objects.requireNonNull(relate, "relate");
  }

  /** The defaults with these models. */
  public static EvaluationSettings defaults(ModelSettings models) {
    return new EvaluationSettings(
        32,
        StatisticsSettings.defaults(),
        models,
        30,
        60,
        Duration.ofMillis(500),
        Duration.ofSeconds(5),
        Patience.DEFAULT,
        RelateSettings.DEFAULT);
  }

  /** The same with other shards and statistics. */
  public EvaluationSettings with(int newShards, StatisticsSettings newStatistics) {
    return new EvaluationSettings(
        newShards,
        newStatistics,
        models,
        maxWindowSeconds,
        batchSeconds,
        slice,
        atRisk,
        patience,
        relate);
  }

  /** The same with other models. */
  public EvaluationSettings with(ModelSettings newModels) {
    return new EvaluationSettings(
        shards,
        statistics,
        newModels,
        maxWindowSeconds,
        batchSeconds,
        slice,
        atRisk,
        patience,
        relate);
  }

  /** The same with other patience. */
  public EvaluationSettings with(Patience newPatience) {
    return new EvaluationSettings(
        shards,
        statistics,
        models,
        maxWindowSeconds,
        batchSeconds,
        slice,
        atRisk,
        newPatience,
        relate);
  }

  /** The same, related otherwise. */
  public EvaluationSettings with(RelateSettings newRelate) {
    return new EvaluationSettings(
        shards,
        statistics,
        models,
        maxWindowSeconds,
        batchSeconds,
        slice,
        atRisk,
        patience,
        newRelate);
  }
}
