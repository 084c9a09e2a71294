package io.sounding.jobs.report;

import java.awt.Color;
import java.util.Arrays;
import java.util.List;

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
  record Point(long step, double value, double error) {}

  double[] steps() {
    return points.stream().mapToDouble(Point::step).toArray();
  }

  /** The values that have a place on an axis. */
  double[] finiteValues() {
    return points.stream().mapToDouble(Point::value).filter(Double::isFinite).toArray();
  }

  /** The same, with their errors taken off and added. */
  double[] extent() {
    return points.stream()
        .filter(point -> Double.isFinite(point.value()))
        .flatMapToDouble(
            point -> {
              double error = Double.isFinite(point.error()) ? point.error() : 0;
              return Arrays.stream(new double[] {point.value() - error, point.value() + error});
            })
        .toArray();
  }

  boolean hasErrors() {
    return points.stream().anyMatch(point -> Double.isFinite(point.error()));
  }

  boolean hasUndrawable() {
    return points.stream().anyMatch(point -> !Double.isFinite(point.value()));
  }
}
