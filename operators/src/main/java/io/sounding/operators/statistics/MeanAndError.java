package io.sounding.operators.statistics;

/**
 * Mean of m values and its standard error {@code s / sqrt(m)}, s the sample standard deviation (m -
 * 1). The error is that of drawing frames anew, also when the sample holds all of them; frames next
 * to each other are alike, so it is a lower bound.
 *
 * @param mean 0 without values
 * @param standardError 0 with fewer than two values
 */
record MeanAndError(double mean, double standardError) {
  static MeanAndError of(double[] values) {
    if (values.length == 0) {
      return new MeanAndError(0, 0);
    }
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    double mean = sum / values.length;
    if (values.length == 1) {
      return new MeanAndError(mean, 0);
    }
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    return new MeanAndError(mean, Math.sqrt(squares / (values.length - 1.0) / values.length));
  }

  MeanAndError times(double factor) {
    return new MeanAndError(mean * factor, standardError * factor);
  }
}
