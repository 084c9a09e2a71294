package io.sounding.jobs.report;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Where training steps stand on the horizontal axis: linear, or logarithmic with step 0, which has
 * no logarithm, to the left of the first step after it.
 */
final class StepAxis {

  /** The distance of step 0 to the next one, as a share of the axis. */
  private static final double ZERO_GAP = 0.09;

  private static final double MARGIN = 0.03;
  private static final String THOUSANDS = " kMGTPE";

  private final boolean logarithmic;
  private final double first;
  private final double last;
  private final boolean zero;
  private final double gap;

  private StepAxis(boolean logarithmic, double first, double last, boolean zero) {
    this.logarithmic = logarithmic;
    this.first = first;
    this.last = last;
    this.zero = zero;
    gap = Math.max(0.1, ZERO_GAP / (1 - ZERO_GAP) * (Math.log10(last) - Math.log10(first)));
  }

  /** An axis that shows all these steps. */
  static StepAxis over(double[] steps, boolean logarithmic) {
    double most = Math.max(1, Arrays.stream(steps).max().orElse(1));
    double least = Arrays.stream(steps).min().orElse(1);
    if (!logarithmic) {
      return new StepAxis(false, least, most, false);
    }
    double positive = Arrays.stream(steps).filter(step -> step > 0).min().orElse(1);
    return new StepAxis(true, positive, most, least <= 0);
  }

  double position(double step) {
    if (!logarithmic) {
      return step;
    }
    return step > 0 ? Math.log10(step) : Math.log10(first) - gap;
  }

  /** Left end of the axis. */
  double from() {
    return left() - margin();
  }

  /** Right end of the axis. */
  double to() {
    return position(last) + margin();
  }

  /** Between step 0 and the next; NaN where there is no such gap. */
  double gapCentre() {
    return zero ? Math.log10(first) - gap / 2 : Double.NaN;
  }

  private double left() {
    return zero ? position(0) : position(first);
  }

  private double margin() {
    double width = position(last) - left();
    if (width > 0) {
      return MARGIN * width;
    }
    return logarithmic ? 0.5 : last / 2;
  }

  /** Marks for an axis on which {@code most} labels have room. */
  List<Tick> ticks(int most) {
    if (!logarithmic) {
      return Tick.even(Math.max(0, from()), to(), most, 1, StepAxis::label);
    }
    Stream<Tick> none = zero ? Stream.of(new Tick(position(0), "0")) : Stream.empty();
    double from = zero ? first : Math.pow(10, from());
    return Stream.concat(
            none,
            Tick.decades(from, Math.pow(10, to()), most - (zero ? 1 : 0), StepAxis::label).stream())
        .toList();
  }

  /** 400, 3.2k, 50k, 1.5M, 2G, 20T. */
  static String label(double step) {
    int thousands = 0;
    double value = step;
    while (value >= 1e3 && thousands < THOUSANDS.length() - 1) {
      value /= 1e3;
      thousands++;
    }
    return trimmed(value) + THOUSANDS.substring(thousands, thousands + 1).strip();
  }

  private static String trimmed(double value) {
    return String.format(Locale.ROOT, "%.2f", value).replaceAll("\\.?0+$", "");
  }
}
