package io.sounding.operators.embed;

import io.sounding.operators.fold.ShardFold;

/**
 * How far a subtask is with one shard of one checkpoint, in keyed state while it is under way.
 *
 * @param evaluationId the evaluation
 * @param identity evaluation, plan and settings: what {@code nextBatch} and {@code fold} mean
 * @param nextBatch position of the next batch in the shard's {@link WindowPlan}
 * @param audioSeconds audio embedded, seconds
 * @param embedSeconds wall time of the forward passes, seconds
 * @param begunMillis when the first window was taken, milliseconds since 1970-01-01 UTC; 0: not
 *     known
 * @param modelSha256 SHA-256 of the files of the model that made the frames; null: not known
 * @param fold the summaries so far; null before the first batch
 */
public record InFlight(
    String evaluationId,
    String identity,
    int nextBatch,
    double audioSeconds,
    double embedSeconds,
    long begunMillis,
    String modelSha256,
    ShardFold.Saved fold) {

  /** Layers that are summarised. */
  int layers() {
    return fold == null ? 0 : fold.layers().length;
  }

  /** The same with these summaries of its layers. */
  InFlight with(byte[][] summaries) {
    return new InFlight(
        evaluationId,
        identity,
        nextBatch,
        audioSeconds,
        embedSeconds,
        begunMillis,
        modelSha256,
        fold.with(summaries));
  }
}
