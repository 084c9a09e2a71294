package io.sounding.operators.fold;

import io.sounding.operators.LogContext;
import io.sounding.operators.admit.CheckpointRequest;
import java.util.Objects;

/**
 * What the embedding stage says of one shard: the summary of one layer of all its frames, or that
 * the checkpoint cannot be evaluated.
 *
 * @param checkpoint the checkpoint
 * @param corpusDigest names the corpus' content; null if a failure came before the manifest
 * @param corpusUtterances utterances of the corpus
 * @param corpusAudioSeconds audio of the corpus, seconds
 * @param shard the shard
 * @param shards how many there are
 * @param utterances utterances of this shard
 * @param audioSeconds audio of this shard, seconds
 * @param layer index of the layer among the model's outputs; {@link #ALL_LAYERS} in a failure
 * @param layers number of layers evaluated
 * @param summary a {@link io.sounding.operators.statistics.LayerSummary} as bytes; null in a
 *     failure
 * @param device where it was embedded; null in a failure
 * @param modelSha256 SHA-256 of the model file that embedded it; of that and of its weights, if
 *     they lie in another; null if not known, or in a failure
 * @param embedSeconds wall time of the forward passes, seconds
 * @param foldSeconds wall time of folding this layer, seconds
 * @param timing when it was embedded; null if not known, or in a failure
 * @param failure why the checkpoint cannot be evaluated, a sentence; null if it can
 */
public record ShardSummary(
    CheckpointRequest checkpoint,
    String corpusDigest,
    int corpusUtterances,
    double corpusAudioSeconds,
    int shard,
    int shards,
    int utterances,
    double audioSeconds,
    int layer,
    int layers,
    byte[] summary,
    String device,
    String modelSha256,
    double embedSeconds,
    double foldSeconds,
    EmbedTiming timing,
    String failure) {

  /** The layer of a failure, which concerns them all. */
  public static final int ALL_LAYERS = -1;

  /** A failure; it concerns all layers. */
  public static ShardSummary failed(
      CheckpointRequest checkpoint, int shard, int shards, String failure) {
    Objects.requireNonNull(failure, "a failure says why");
    return failed(checkpoint, shard, shards, ALL_LAYERS, failure);
  }

  /** The same failure, told to one layer so that it gives up too. */
  public ShardSummary ofLayer(int known) {
    return failed(checkpoint, shard, shards, known, failure);
  }

  private static ShardSummary failed(
      CheckpointRequest checkpoint, int shard, int shards, int layer, String failure) {
    return new ShardSummary(
        checkpoint,
        null,
        0,
        0,
        shard,
        shards,
        0,
        0,
        layer,
        0,
        null,
        null,
        null,
        0,
        0,
        null,
        failure);
  }

  /** The same without the bytes of the summary. */
  public ShardSummary withoutSummary() {
    return new ShardSummary(
        checkpoint,
        corpusDigest,
        corpusUtterances,
        corpusAudioSeconds,
        shard,
        shards,
        utterances,
        audioSeconds,
        layer,
        layers,
        null,
        device,
        modelSha256,
        embedSeconds,
        foldSeconds,
        timing,
        failure);
  }

  /** What is logged of work on it is about this. */
  public LogContext about() {
    return LogContext.of(checkpoint).shard(shard).layer(layer);
  }

  /** The evaluation that it is of. */
  public String evaluationId() {
    return checkpoint.evaluationId();
  }

  /** Evaluation and layer: what is merged together. */
  public String mergeKey() {
    return checkpoint.evaluationId() + "\n" + layer;
  }
}
