package io.sounding.operators.relate;

import java.util.Arrays;

/**
 * The numbers of one layer of a run by training step. Of several measurements at one step that of
 * the highest attempt counts, then that of the checkpoint whose id sorts last, so that the history
 * depends on what came and not on the order in which it came. A row that is narrower than others,
 * since it was measured when there were fewer metrics, ends in NaN. Immutable; the arrays are
 * shared.
 *
 * @param steps rising, {@code long[n]}
 * @param attempts attempt of each
 * @param checkpointIds checkpoint of each
 * @param values {@code double[n * width]}, a row per step
 */
public record LayerHistory(long[] steps, int[] attempts, String[] checkpointIds, double[] values) {

  /** Nothing yet. */
  static final LayerHistory EMPTY =
      new LayerHistory(new long[0], new int[0], new String[0], new double[0]);

  int size() {
    return steps.length;
  }

  private int width() {
    return values.length / steps.length;
  }

  double value(int index, int column) {
    return column < width() ? values[index * width() + column] : Double.NaN;
  }

  /** Position of a step; negative if there is none. */
  int indexOf(long step) {
    return Arrays.binarySearch(steps, step);
  }

  /** With the row of a measurement; this very history if the row does not count or is there. */
  LayerHistory with(Measurement measurement, double... row) {
    if (size() > 0 && row.length > width()) {
      return widened(row.length).with(measurement, row);
    }
    if (size() > 0 && row.length < width()) {
      return with(measurement, padded(row, 0, row.length, width()));
    }
    int found = indexOf(measurement.step());
    int at = found < 0 ? -found - 1 : found;
    if (found >= 0 && (isOlder(measurement, found) || isThere(measurement, found, row))) {
      return this;
    }
    int size = found < 0 ? size() + 1 : size();
    LayerHistory history =
        new LayerHistory(
            Arrays.copyOf(steps, size),
            Arrays.copyOf(attempts, size),
            Arrays.copyOf(checkpointIds, size),
            Arrays.copyOf(values, size * row.length));
    if (found < 0) {
      int moved = size - 1 - at;
      System.arraycopy(steps, at, history.steps, at + 1, moved);
      System.arraycopy(attempts, at, history.attempts, at + 1, moved);
      System.arraycopy(checkpointIds, at, history.checkpointIds, at + 1, moved);
      int width = row.length;
      System.arraycopy(values, at * width, history.values, (at + 1) * width, moved * width);
    }
    history.steps[at] = measurement.step();
    history.attempts[at] = measurement.attempt();
    history.checkpointIds[at] = measurement.checkpointId();
    System.arraycopy(row, 0, history.values, at * row.length, row.length);
    return history;
  }

  private LayerHistory widened(int width) {
    double[] wider = new double[size() * width];
    for (int i = 0; i < size(); i++) {
      System.arraycopy(padded(values, i * width(), width(), width), 0, wider, i * width, width);
    }
    return new LayerHistory(steps, attempts, checkpointIds, wider);
  }

  private static double[] padded(double[] from, int begin, int length, int width) {
    double[] row = new double[width];
    Arrays.fill(row, length, width, Double.NaN);
    System.arraycopy(from, begin, row, 0, length);
    return row;
  }

  private boolean isOlder(Measurement measurement, int index) {
    return measurement.attempt() != attempts[index]
        ? measurement.attempt() < attempts[index]
        : measurement.checkpointId().compareTo(checkpointIds[index]) < 0;
  }

  private boolean isThere(Measurement measurement, int index, double[] row) {
    return measurement.attempt() == attempts[index]
        && measurement.checkpointId().equals(checkpointIds[index])
        && Arrays.equals(row, Arrays.copyOfRange(values, index * width(), (index + 1) * width()));
  }
}
