package io.sounding.operators.relate;

import io.sounding.schemas.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The pairs of a group: each of n points, checkpoints or runs, has a score and a value of every
 * metric.
 *
 * @param group the group
 * @param fromStep the first step of the run that was let in; 0 across runs
 * @param scoreStep the step of the scores; null along a run
 * @param metrics names of the columns
 * @param columns {@code double[m][n]}, values of each metric; NaN where one is missing
 * @param scores {@code double[n]}
 * @param logSteps {@code double[n]}, log(1 + step); null across runs
 */
record PairSet(
    PairGroup group,
    long fromStep,
    Long scoreStep,
    List<String> metrics,
    double[][] columns,
    double[] scores,
    double[] logSteps) {

  /** The share of the run that sets the first step; null if it was asked for, and across runs. */
  Double fromShare() {
    return group.from() != null && group.from().isShare() ? group.from().share() : null;
  }

  /** A number that tells whether the correlations would be the same. */
  long fingerprint(int resamples) {
    int n = scores.length;
    ByteBuffer bytes = ByteBuffer.allocate((columns.length + 2) * n * Double.BYTES + 28);
    bytes.putInt(resamples).putInt(n).putInt(columns.length).putLong(fromStep);
    bytes.putLong(scoreStep == null ? -1 : scoreStep);
    put(bytes, scores);
    for (double[] column : columns) {
      put(bytes, column);
    }
    if (logSteps != null) {
      put(bytes, logSteps);
    }
    return firstBytesOfSha256(bytes.array());
  }

  private static void put(ByteBuffer bytes, double[] values) {
    bytes.asDoubleBuffer().put(values);
    bytes.position(bytes.position() + values.length * Double.BYTES);
  }

  /**
   * The seed of its bootstrap. It is not that of a layer or metric, so that all of them are
   * resampled alike and can be compared.
   */
  long seed(String corpusId) {
    return firstBytesOfSha256((corpusId + "\n" + group.id()).getBytes(StandardCharsets.UTF_8));
  }

  private static long firstBytesOfSha256(byte[] bytes) {
    return ByteBuffer.wrap(Sha256.start().digest(bytes)).getLong();
  }
}
