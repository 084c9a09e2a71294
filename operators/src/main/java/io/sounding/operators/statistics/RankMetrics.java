package io.sounding.operators.statistics;

/**
 * The rank family of metrics of one layer, from exact float64 second moments.
 *
 * <p>Z is the matrix of all frames, n x d; sigma its singular values, lambda = sigma^2. Edge cases:
 * no frames, or nothing but zeros: all ranks 0. One frame, or all frames equal: centred ranks,
 * {@code participationRatio} and {@code normalisedStd} are 0. Fewer than two frames with a
 * direction: {@code anisotropy} 0. Never NaN.
 *
 * @param rankMe exp entropy of sigma / sum sigma + 1e-7, uncentred, all frames
 * @param rankMeLow lower end of the interval that holds rankMe; equal to it, moments being exact
 * @param rankMeHigh upper end of the interval that holds rankMe
 * @param rankMeCentred the same after the mean is subtracted
 * @param rankMeUtterance the same over one row per utterance, the sum of its frames, uncentred
 * @param effectiveRankSquared exp entropy of lambda / sum lambda, centred
 * @param stableRank sum lambda / lambda_1, uncentred
 * @param participationRatio (tr C)^2 / ||C||_F^2, C the centred covariance
 * @param alphaReQ exponent of the decay of centred lambda; null when fewer than three eigenvalues
 *     can be fitted
 * @param alphaReQFirst 0-based index of the first eigenvalue fitted; 0 when there is no fit
 * @param alphaReQEnd index after the last eigenvalue fitted; 0 when there is no fit
 * @param anisotropy mean cosine similarity of two different frames
 * @param meanNorm mean of ||x||
 * @param normalisedStd mean over dimensions of the standard deviation of x / ||x||
 * @param frames n
 * @param utterances number of utterances with frames, the rows behind rankMeUtterance
 * @param frameDimension d
 * @param sampleLimited n is below d, so the ranks are limited by n
 * @param utteranceLimited there are fewer utterances than dimensions, so rankMeUtterance is limited
 *     by their number
 */
public record RankMetrics(
    double rankMe,
    double rankMeLow,
    double rankMeHigh,
    double rankMeCentred,
    double rankMeUtterance,
    double effectiveRankSquared,
    double stableRank,
    double participationRatio,
    Double alphaReQ,
    int alphaReQFirst,
    int alphaReQEnd,
    double anisotropy,
    double meanNorm,
    double normalisedStd,
    long frames,
    long utterances,
    int frameDimension,
    boolean sampleLimited,
    boolean utteranceLimited) {

  /** Three eigenvalue problems of size d. */
  public static RankMetrics of(LayerSummary summary) {
    LayerSummary completed = summary.completed();
    SecondMoments moments = completed.frameMoments();
    SecondMoments utteranceMoments = completed.utteranceMoments();
    int d = completed.dimension();
    long n = moments.count();
    long u = utteranceMoments.count();
    Spectrum uncentred = Spectrum.of(moments.uncentred(), d, n);
    Spectrum centred = Spectrum.of(moments.centred(), d, n);
    Spectrum utterances = Spectrum.of(utteranceMoments.uncentred(), d, u);
    Spectrum.PowerLaw powerLaw = centred.powerLaw();
    double rankMe = uncentred.rankMe();
    DirectionMoments directions = completed.directions();
    return new RankMetrics(
        rankMe,
        rankMe,
        rankMe,
        centred.rankMe(),
        utterances.rankMe(),
        centred.effectiveRankSquared(),
        uncentred.stableRank(),
        participationRatio(moments.centred(), d),
        powerLaw == null ? null : powerLaw.exponent(),
        powerLaw == null ? 0 : powerLaw.first(),
        powerLaw == null ? 0 : powerLaw.end(),
        directions.anisotropy(),
        directions.meanNorm(),
        directions.normalisedStd(),
        n,
        u,
        d,
        n < d,
        u < d);
  }

  /** (tr C)^2 / ||C||_F^2, by the trace so that the squares neither overflow nor underflow. */
  private static double participationRatio(double[] packed, int d) {
    double trace = 0;
    for (int i = 0, diagonal = 0; i < d; diagonal += d - i, i++) {
      trace += packed[diagonal];
    }
    if (trace == 0) {
      return 0;
    }
    double squares = 0;
    int position = 0;
    for (int i = 0; i < d; i++) {
      for (int j = i; j < d; j++) {
        double share = packed[position++] / trace;
        squares += (i == j ? 1 : 2) * share * share;
      }
    }
    return 1 / squares;
  }
}
