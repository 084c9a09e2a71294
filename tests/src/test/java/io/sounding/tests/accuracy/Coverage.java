package io.sounding.tests.accuracy;

import java.util.Arrays;

/**
 * How often the band of 1.96 standard errors to either side of a value held the true one.
 *
 * @param held times that it did
 * @param draws times that it was looked at, at least one
 */
record Coverage(int held, int draws) {

  /** Standard errors to either side in a band, as on the dashboard; the 97.5 % normal quantile. */
  static final double BAND = 1.96;

  /** With the mean of the values as the true one. */
  static Coverage ofMean(double[] values, double[] errors) {
    return of(Arrays.stream(values).average().orElseThrow(), values, errors);
  }

  /** Of values with their errors, in the same order. */
  static Coverage of(double truth, double[] values, double[] errors) {
    int held = 0;
    for (int i = 0; i < values.length; i++) {
      held += Math.abs(values[i] - truth) <= BAND * errors[i] ? 1 : 0;
    }
    return new Coverage(held, values.length);
  }

  double share() {
    return (double) held / draws;
  }

  /** Lower end of the 95 % interval of the share (Wilson 1927). */
  double low() {
    return centre() - halfWidth();
  }

  /** Upper end of that interval. */
  double high() {
    return centre() + halfWidth();
  }

  private double centre() {
    return (share() + BAND * BAND / (2 * draws)) / (1 + BAND * BAND / draws);
  }

  private double halfWidth() {
    double squared = share() * (1 - share()) / draws + BAND * BAND / (4.0 * draws * draws);
    return BAND * Math.sqrt(squared) / (1 + BAND * BAND / draws);
  }
}
