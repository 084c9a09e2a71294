package io.sounding.jobs.report;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * The vertical axis: logarithmic where values differ by so much that a linear one would show a flat
 * line and none is zero within its error, and from zero where zero is near.
 */
final class ValueAxis {

  private static final double LOGARITHMIC_FROM_RATIO = 50;
  private static final double ZERO_IS_NEAR = 0.35;
  private static final double MARGIN = 0.06;
  private static final double ROOM_FOR_ERRORS = 0.5;
  private static final String SUPERSCRIPTS =
      "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079";

  private final boolean logarithmic;
  private final double from;
  private final double to;

  private ValueAxis(boolean logarithmic, double from, double to) {
    this.logarithmic = logarithmic;
    this.from = from;
    this.to = to;
  }

  /** An axis that shows all these lines with their errors. */
  static ValueAxis over(Collection<PlotLine> lines) {
    double[] values = sorted(lines.stream().flatMapToDouble(l -> Arrays.stream(l.finiteValues())));
    if (values.length == 0) {
      return new ValueAxis(false, 0, 1);
    }
    double least = values[0];
    double most = values[values.length - 1];
    double[] extent = sorted(lines.stream().flatMapToDouble(l -> Arrays.stream(l.extent())));
    if (extent[0] > 0 && most / least > LOGARITHMIC_FROM_RATIO) {
      double margin = MARGIN * Math.log10(most / least);
      return new ValueAxis(true, Math.log10(least) - margin, Math.log10(most) + margin);
    }
    // a large error of one point must not make flat lines of all others
    double room = most > least ? (most - least) * ROOM_FOR_ERRORS : Math.abs(most);
    return linear(
        Math.max(extent[0], least - room), Math.min(extent[extent.length - 1], most + room));
  }

  private static double[] sorted(DoubleStream values) {
    return values.sorted().toArray();
  }

  private static ValueAxis linear(double least, double most) {
    double width = most - least;
    if (width <= 1e-9 * Math.max(Math.abs(most), Math.abs(least))) {
      width = most == 0 ? 1 : Math.abs(most) * 0.2;
    }
    boolean fromZero = least >= 0 && least < ZERO_IS_NEAR * most;
    return new ValueAxis(false, fromZero ? 0 : least - MARGIN * width, most + MARGIN * width);
  }

  /** NaN for what has no place on the axis. */
  double position(double value) {
    if (!logarithmic) {
      return Double.isFinite(value) ? value : Double.NaN;
    }
    return value > 0 && Double.isFinite(value) ? Math.log10(value) : Double.NaN;
  }

  /** The same, with the nearer end for what lies beyond it. */
  double positionWithin(double value) {
    return logarithmic && value <= 0 ? from : Math.max(from, Math.min(to, position(value)));
  }

  /** Lower end. */
  double from() {
    return from;
  }

  /** Upper end. */
  double to() {
    return to;
  }

  /** Marks for an axis on which {@code most} labels have room. */
  List<Tick> ticks(int most) {
    return logarithmic
        ? Tick.decades(Math.pow(10, from), Math.pow(10, to), most, this::label)
        : Tick.even(from, to, most, 0, this::label);
  }

  private String label(double value) {
    double largest = logarithmic ? 1 : Math.max(Math.abs(from), Math.abs(to));
    if (Math.abs(value) < 1e-9 * largest) {
      return "0";
    }
    int exponent = (int) Math.floor(Math.log10(Math.abs(value)) + 1e-9);
    if (exponent < -3 || exponent > 4) {
      String digits = trimmed(value / Math.pow(10, exponent));
      return (digits.equals("1") ? "" : digits + "\u00b7") + "10" + superscript(exponent);
    }
    return trimmed(value);
  }

  private static String superscript(int exponent) {
    StringBuilder text = new StringBuilder(exponent < 0 ? "\u207b" : "");
    for (char digit : Integer.toString(Math.abs(exponent)).toCharArray()) {
      text.append(SUPERSCRIPTS.charAt(digit - '0'));
    }
    return text.toString();
  }

  private static String trimmed(double value) {
    return String.format(Locale.ROOT, "%.5f", value).replaceAll("\\.?0+$", "");
  }
}
