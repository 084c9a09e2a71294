package io.sounding.operators.statistics;

import java.util.Arrays;

/**
 * Eigenvalues lambda of a second-moment matrix, descending, and what is computed from them alone;
 * sigma = sqrt(lambda) are the singular values of the matrix of rows.
 *
 * <p>Only the first min(n, d) eigenvalues are kept: a matrix of n rows has no more singular values.
 * Negative ones (rounding) are clamped to 0. Error: LAPACK's symmetric solver gives each lambda
 * within about 2.2e-16 d lambda_1, so singular values below 1.5e-8 sqrt(d) sigma_1 are noise.
 *
 * <p>Empty, or all rows zero: the ranks are 0.
 */
final class Spectrum {
  /** What RankMe adds to each share of the singular values. */
  static final double EPSILON = 1e-7;

  /** Half-open, 0-based range of eigenvalues that {@link #powerLaw()} is fitted to. */
  private static final int FIT_FIRST = 10;

  private static final int FIT_END = 100;
  private static final int FIT_LEAST = 3;

  /**
   * What float32 rows hold in a direction that is empty but for their rounding, over the mean
   * square of their coordinates, at most. Measured where a last LayerNorm leaves one: 8e-15 to
   * 4e-14 on seven checkpoints of a healthy and a collapsing encoder, whose smallest other
   * eigenvalue was at 1.1e-11.
   */
  private static final double ROUNDING = 0x1p-42;

  private final double[] eigenvalues;
  private final double trace;

  private Spectrum(double[] eigenvalues) {
    this.eigenvalues = eigenvalues;
    trace = Arrays.stream(eigenvalues).sum();
  }

  /**
   * Spectrum of a positive semidefinite matrix.
   *
   * @param packed upper triangle by rows, {@code [d (d + 1) / 2]}
   * @param rows number of rows the matrix was summed from
   */
  static Spectrum of(double[] packed, int dimension, long rows) {
    double[] all = SymmetricEigen.ofPacked(packed, dimension, false).values();
    double[] descending = Arrays.copyOf(all, (int) Math.min(rows, dimension));
    for (int i = 0; i < descending.length; i++) {
      descending[i] = Math.max(0, descending[i]);
    }
    return new Spectrum(descending);
  }

  /** A spectrum known otherwise; {@code [min(n, d)]}, descending, none negative. */
  static Spectrum ofEigenvalues(double[] descending) {
    return new Spectrum(descending);
  }

  /** The eigenvalues, descending; the array itself, not to be written. */
  double[] eigenvalues() {
    return eigenvalues;
  }

  /** {@code (sum lambda)^2 / sum lambda^2}; 0 when all are. */
  double participationRatio() {
    double squares = 0;
    for (double eigenvalue : eigenvalues) {
      squares += trace == 0 ? 0 : (eigenvalue / trace) * (eigenvalue / trace);
    }
    return squares == 0 ? 0 : 1 / squares;
  }

  /**
   * RankMe: {@code exp(-sum q log q)}, {@code q = sigma / sum sigma + 1e-7} (Garrido et al. 2023,
   * arXiv 2210.02885, equation 1). The added constant lifts it above the rank by at most 16.2 d
   * 1e-7 of itself.
   */
  double rankMe() {
    double sum = 0;
    for (double eigenvalue : eigenvalues) {
      sum += Math.sqrt(eigenvalue);
    }
    if (sum == 0) {
      return 0;
    }
    double entropy = 0;
    for (double eigenvalue : eigenvalues) {
      double share = Math.sqrt(eigenvalue) / sum + EPSILON;
      entropy -= share * Math.log(share);
    }
    return Math.exp(entropy);
  }

  /**
   * How RankMe changes with each of these eigenvalues, descending; 0 for those that rounding cannot
   * tell from 0.
   */
  static double[] rankMeByEigenvalue(double[] eigenvalues) {
    double[] roots = Arrays.stream(eigenvalues).map(each -> Math.sqrt(Math.max(0, each))).toArray();
    double sum = Arrays.stream(roots).sum();
    double entropy = 0;
    double meanLog = 0;
    double[] logs = new double[roots.length];
    for (int i = 0; i < roots.length && sum > 0; i++) {
      double share = roots[i] / sum + EPSILON;
      logs[i] = Math.log(share);
      entropy -= share * logs[i];
      meanLog += roots[i] / sum * logs[i];
    }
    double[] derivatives = new double[roots.length];
    for (int i = 0; i < roots.length; i++) {
      derivatives[i] =
          eigenvalues[i] > noise(eigenvalues)
              ? -Math.exp(entropy) * (logs[i] - meanLog) / (2 * sum * roots[i])
              : 0;
    }
    return derivatives;
  }

  private static double noise(double[] descending) {
    return descending.length == 0 ? 0 : descending.length * 0x1p-52 * descending[0];
  }

  /** exp of the entropy of {@code lambda / sum lambda}. */
  double effectiveRankSquared() {
    if (trace == 0) {
      return 0;
    }
    double entropy = 0;
    for (double eigenvalue : eigenvalues) {
      if (eigenvalue > 0) {
        double share = eigenvalue / trace;
        entropy -= share * Math.log(share);
      }
    }
    return Math.exp(entropy);
  }

  /** {@code sum lambda / lambda_1}. */
  double stableRank() {
    return trace == 0 ? 0 : trace / eigenvalues[0];
  }

  /**
   * What the rounding of the rows to float32 may make of an eigenvalue that is 0 without it, where
   * this is the spectrum of the rows themselves, uncentred: rounding goes by the size of their
   * coordinates, of which the mean is a part.
   */
  double rounding(int dimension) {
    return ROUNDING * trace / dimension;
  }

  /**
   * The exponent alpha of lambda_j ~ j^-alpha (Agrawal et al. 2022, alpha-ReQ): least squares of
   * log lambda_j on log j with weights 1/j, j the 1-based rank, over the 0-based indices 10 to 100,
   * half-open, shortened to eigenvalues above the noise; null when fewer than three are left.
   *
   * @param rounding what the rounding of the rows may make of an eigenvalue, {@link #rounding}
   */
  PowerLaw powerLaw(double rounding) {
    double noise = Math.max(noise(eigenvalues), rounding);
    int end = FIT_FIRST;
    while (end < Math.min(FIT_END, eigenvalues.length) && eigenvalues[end] > noise) {
      end++;
    }
    if (end - FIT_FIRST < FIT_LEAST) {
      return null;
    }
    double weights = 0;
    double meanX = 0;
    double meanY = 0;
    for (int i = FIT_FIRST; i < end; i++) {
      double weight = 1.0 / (i + 1);
      weights += weight;
      meanX += weight * Math.log(i + 1);
      meanY += weight * Math.log(eigenvalues[i]);
    }
    meanX /= weights;
    meanY /= weights;
    double covariance = 0;
    double variance = 0;
    for (int i = FIT_FIRST; i < end; i++) {
      double x = Math.log(i + 1) - meanX;
      covariance += x * (Math.log(eigenvalues[i]) - meanY) / (i + 1);
      variance += x * x / (i + 1);
    }
    return new PowerLaw(-covariance / variance, FIT_FIRST, end);
  }

  /**
   * A fitted power law.
   *
   * @param exponent alpha
   * @param first 0-based index of the first eigenvalue fitted
   * @param end index after the last one
   */
  record PowerLaw(double exponent, int first, int end) {}
}
