package io.sounding.operators.statistics;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Mean of m values of frames, and its standard error over the choice of utterances: frames of one
 * utterance are alike, so that they come and go together. With {@code r_g} the sum of {@code value
 * - mean} over utterance g of G,
 *
 * <pre>
 *   SE^2 = G / (G - 1) * sum_g r_g^2 / m^2,
 * </pre>
 *
 * <p>which is s^2 / m where each utterance has one value. Source: the ratio of sums over sampled
 * clusters of unequal size, Cochran, Sampling Techniques (1977), chapter 9A; as the sandwich of
 * Liang and Zeger (1986). The centroids are taken as given. Few utterances make it coarse: its own
 * relative error is about 1 / sqrt(2 (G - 1)). Of a single one nothing tells how others differ: its
 * frames are taken as independent.
 *
 * @param mean 0 without values
 * @param standardError 0 with fewer than two values
 */
record MeanAndError(double mean, double standardError) {

  /**
   * Of values.
   *
   * @param utterances tell which values belong together; as many as there are values, or more
   */
  static MeanAndError of(double[] values, int[] utterances) {
    double mean = mean(values);
    Map<Integer, Double> residuals = new LinkedHashMap<>();
    double squaresOfFrames = 0;
    for (int i = 0; i < values.length; i++) {
      double residual = values[i] - mean;
      residuals.merge(utterances[i], residual, Double::sum);
      squaresOfFrames += residual * residual;
    }
    double groups = residuals.size() == 1 ? values.length : residuals.size();
    if (groups < 2) {
      return new MeanAndError(mean, 0);
    }
    double squares =
        residuals.size() == 1
            ? squaresOfFrames
            : residuals.values().stream().mapToDouble(residual -> residual * residual).sum();
    return new MeanAndError(mean, Math.sqrt(groups / (groups - 1) * squares) / values.length);
  }

  /** Mean of values; 0 without any. */
  static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return values.length == 0 ? 0 : sum / values.length;
  }
}
