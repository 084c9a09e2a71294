package io.sounding.jobs.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;

/**
 * A mark on an axis.
 *
 * @param position where, in the axis' own coordinates
 * @param label empty for a mark between labelled ones
 */
record Tick(double position, String label) {

  /** Rounding must not lose a mark at an end. */
  private static final double SLACK = 1e-9;

  /** Labels may stand a little closer than asked for, rather than twice as far apart. */
  private static final double ABOUT = 0.9;

  boolean isLabelled() {
    return !label.isEmpty();
  }

  /**
   * Marks at multiples of 1, 2 or 5 times a power of ten.
   *
   * @param most how many labels have room
   * @param least the smallest distance that makes sense: 1 for what is counted
   */
  static List<Tick> even(
      double from, double to, int most, double least, DoubleFunction<String> label) {
    double unit = Math.max(least, unit((to - from) / Math.max(1, most)));
    List<Tick> ticks = new ArrayList<>();
    long last = (long) Math.floor(to / unit + SLACK);
    for (long i = (long) Math.ceil(from / unit - SLACK); i <= last; i++) {
      ticks.add(new Tick(i * unit, label.apply(i * unit)));
    }
    return ticks;
  }

  private static double unit(double least) {
    double decade = Math.pow(10, Math.floor(Math.log10(least)));
    for (double factor : new double[] {1, 2, 5}) {
      if (decade * factor >= least * ABOUT) {
        return decade * factor;
      }
    }
    return decade * 10;
  }

  /**
   * Marks at powers of ten, at their logarithms to base 10; labelled are as many as have room.
   * Where all are, every digit has a mark, and 3 (or 2 and 5) times a power of ten a label if there
   * is room.
   */
  static List<Tick> decades(double from, double to, int most, DoubleFunction<String> label) {
    int first = (int) Math.floor(Math.log10(from) + SLACK);
    int last = (int) Math.floor(Math.log10(to) + SLACK);
    double length = Math.log10(to) - Math.log10(from);
    int every = Math.max(1, (int) Math.ceil(length / Math.max(1, most)));
    List<Integer> labelled =
        length * 3 * ABOUT <= most
            ? List.of(1, 2, 5)
            : length * 2 * ABOUT <= most ? List.of(1, 3) : List.of(1);
    List<Tick> ticks = new ArrayList<>();
    for (int decade = first; decade <= last; decade++) {
      for (int digit = 1; digit <= (every == 1 ? 9 : 1); digit++) {
        double value = digit * Math.pow(10, decade);
        if (value < from * (1 - SLACK) || value > to * (1 + SLACK)) {
          continue;
        }
        boolean isLabelled = Math.floorMod(decade, every) == 0 && labelled.contains(digit);
        ticks.add(new Tick(Math.log10(value), isLabelled ? label.apply(value) : ""));
      }
    }
    return ticks;
  }
}
