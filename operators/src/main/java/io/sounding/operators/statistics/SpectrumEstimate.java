package io.sounding.operators.statistics;

/**
 * A spectrum, and the interval that holds RankMe of the true one.
 *
 * @param spectrum the spectrum, or the best guess at it
 * @param rankMeInterval guaranteed
 */
record SpectrumEstimate(Spectrum spectrum, RankMeInterval rankMeInterval) {

  /** RankMe of the spectrum, never outside of the interval. */
  double rankMe() {
    return Math.max(rankMeInterval.low(), Math.min(rankMeInterval.high(), spectrum.rankMe()));
  }
}
