package io.sounding.operators.statistics;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Count, mean, and a Frequent Directions sketch B of the centred rows: the spectrum sketch of
 * bounded memory.
 *
 * <pre>
 *   C = sum (x - mean)(x - mean)ᵀ      0 ≤ C - BᵀB ≤ Delta I      tr C known exactly
 *   G = sum x xᵀ = C + n mean meanᵀ    0 ≤ G - (BᵀB + n mean meanᵀ) ≤ Delta I
 * </pre>
 *
 * <p>Shapes: B is {@code rows[used * d]}, row-major, used at most 2 l; l the sketch's rows. In
 * bytes, after the kind: int l, int used, long n, double tr C, Delta, rounding, mean, B.
 *
 * <p>Source: Liberty 2013 and Ghashami, Liberty, Phillips, Woodruff 2016 (SIAM J. Comput. 45,
 * algorithm 2.1 with a buffer of 2 l rows); of the shrinking, the variant of Desai, Ghashami,
 * Phillips 2016 (parameterised FD, alpha = 0.2): only the last fifth of the l kept directions is
 * shrunk. We differ in what is sketched: the centred rows, with the moves of the mean as extra rows
 * as in {@link SecondMomentsAccumulator}, so that both spectra have the guarantee and a large mean
 * costs nothing; and in that delta is the first eigenvalue dropped, so that l rows are kept.
 *
 * <p>Guaranteed: lambda_i(BᵀB) ≤ lambda_i(C) ≤ lambda_i(BᵀB) + Delta for each i, and the same of G
 * and BᵀB + n mean meanᵀ (Weyl). Delta is the tracked sum of what shrinking took off at most (it
 * holds whatever the rows are and however sketches were merged). Both ends are given way by a
 * rounding term, tracked as well: see {@link RowSpectrum#rounding}. Estimates: all spectra; see
 * {@link TailExtrapolation} for their measured error. Merging in another order gives another B and
 * Delta with the same guarantee.
 *
 * <p>Empty: n = 0, no rows. As long as at most 2 l rows were added, Delta = 0 and all is exact; and
 * with l = d only rounding is lost. Values are finite, since frames are.
 */
final class FrequentDirections implements SpectrumSketch {
  static final int KIND = 2;

  private final int dimension;
  private final int sketchRows;
  private final long count;
  private final double[] mean;
  private final double trace;
  private final double shrinkage;
  private final double rounding;
  private final double[] rows;

  /** Takes ownership of the arrays. */
  FrequentDirections(
      int dimension,
      int sketchRows,
      long count,
      double[] mean,
      double trace,
      double shrinkage,
      double rounding,
      double[] rows) {
    ArrayBytes.require(count >= 0, "the count of rows is negative");
    ArrayBytes.require(sketchRows >= 1, "the sketch has no rows");
    ArrayBytes.require(mean.length == dimension, "the mean has the wrong length");
    ArrayBytes.require(
        rows.length % dimension == 0 && rows.length / dimension <= 2L * sketchRows,
        "the rows of the sketch do not fit its buffer");
    ArrayBytes.require(
        usable(trace) && usable(shrinkage) && usable(rounding),
        "the trace or the shrinkage of the sketch is wrong");
    this.dimension = dimension;
    this.sketchRows = sketchRows;
    this.count = count;
    this.mean = mean;
    this.trace = trace;
    this.shrinkage = shrinkage;
    this.rounding = rounding;
    this.rows = rows;
  }

  /** How many of the l kept directions are shrunk: a fifth, rounded up. */
  static int weakened(int sketchRows) {
    return (sketchRows + 4) / 5;
  }

  private static boolean usable(double value) {
    return value >= 0 && Double.isFinite(value);
  }

  static FrequentDirections empty(int dimension, int sketchRows) {
    return new FrequentDirections(
        dimension, sketchRows, 0, new double[dimension], 0, 0, 0, new double[0]);
  }

  @Override
  public int dimension() {
    return dimension;
  }

  @Override
  public long count() {
    return count;
  }

  @Override
  public String name() {
    return "frequent-directions-" + sketchRows;
  }

  @Override
  public boolean isExact() {
    return false;
  }

  /** l. */
  int sketchRows() {
    return sketchRows;
  }

  /** The array itself, not to be written. */
  double[] mean() {
    return mean;
  }

  /** tr C. */
  double trace() {
    return trace;
  }

  /** Delta. */
  double shrinkage() {
    return shrinkage;
  }

  /** How far the eigenvalues may be off besides, by the rounding of shrinks. */
  double rounding() {
    return rounding;
  }

  /** B; the array itself, not to be written. */
  double[] rows() {
    return rows;
  }

  @Override
  public SpectrumEstimate uncentredSpectrum() {
    EigenvalueBounds bounds = uncentredBounds();
    return new SpectrumEstimate(
        Spectrum.ofEigenvalues(TailExtrapolation.of(bounds, sketchRows)),
        RankMeInterval.of(bounds));
  }

  @Override
  public Spectrum centredSpectrum() {
    return Spectrum.ofEigenvalues(TailExtrapolation.of(centredBounds(), sketchRows));
  }

  @Override
  public double participationRatio() {
    return centredSpectrum().participationRatio();
  }

  /** What is guaranteed of the eigenvalues of C. */
  EigenvalueBounds centredBounds() {
    return bounds(rows, trace);
  }

  /** What is guaranteed of the eigenvalues of G. */
  EigenvalueBounds uncentredBounds() {
    double[] withMean = Arrays.copyOf(rows, rows.length + dimension);
    double squares = 0;
    double scale = Math.sqrt(count);
    for (int j = 0; j < dimension; j++) {
      withMean[rows.length + j] = scale * mean[j];
      squares += mean[j] * mean[j];
    }
    return bounds(withMean, trace + count * squares);
  }

  private EigenvalueBounds bounds(double[] matrix, double exactTrace) {
    int values = (int) Math.min(count, dimension);
    double[] found = RowSpectrum.eigenvalues(matrix, dimension);
    // the mean has moved up to n times, each time with a rounding of its own
    double last =
        found.length == 0
            ? 0
            : RowSpectrum.rounding(found.length, found[0]) + 0x1p-52 * Math.sqrt(count) * found[0];
    return new EigenvalueBounds(
        Arrays.copyOf(found, values),
        shrinkage,
        exactTrace,
        rounding + last,
        0x1p-52 * (count + dimension));
  }

  @Override
  public SpectrumAccumulator accumulator() {
    return new FrequentDirectionsAccumulator(this);
  }

  @Override
  public int byteSize() {
    return 3 * Integer.BYTES + Long.BYTES + (3 + dimension + rows.length) * Double.BYTES;
  }

  @Override
  public void write(ByteBuffer target) {
    target.putInt(KIND).putInt(sketchRows).putInt(rows.length / dimension).putLong(count);
    target.putDouble(trace).putDouble(shrinkage).putDouble(rounding);
    ArrayBytes.put(target, mean);
    ArrayBytes.put(target, rows);
  }

  /** Reads what {@link #write} wrote after the kind. */
  static FrequentDirections readFrom(ByteBuffer source, int dimension) {
    int sketchRows = source.getInt();
    int used = source.getInt();
    long count = source.getLong();
    double trace = source.getDouble();
    double shrinkage = source.getDouble();
    double rounding = source.getDouble();
    double[] mean = ArrayBytes.doubles(source, dimension);
    double[] rows = ArrayBytes.doubles(source, (long) used * dimension);
    return new FrequentDirections(
        dimension, sketchRows, count, mean, trace, shrinkage, rounding, rows);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FrequentDirections that
        && dimension == that.dimension
        && sketchRows == that.sketchRows
        && count == that.count
        && trace == that.trace
        && shrinkage == that.shrinkage
        && rounding == that.rounding
        && Arrays.equals(mean, that.mean)
        && Arrays.equals(rows, that.rows);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * Long.hashCode(count) + Arrays.hashCode(mean)) + Arrays.hashCode(rows);
  }
}
