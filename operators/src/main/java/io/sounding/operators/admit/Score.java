package io.sounding.operators.admit;

import static io.sounding.operators.admit.Validity.check;
import static io.sounding.operators.admit.Validity.checkId;

import io.sounding.schemas.DecodingException;
import io.sounding.schemas.DownstreamScore;
import io.sounding.schemas.RejectReason;

/**
 * What a checkpoint achieved on a downstream task: a score that was found valid. Of several of one
 * run, step and task the one published last counts; of those published in the same millisecond, the
 * one with the highest offset.
 *
 * @param runId the training run
 * @param step training step of the checkpoint, &gt;= 0
 * @param task the task and its measure
 * @param value the score, in the task's unit; finite
 * @param publishedAtMillis when it was published, milliseconds since 1970-01-01 UTC
 * @param offset its offset in Kafka
 */
public record Score(
    String runId, long step, String task, double value, long publishedAtMillis, long offset) {

  static Score of(DownstreamScore score, KafkaRecord source) throws DecodingException {
    checkId("runId", score.getRunId());
    checkId("task", score.getTask());
    check(
        score.getStep() >= 0,
        RejectReason.BAD_SCORE,
        "The step is %d; it must not be negative.",
        score.getStep());
    check(
        Double.isFinite(score.getValue()),
        RejectReason.BAD_SCORE,
        "The score of run %s at step %d on %s is %s. Publish a finite number, or nothing if there is none.",
        score.getRunId(),
        score.getStep(),
        score.getTask(),
        score.getValue());
    return new Score(
        score.getRunId(),
        score.getStep(),
        score.getTask(),
        score.getValue(),
        score.getPublishedAt().toEpochMilli(),
        source.offset());
  }
}
