package io.sounding.operators.statistics;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Moments of the directions u = x / ||x|| of frames, and the sum of their norms. Immutable.
 *
 * <p>Kept per dimension as mean and centred sum of squares, in float64 (Chan, Golub, LeVeque 1979),
 * because sum u_j^2 - n mean_j^2 cancels when all frames point the same way. A frame of norm zero
 * has no direction: it counts in {@link #meanNorm()} only.
 */
final class DirectionMoments {
  private final long frames;
  private final long directed;
  private final double normSum;
  private final double[] mean;
  private final double[] centredSquares;

  private DirectionMoments(
      long frames, long directed, double normSum, double[] mean, double[] centredSquares) {
    ArrayBytes.require(directed >= 0 && frames >= directed, "the count of directions is wrong");
    ArrayBytes.require(normSum >= 0 && Double.isFinite(normSum), "the sum of norms is wrong");
    this.frames = frames;
    this.directed = directed;
    this.normSum = normSum;
    this.mean = mean;
    this.centredSquares = centredSquares;
  }

  static DirectionMoments empty(int dimension) {
    return new DirectionMoments(0, 0, 0, new double[dimension], new double[dimension]);
  }

  long frames() {
    return frames;
  }

  /** The moments of some rows, which are added one by one. Mutable, one thread. */
  static final class Accumulator implements FrameBlock.RowVisitor {
    private final double[] first;
    private final double[] sum;
    private final double[] squares;
    private int rows;
    private int directed;
    private double norms;

    Accumulator(int dimension) {
      first = new double[dimension];
      sum = new double[dimension];
      squares = new double[dimension];
    }

    @Override
    public void visit(double[] row) {
      double norm = Math.sqrt(FrameBlock.squaredNorm(row));
      rows++;
      norms += norm;
      if (norm == 0) {
        return;
      }
      double scale = 1 / norm;
      for (int j = 0; j < row.length && directed == 0; j++) {
        first[j] = row[j] * scale;
      }
      // differences from the first direction are as small as the spread: their squares keep digits
      for (int j = 0; j < row.length; j++) {
        double difference = row[j] * scale - first[j];
        sum[j] += difference;
        squares[j] += difference * difference;
      }
      directed++;
    }

    DirectionMoments moments() {
      double[] mean = new double[first.length];
      double[] centred = new double[first.length];
      for (int j = 0; j < mean.length && directed > 0; j++) {
        double shift = sum[j] / directed;
        centred[j] = Math.max(0, squares[j] - sum[j] * shift);
        mean[j] = first[j] + shift;
      }
      return new DirectionMoments(rows, directed, norms, mean, centred);
    }
  }

  static DirectionMoments merge(DirectionMoments a, DirectionMoments b) {
    long frames = a.frames + b.frames;
    double normSum = a.normSum + b.normSum;
    if (a.directed == 0 || b.directed == 0) {
      DirectionMoments kept = a.directed == 0 ? b : a;
      return new DirectionMoments(frames, kept.directed, normSum, kept.mean, kept.centredSquares);
    }
    long directed = a.directed + b.directed;
    double share = (double) b.directed / directed;
    double[] mean = new double[a.mean.length];
    double[] squares = new double[a.mean.length];
    for (int j = 0; j < mean.length; j++) {
      double difference = b.mean[j] - a.mean[j];
      mean[j] = a.mean[j] + share * difference;
      squares[j] =
          a.centredSquares[j] + b.centredSquares[j] + a.directed * share * difference * difference;
    }
    return new DirectionMoments(frames, directed, normSum, mean, squares);
  }

  /**
   * Mean cosine similarity of two different frames, {@code (||sum u||^2 - n) / (n (n - 1))} =
   * {@code (n ||mean u||^2 - 1) / (n - 1)}; 0 when fewer than two frames have a direction.
   */
  double anisotropy() {
    if (directed < 2) {
      return 0;
    }
    double squared = 0;
    for (double value : mean) {
      squared += value * value;
    }
    return (directed * squared - 1) / (directed - 1);
  }

  /** Mean of ||x||; 0 without frames. */
  double meanNorm() {
    return frames == 0 ? 0 : normSum / frames;
  }

  /** Mean over dimensions of the population standard deviation of u_j; 0 without directions. */
  double normalisedStd() {
    if (directed == 0) {
      return 0;
    }
    double sum = 0;
    for (double squares : centredSquares) {
      sum += Math.sqrt(squares / directed);
    }
    return sum / mean.length;
  }

  static int byteSize(int dimension) {
    return 2 * Long.BYTES + (1 + 2 * dimension) * Double.BYTES;
  }

  void writeTo(ByteBuffer target) {
    target.putLong(frames).putLong(directed).putDouble(normSum);
    ArrayBytes.put(target, mean);
    ArrayBytes.put(target, centredSquares);
  }

  static DirectionMoments readFrom(ByteBuffer source, int dimension) {
    long frames = source.getLong();
    long directed = source.getLong();
    double normSum = source.getDouble();
    return new DirectionMoments(
        frames,
        directed,
        normSum,
        ArrayBytes.doubles(source, dimension),
        ArrayBytes.doubles(source, dimension));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DirectionMoments that
        && frames == that.frames
        && directed == that.directed
        && normSum == that.normSum
        && Arrays.equals(mean, that.mean)
        && Arrays.equals(centredSquares, that.centredSquares);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * Long.hashCode(frames) + Arrays.hashCode(mean)) + Double.hashCode(normSum);
  }
}
