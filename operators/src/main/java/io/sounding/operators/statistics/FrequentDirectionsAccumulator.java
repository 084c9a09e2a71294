package io.sounding.operators.statistics;

import java.util.Arrays;

/**
 * Grows {@link FrequentDirections} by blocks of rows, by single rows, or by other sketches.
 * Mutable, one thread.
 *
 * <p>Rows go into a buffer of 2 l rows; when the next one does not fit, the buffer is shrunk to l.
 * Nothing depends on when snapshots are taken. Memory: 16 l d bytes, and up to three times as much
 * more for the moment of a shrink.
 */
final class FrequentDirectionsAccumulator implements SpectrumAccumulator {
  private final int dimension;
  private final int sketchRows;
  private final double[] mean;
  private final double[] buffer;
  private final double[] residual;
  private int used;
  private long count;
  private double trace;
  private double shrinkage;
  private double rounding;

  FrequentDirectionsAccumulator(FrequentDirections start) {
    dimension = start.dimension();
    sketchRows = start.sketchRows();
    mean = start.mean().clone();
    buffer = new double[Math.multiplyExact(2 * sketchRows, dimension)];
    residual = new double[dimension];
    System.arraycopy(start.rows(), 0, buffer, 0, start.rows().length);
    used = start.rows().length / dimension;
    count = start.count();
    trace = start.trace();
    shrinkage = start.shrinkage();
    rounding = start.rounding();
  }

  @Override
  public void addBlock(FrameBlock block, FoldProducts products) {
    if (block.count() == 0) {
      return;
    }
    for (int i = 0; i < block.count() * dimension; i += dimension) {
      for (int j = 0; j < dimension; j++) {
        residual[j] = block.rows()[i + j] - block.mean()[j];
      }
      trace += append(residual, 0);
    }
    moveMean(block.mean(), block.count());
  }

  @Override
  public void addRow(double[] row) {
    moveMean(row, 1);
  }

  @Override
  public void add(SpectrumSketch other) {
    if (!(other instanceof FrequentDirections that)
        || that.dimension() != dimension
        || that.sketchRows() != sketchRows) {
      throw new IllegalArgumentException(
          "A sketch %s of dimension %d cannot take up a sketch %s of dimension %d."
              .formatted(
                  "frequent-directions-" + sketchRows, dimension, other.name(), other.dimension()));
    }
    if (that.count() == 0) {
      return;
    }
    moveMean(that.mean(), that.count());
    for (int i = 0; i < that.rows().length; i += dimension) {
      append(that.rows(), i);
    }
    trace += that.trace();
    shrinkage += that.shrinkage();
    rounding += that.rounding();
  }

  @Override
  public FrequentDirections snapshot() {
    return new FrequentDirections(
        dimension,
        sketchRows,
        count,
        mean.clone(),
        trace,
        shrinkage,
        rounding,
        Arrays.copyOf(buffer, used * dimension));
  }

  @Override
  public FrequentDirections finish() {
    return snapshot();
  }

  /**
   * Moves the mean towards that of added rows; the move is one row more, sqrt(n m / (n + m)) times
   * the difference (Chan, Golub, LeVeque 1979, equation 2.1b).
   */
  private void moveMean(double[] addedMean, long added) {
    if (count == 0) {
      System.arraycopy(addedMean, 0, mean, 0, dimension);
      count = added;
      return;
    }
    double share = (double) added / (count + added);
    double scale = Math.sqrt(count * share);
    for (int j = 0; j < dimension; j++) {
      double difference = addedMean[j] - mean[j];
      residual[j] = scale * difference;
      mean[j] += share * difference;
    }
    count += added;
    trace += append(residual, 0);
  }

  /** Appends a row, unless it is zero; returns its squared norm. */
  private double append(double[] rows, int offset) {
    double squares = 0;
    for (int j = 0; j < dimension; j++) {
      squares += rows[offset + j] * rows[offset + j];
    }
    if (squares == 0) {
      return 0;
    }
    if (used == 2 * sketchRows) {
      RowSpectrum.Shrunk shrunk =
          RowSpectrum.shrink(
              buffer, used, dimension, sketchRows, FrequentDirections.weakened(sketchRows));
      System.arraycopy(shrunk.rows(), 0, buffer, 0, shrunk.kept() * dimension);
      used = shrunk.kept();
      shrinkage += shrunk.shrinkage();
      rounding += shrunk.rounding();
    }
    System.arraycopy(rows, offset, buffer, used * dimension, dimension);
    used++;
    return squares;
  }
}
