package io.sounding.jobs.report;

import io.sounding.jobs.watch.MetricField;
import java.awt.Color;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * A line of a plot.
 *
 * @param label how the legend names it
 * @param style colour and marker
 * @param points by ascending step
 */
record PlotLine(String label, Style style, List<Point> points) {

  /** How a line looks. */
  record Style(Color color, int marker) {}

  /**
   * A point of a line.
   *
   * @param value not finite: something was measured that has no place on an axis
   * @param error its standard error; NaN: not known
   */
  record Point(long step, double value, double error) {

    /** Lower end of its band; NaN: it has none. */
    double low() {
      return value - MetricField.BAND * error;
    }

    /** Upper end of its band. */
    double high() {
      return value + MetricField.BAND * error;
    }
  }

  /** The values that have a place on an axis. */
  double[] finiteValues() {
    return points.stream().mapToDouble(Point::value).filter(Double::isFinite).toArray();
  }

  /** The same, with the ends of their bands. */
  double[] extent() {
    return points.stream()
        .filter(point -> Double.isFinite(point.value()))
        .flatMapToDouble(point -> DoubleStream.of(point.low(), point.value(), point.high()))
        .filter(Double::isFinite)
        .toArray();
  }

  boolean hasErrors() {
    return points.stream().anyMatch(point -> Double.isFinite(point.error()));
  }

  boolean hasUndrawable() {
    return points.stream().anyMatch(point -> !Double.isFinite(point.value()));
  }
}
