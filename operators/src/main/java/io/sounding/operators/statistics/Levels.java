package io.sounding.operators.statistics;

import java.util.Arrays;

/**
 * Values by their order alone: all that rank correlations see of them.
 *
 * <p>Formula: {@code of[i]} is the number of distinct values below {@code x[i]}; the average rank
 * of a value is {@code below + (same + 1) / 2}, {@code below} the number of values below it and
 * {@code same} the number of its ties. Shapes: {@code int[n]}, levels 0 to {@code count - 1}; ranks
 * are {@code double[n]}, 1 to n, multiples of 1/2 and hence exact. -0 and 0 are tied, infinite
 * values are the first or last. Values that hold a NaN have no order: see {@link #isOrdered}.
 *
 * @param of level of each value
 * @param count number of distinct values; 0 if one of them is NaN
 */
record Levels(int[] of, int count) {

  static Levels of(double[] values) {
    double[] distinct = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      if (Double.isNaN(values[i])) {
        return new Levels(new int[values.length], 0);
      }
      distinct[i] = values[i] + 0.0; // -0 becomes 0
    }
    Arrays.sort(distinct);
    int count = 0;
    for (int i = 0; i < distinct.length; i++) {
      if (i == 0 || distinct[i] != distinct[i - 1]) {
        distinct[count++] = distinct[i];
      }
    }
    int[] levels = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      levels[i] = Arrays.binarySearch(distinct, 0, count, values[i] + 0.0);
    }
    return new Levels(levels, count);
  }

  /** Whether there are at least two distinct values, and no NaN among them. */
  boolean isOrdered() {
    return count > 1;
  }

  /** How many values have each level, {@code int[count]}. */
  int[] sizes() {
    int[] sizes = new int[count];
    for (int level : of) {
      sizes[level]++;
    }
    return sizes;
  }

  /** The average rank of each value. */
  double[] averageRanks() {
    double[] byLevel = new double[count];
    int below = 0;
    int[] sizes = sizes();
    for (int level = 0; level < count; level++) {
      byLevel[level] = below + (sizes[level] + 1) / 2.0;
      below += sizes[level];
    }
    return Arrays.stream(of).mapToDouble(level -> byLevel[level]).toArray();
  }
}
