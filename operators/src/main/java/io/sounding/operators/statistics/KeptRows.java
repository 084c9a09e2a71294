package io.sounding.operators.statistics;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The rows themselves: the exact spectrum sketch as long as there are so few of them that {@link
 * SecondMoments} would take more room, as there are few utterances in a shard. Immutable.
 *
 * <p>Shapes: {@code rows[n * d]}, row-major, float64. Spectra are squares of the rows' singular
 * values, which are found to within about 2.2e-16 max(n, d) sigma_1. In bytes, after the kind: int
 * n, rows.
 */
final class KeptRows implements SpectrumSketch {
  static final int KIND = 3;

  private final int dimension;
  private final double[] rows;

  /** Takes ownership of the array. */
  KeptRows(int dimension, double[] rows) {
    ArrayBytes.require(
        rows.length / dimension <= most(dimension), "it keeps more rows than moments would take");
    this.dimension = dimension;
    this.rows = rows;
  }

  static KeptRows empty(int dimension) {
    return new KeptRows(dimension, new double[0]);
  }

  /** How many rows are kept at most. */
  static int most(int dimension) {
    return dimension / 2;
  }

  @Override
  public int dimension() {
    return dimension;
  }

  @Override
  public long count() {
    return rows.length / dimension;
  }

  /** The array itself, not to be written. */
  double[] rows() {
    return rows;
  }

  @Override
  public String name() {
    return SecondMoments.NAME;
  }

  @Override
  public boolean isExact() {
    return true;
  }

  @Override
  public SpectrumEstimate uncentredSpectrum() {
    Spectrum spectrum = Spectrum.ofEigenvalues(SingularValues.squared(rows, dimension));
    double rankMe = spectrum.rankMe();
    return new SpectrumEstimate(spectrum, new RankMeInterval(rankMe, rankMe));
  }

  @Override
  public Spectrum centredSpectrum() {
    double[] centred = rows.clone();
    subtract(centred, mean(rows, dimension));
    return Spectrum.ofEigenvalues(SingularValues.squared(centred, dimension));
  }

  @Override
  public double participationRatio() {
    return centredSpectrum().participationRatio();
  }

  /**
   * Mean of some rows, summed as differences from the first row; zeros when there is none. Exact
   * when all rows are equal.
   */
  static double[] mean(double[] rows, int dimension) {
    double[] mean = new double[dimension];
    int count = rows.length / dimension;
    for (int i = 0; i < rows.length; i += dimension) {
      for (int j = 0; j < dimension; j++) {
        mean[j] += rows[i + j] - rows[j];
      }
    }
    for (int j = 0; j < dimension && count > 0; j++) {
      mean[j] = rows[j] + mean[j] / count;
    }
    return mean;
  }

  /** Subtracts a vector from each row. */
  static void subtract(double[] rows, double[] vector) {
    for (int i = 0; i < rows.length; i += vector.length) {
      for (int j = 0; j < vector.length; j++) {
        rows[i + j] -= vector[j];
      }
    }
  }

  @Override
  public SpectrumAccumulator accumulator() {
    return new SecondMomentsAccumulator(this);
  }

  @Override
  public int byteSize() {
    return 2 * Integer.BYTES + rows.length * Double.BYTES;
  }

  @Override
  public void write(ByteBuffer target) {
    target.putInt(KIND).putInt(rows.length / dimension);
    ArrayBytes.put(target, rows);
  }

  /** Reads what {@link #write} wrote after the kind. */
  static KeptRows readFrom(ByteBuffer source, int dimension) {
    return new KeptRows(dimension, ArrayBytes.doubles(source, (long) source.getInt() * dimension));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KeptRows that
        && dimension == that.dimension
        && Arrays.equals(rows, that.rows);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(rows);
  }
}
