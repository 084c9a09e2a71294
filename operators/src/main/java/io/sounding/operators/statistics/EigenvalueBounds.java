package io.sounding.operators.statistics;

/**
 * What is guaranteed of the eigenvalues lambda of a second-moment matrix, descending: {@code
 * found_i - rounding ≤ lambda_i ≤ found_i + width + rounding} and {@code |sum lambda - trace| ≤
 * traceRounding * trace}.
 *
 * @param found eigenvalues of the sketch, {@code [min(n, d)]}, descending, the last of them 0 when
 *     the sketch has fewer
 * @param width Delta
 * @param trace sum of all eigenvalues
 * @param rounding absolute
 * @param traceRounding relative
 */
record EigenvalueBounds(
    double[] found, double width, double trace, double rounding, double traceRounding) {

  /** The least that lambda_i can be. */
  double low(int i) {
    return Math.max(0, found[i] - rounding);
  }

  /** The most that lambda_i can be. */
  double high(int i) {
    return found[i] + width + rounding;
  }
}
