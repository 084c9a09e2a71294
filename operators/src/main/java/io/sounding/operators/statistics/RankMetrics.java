package io.sounding.operators.statistics;

/**
 * The rank family of metrics of one layer, from its spectrum sketches.
 *
 * <p>Z is the matrix of all frames, n x d; sigma its singular values, lambda = sigma^2. Edge cases:
 * no frames, or nothing but zeros: all ranks 0. One frame, or all frames equal: centred ranks,
 * {@code participationRatio} and {@code normalisedStd} are 0. Fewer than two frames with a
 * direction: {@code anisotropy} 0. Never NaN.
 *
 * <p>With exact second moments all are exact up to rounding. With Frequent Directions, {@code
 * rankMe}, {@code rankMeCentred}, {@code rankMeUtterance}, {@code effectiveRankSquared}, {@code
 * stableRank}, {@code participationRatio} and {@code alphaReQ} are estimates, from a spectrum whose
 * tail is extrapolated ({@link TailExtrapolation} has their measured error); {@code rankMeLow} and
 * {@code rankMeHigh} are guaranteed ({@link RankMeInterval}); the rest is exact.
 *
 * @param rankMe exp entropy of sigma / sum sigma + 1e-7, uncentred, all frames
 * @param rankMeLow lower end of the interval that holds rankMe; equal to it when moments are exact
 * @param rankMeHigh upper end of the interval that holds rankMe
 * @param rankMeCentred the same after the mean is subtracted
 * @param rankMeUtterance the same over one row per utterance, the sum of its frames, uncentred
 * @param effectiveRankSquared exp entropy of lambda / sum lambda, centred
 * @param stableRank sum lambda / lambda_1, uncentred
 * @param participationRatio (tr C)^2 / ||C||_F^2, C the centred covariance
 * @param alphaReQ exponent of the decay of centred lambda, those left out that may be the rounding
 *     of frames to float32; null when fewer than three eigenvalues can be fitted
 * @param alphaReQFirst 0-based index of the first eigenvalue fitted; 0 when there is no fit
 * @param alphaReQEnd index after the last eigenvalue fitted; 0 when there is no fit
 * @param anisotropy mean cosine similarity of two different frames
 * @param meanNorm mean of ||x||
 * @param normalisedStd mean over dimensions of the standard deviation of x / ||x||
 * @param sampleLimited n is below d, so the ranks are limited by n
 * @param utteranceLimited there are fewer utterances than dimensions, so rankMeUtterance is limited
 *     by their number
 * @param sketch the spectrum sketch of the frames
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
    boolean sampleLimited,
    boolean utteranceLimited,
    String sketch) {

  /** Three eigenvalue problems of the size of the sketch: d, or a few rows more than 2 l. */
  public static RankMetrics of(LayerSummary summary) {
    LayerSummary.FoldedFrames folded = summary.folded();
    SpectrumSketch frames = folded.sketch();
    SpectrumSketch sums = summary.utteranceSketch();
    int d = summary.dimension();
    SpectrumEstimate uncentred = frames.uncentredSpectrum();
    Spectrum centred = frames.centredSpectrum();
    Spectrum.PowerLaw powerLaw = centred.powerLaw(uncentred.spectrum().rounding(d));
    DirectionMoments directions = folded.directions();
    return new RankMetrics(
        uncentred.rankMe(),
        uncentred.rankMeInterval().low(),
        uncentred.rankMeInterval().high(),
        centred.rankMe(),
        sums.uncentredSpectrum().rankMe(),
        centred.effectiveRankSquared(),
        uncentred.spectrum().stableRank(),
        frames.participationRatio(),
        powerLaw == null ? null : powerLaw.exponent(),
        powerLaw == null ? 0 : powerLaw.first(),
        powerLaw == null ? 0 : powerLaw.end(),
        directions.anisotropy(),
        directions.meanNorm(),
        directions.normalisedStd(),
        frames.count() < d,
        sums.count() < d,
        frames.name());
  }
}
