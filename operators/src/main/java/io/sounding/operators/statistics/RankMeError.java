package io.sounding.operators.statistics;

import java.util.List;
import smile.math.matrix.Matrix;

/**
 * How much RankMe depends on which utterances the corpus happens to hold: its standard error by the
 * infinitesimal jackknife over shards.
 *
 * <p>With theta = RankMe of G = sum G_s over S shards, eigenvalues lambda_k = sigma_k^2 and
 * eigenvectors v_k of G, p = sigma / sum sigma and q = p + 1e-7,
 *
 * <pre>
 *   SE^2 = S / (S - 1) * sum_s r_s^2,    r_s = sum_k dtheta/dlambda_k v_kᵀ G_s v_k = tr(W G_s),
 *   W = sum_k dtheta/dlambda_k v_k v_kᵀ,
 *   dtheta/dlambda_k = -theta (log q_k - sum_i p_i log q_i) / (2 sigma_k sum_i sigma_i).
 * </pre>
 *
 * <p>The r_s add up to 0, since theta does not depend on the scale of G. Frames of an utterance
 * stay together, since they are not independent. Small eigenvalues do no harm: {@code v_kᵀ G_s v_k}
 * is at most lambda_k, and those that rounding cannot tell from 0 are left out.
 *
 * <p>Source: Jaeckel, The Infinitesimal Jackknife (1972); Efron, The Jackknife, the Bootstrap and
 * Other Resampling Plans (1982), chapter 6. Few shards make it coarse: with S = 16 its own relative
 * error is about 1 / sqrt(2 (S - 1)) = 18 %. It says nothing of the bias of a small corpus. Where
 * the mean is a thousand times the spread and more, so that RankMe is below 1.01, rounding in G
 * makes it too large: 1.2 to 8 times, measured at d = 768 with means of 1e3 to 1e5; 15 times with
 * one direction of 1e7.
 */
public final class RankMeError {
  static {
    OpenBlas.load();
  }

  private static final int FEWEST_SHARDS = 4;

  /** Above it, a decomposition with vectors would cost more than it tells. */
  private static final int LARGEST_DIMENSION = 1_024;

  private RankMeError() {}

  /**
   * The standard error of RankMe of the union of {@code shards}.
   *
   * @param shards summaries of disjoint sets of utterances
   * @return in the unit of RankMe; null for fewer than 4 shards with frames, for d above 1,024, and
   *     for estimated spectra, whose own error is of the same size
   */
  public static Double of(List<LayerSummary> shards) {
    List<LayerSummary> occupied = shards.stream().filter(shard -> shard.frames() > 0).toList();
    if (occupied.size() < FEWEST_SHARDS
        || occupied.get(0).dimension() > LARGEST_DIMENSION
        || !occupied.get(0).frameSketch().isExact()) {
      return null;
    }
    int d = occupied.get(0).dimension();
    SpectrumSketch[] sketches = new SpectrumSketch[occupied.size()];
    Processors.forEach(sketches.length, i -> sketches[i] = occupied.get(i).folded().sketch());
    double[] sum = uncentred(d, sketches);
    double[] weights = weights(SymmetricEigen.ofPacked(sum, d, true), d);
    double[] residuals = new double[sketches.length];
    Processors.forEach(
        sketches.length, i -> residuals[i] = product(weights, uncentred(d, sketches[i])));
    double squares = product(residuals, residuals);
    return Math.sqrt(squares * sketches.length / (sketches.length - 1));
  }

  /** G of all rows of the sketches, packed. */
  private static double[] uncentred(int dimension, SpectrumSketch... sketches) {
    SecondMomentsAccumulator moments =
        new SecondMomentsAccumulator(
            new SecondMoments(
                dimension,
                0,
                new double[dimension],
                new double[SecondMoments.packedLength(dimension)]));
    for (SpectrumSketch sketch : sketches) {
      moments.add(sketch);
    }
    return ((SecondMoments) moments.finish()).uncentred();
  }

  private static double product(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /** W, packed as G is, with what is off the diagonal doubled: so tr(W G_s) is one sum. */
  private static double[] weights(SymmetricEigen eigen, int d) {
    double[] derivatives = Spectrum.rankMeByEigenvalue(eigen.values());
    Matrix vectors = new Matrix(d, d);
    Matrix scaled = new Matrix(d, d);
    for (int k = 0; k < d; k++) {
      for (int j = 0; j < d; j++) {
        double value = eigen.vectors()[k * d + j];
        vectors.set(k, j, value);
        scaled.set(k, j, derivatives[k] * value);
      }
    }
    Matrix product = vectors.tm(scaled);
    double[] packed = new double[SecondMoments.packedLength(d)];
    int position = 0;
    for (int i = 0; i < d; i++) {
      for (int j = i; j < d; j++) {
        packed[position++] = (i == j ? 1 : 2) * product.get(i, j);
      }
    }
    return packed;
  }
}
