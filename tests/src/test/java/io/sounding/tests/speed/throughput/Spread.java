package io.sounding.tests.speed.throughput;

import java.util.Collection;
import java.util.Locale;

/** Median, lowest and highest of what was measured several times. */
record Spread(double median, double lowest, double highest) {

  static Spread of(Collection<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    if (sorted.length == 0) {
      return new Spread(Double.NaN, Double.NaN, Double.NaN);
    }
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return new Spread(median, sorted[0], sorted[sorted.length - 1]);
  }

  /** As the reports print it: {@code median (lowest to highest)}, with so many decimals. */
  String words(int decimals) {
    if (Double.isNaN(median)) {
      return "-";
    }
    String number = "%,." + decimals + "f";
    return String.format(
        Locale.ROOT, number + " (" + number + " to " + number + ")", median, lowest, highest);
  }
}
