package io.sounding.operators.statistics;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Count, mean and centred second moments of the rows x of a matrix, in float64: the exact spectrum
 * sketch.
 *
 * <pre>
 *   mean = (1/n) sum x           C = sum (x - mean)(x - mean)ᵀ          G = sum x xᵀ = C + n mean meanᵀ
 * </pre>
 *
 * <p>C is kept rather than G and the sum of x: both carry the same information, but G - n mean
 * meanᵀ cancels when the mean is large against the spread (collapsed models), while C + n mean
 * meanᵀ never does. Updates and merges follow Chan, Golub, LeVeque 1979, equation 2.1, for
 * matrices.
 *
 * <p>Shapes: {@code mean[d]}; {@code C[d (d + 1) / 2]}, the upper triangle by rows. Error: each
 * element of C within about log2(n / block) ulps of its exact value relative to the trace; rows
 * that are all equal give C = 0 exactly. In bytes, after the kind: long n, mean, C.
 */
final class SecondMoments implements SpectrumSketch {
  static final int KIND = 1;
  static final String NAME = "second-moments-float64";

  private static final double MEAN_DOMINATES = 100;

  private final int dimension;
  private final long count;
  private final double[] mean;
  private final double[] centred;

  /** Takes ownership of the arrays. */
  SecondMoments(int dimension, long count, double[] mean, double[] centred) {
    ArrayBytes.require(count >= 0, "the count of rows is negative");
    ArrayBytes.require(mean.length == dimension, "the mean has the wrong length");
    ArrayBytes.require(
        centred.length == packedLength(dimension), "the second moments have the wrong length");
    this.dimension = dimension;
    this.count = count;
    this.mean = mean;
    this.centred = centred;
  }

  /** Length of a packed upper triangle. */
  static int packedLength(int dimension) {
    return Math.toIntExact((long) dimension * (dimension + 1) / 2);
  }

  @Override
  public int dimension() {
    return dimension;
  }

  @Override
  public long count() {
    return count;
  }

  /** The array itself, not to be written. */
  double[] mean() {
    return mean;
  }

  /** C, packed; the array itself, not to be written. */
  double[] centred() {
    return centred;
  }

  /** G = C + n mean meanᵀ, packed. */
  double[] uncentred() {
    double[] sum = centred.clone();
    int position = 0;
    for (int i = 0; i < dimension; i++) {
      double factor = count * mean[i];
      for (int j = i; j < dimension; j++) {
        sum[position++] += factor * mean[j];
      }
    }
    return sum;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean isExact() {
    return true;
  }

  @Override
  public SpectrumEstimate uncentredSpectrum() {
    Spectrum spectrum =
        meanDominates()
            ? Spectrum.ofEigenvalues(squaredSingularValues())
            : Spectrum.of(uncentred(), dimension, count);
    double rankMe = spectrum.rankMe();
    return new SpectrumEstimate(spectrum, new RankMeInterval(rankMe, rankMe));
  }

  /** Whether the mean's direction alone would drown the small eigenvalues of G in its rounding. */
  private boolean meanDominates() {
    double ofMean = 0;
    double trace = 0;
    for (int i = 0, diagonal = 0; i < dimension; diagonal += dimension - i, i++) {
      ofMean += count * mean[i] * mean[i];
      trace += centred[diagonal];
    }
    return ofMean > MEAN_DOMINATES * trace;
  }

  /**
   * Eigenvalues of G without G: with C = VΛVᵀ they are the squared singular values of the rows of
   * {@code sqrt(Λ) Vᵀ} and {@code sqrt(n) mean}, which are found to the rounding of the largest
   * singular value rather than of its square.
   */
  private double[] squaredSingularValues() {
    SymmetricEigen eigen = SymmetricEigen.ofPacked(centred, dimension, true);
    double[] rows = new double[(dimension + 1) * dimension];
    for (int i = 0; i < dimension; i++) {
      double root = Math.sqrt(Math.max(0, eigen.values()[i]));
      for (int j = 0; j < dimension; j++) {
        rows[i * dimension + j] = root * eigen.vectors()[i * dimension + j];
      }
    }
    for (int j = 0; j < dimension; j++) {
      rows[dimension * dimension + j] = Math.sqrt(count) * mean[j];
    }
    double[] squares = SingularValues.squared(rows, dimension);
    return Arrays.copyOf(squares, (int) Math.min(count, dimension));
  }

  @Override
  public Spectrum centredSpectrum() {
    return Spectrum.of(centred, dimension, count);
  }

  /** Without a decomposition; by the trace, so that squares neither overflow nor underflow. */
  @Override
  public double participationRatio() {
    double trace = 0;
    for (int i = 0, diagonal = 0; i < dimension; diagonal += dimension - i, i++) {
      trace += centred[diagonal];
    }
    if (trace == 0) {
      return 0;
    }
    double squares = 0;
    int position = 0;
    for (int i = 0; i < dimension; i++) {
      for (int j = i; j < dimension; j++) {
        double share = centred[position++] / trace;
        squares += (i == j ? 1 : 2) * share * share;
      }
    }
    return 1 / squares;
  }

  @Override
  public SpectrumAccumulator accumulator() {
    return new SecondMomentsAccumulator(this);
  }

  @Override
  public int byteSize() {
    return Integer.BYTES + Long.BYTES + (mean.length + centred.length) * Double.BYTES;
  }

  @Override
  public void write(ByteBuffer target) {
    target.putInt(KIND).putLong(count);
    ArrayBytes.put(target, mean);
    ArrayBytes.put(target, centred);
  }

  /** Reads what {@link #write} wrote after the kind. */
  static SecondMoments readFrom(ByteBuffer source, int dimension) {
    long count = source.getLong();
    double[] mean = ArrayBytes.doubles(source, dimension);
    double[] centred = ArrayBytes.doubles(source, packedLength(dimension));
    int diagonal = 0;
    for (int i = 0; i < dimension; i++) {
      ArrayBytes.require(centred[diagonal] >= 0, "a variance is negative");
      diagonal += dimension - i;
    }
    return new SecondMoments(dimension, count, mean, centred);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SecondMoments that
        && dimension == that.dimension
        && count == that.count
        && Arrays.equals(mean, that.mean)
        && Arrays.equals(centred, that.centred);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * Long.hashCode(count) + Arrays.hashCode(mean)) + Arrays.hashCode(centred);
  }
}
