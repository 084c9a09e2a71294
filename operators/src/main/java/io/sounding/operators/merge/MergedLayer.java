package io.sounding.operators.merge;

import io.sounding.operators.admit.CheckpointRequest;
import io.sounding.operators.fold.EmbedTiming;
import io.sounding.schemas.MetricStatus;

/**
 * One layer of one checkpoint over the shards that are there: over all of them when final.
 *
 * @param status PARTIAL, FINAL, or FAILED; FAILED concerns all layers and has nothing but
 *     checkpoint and failure
 * @param checkpoint the checkpoint
 * @param corpusDigest names the corpus' content
 * @param layer index of the layer among the model's outputs
 * @param layers number of layers evaluated
 * @param shards shards into which the corpus is divided
 * @param utterances utterances seen
 * @param corpusUtterances utterances of the corpus
 * @param audioSeconds audio seen, seconds
 * @param corpusAudioSeconds audio of the corpus, seconds
 * @param summary of all frames seen; null in a failure
 * @param rankMeStdErr standard error of RankMe over the choice of utterances; null: not computed
 * @param devices where it was embedded
 * @param embedSeconds wall time of the forward passes, summed over shards, seconds
 * @param foldSeconds wall time of folding, summed over shards, seconds
 * @param timing when it was embedded; null: not known
 * @param failure why the evaluation failed, a sentence
 */
public record MergedLayer(
    MetricStatus status,
    CheckpointRequest checkpoint,
    String corpusDigest,
    int layer,
    int layers,
    int shards,
    int utterances,
    int corpusUtterances,
    double audioSeconds,
    double corpusAudioSeconds,
    MergedSummary summary,
    Double rankMeStdErr,
    String devices,
    double embedSeconds,
    double foldSeconds,
    EmbedTiming timing,
    String failure) {

  /** What is told of an evaluation that failed. */
  public static MergedLayer failed(CheckpointRequest checkpoint, int shards, String failure) {
    return new MergedLayer(
        MetricStatus.FAILED,
        checkpoint,
        null,
        -1,
        0,
        shards,
        0,
        0,
        0,
        0,
        null,
        null,
        null,
        0,
        0,
        null,
        failure);
  }
}
