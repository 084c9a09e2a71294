package io.sounding.operators.statistics;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Weighted micro-centroids (count, mean, sum of squared distances to the mean) that stand for all
 * frames seen; {@link MicroCentroidsAccumulator} grows them. Immutable.
 *
 * <p>Count, mean and squared distances rather than sums of squares, which cancel (BETULA, Lang and
 * Schubert 2020, arXiv 2006.12881).
 *
 * <p>Merging is the union, sorted by count and coordinates, so it does not depend on order. The
 * result depends on the order of the <em>frames</em>: what is scored is a Lloyd iteration on the
 * sample that only starts here.
 *
 * <p>Shapes: {@code counts[m]}, {@code means[m * d]} row-major, {@code squares[m]}.
 */
final class MicroCentroids {
  private final int dimension;
  private final long[] counts;
  private final double[] means;
  private final double[] squares;
  private final double facilityCost;

  /** Takes ownership of the arrays. */
  MicroCentroids(
      int dimension, long[] counts, double[] means, double[] squares, double facilityCost) {
    ArrayBytes.require(facilityCost >= 0, "the cost of a micro-centroid is negative");
    for (int c = 0; c < counts.length; c++) {
      ArrayBytes.require(counts[c] > 0, "a micro-centroid is empty");
      ArrayBytes.require(squares[c] >= 0, "a micro-centroid has a negative spread");
    }
    this.dimension = dimension;
    this.counts = counts;
    this.means = means;
    this.squares = squares;
    this.facilityCost = facilityCost;
  }

  static MicroCentroids empty(int dimension) {
    return new MicroCentroids(dimension, new long[0], new double[0], new double[0], 0);
  }

  int dimension() {
    return dimension;
  }

  int size() {
    return counts.length;
  }

  /** The array itself, not to be written. */
  long[] counts() {
    return counts;
  }

  /** The array itself, not to be written. */
  double[] squares() {
    return squares;
  }

  /** Squared distance above which a frame surely opens a micro-centroid of its own. */
  double facilityCost() {
    return facilityCost;
  }

  /** Number of frames they stand for. */
  long frames() {
    return Arrays.stream(counts).sum();
  }

  /** The array itself, not to be written. */
  double[] means() {
    return means;
  }

  double[] weights() {
    return Arrays.stream(counts).asDoubleStream().toArray();
  }

  static MicroCentroids union(int dimension, List<MicroCentroids> parts) {
    record Place(MicroCentroids part, int index) {
      long count() {
        return part.counts[index];
      }
    }
    Place[] order =
        parts.stream()
            .flatMap(part -> IntStream.range(0, part.size()).mapToObj(i -> new Place(part, i)))
            .sorted(
                Comparator.comparingLong(Place::count)
                    .reversed()
                    .thenComparing((a, b) -> compare(a.part, a.index, b.part, b.index)))
            .toArray(Place[]::new);
    long[] counts = new long[order.length];
    double[] means = new double[order.length * dimension];
    double[] squares = new double[order.length];
    for (int c = 0; c < order.length; c++) {
      MicroCentroids part = order[c].part;
      int index = order[c].index;
      counts[c] = part.counts[index];
      System.arraycopy(part.means, index * dimension, means, c * dimension, dimension);
      squares[c] = part.squares[index];
    }
    double cost = parts.stream().mapToDouble(MicroCentroids::facilityCost).max().orElse(0);
    return new MicroCentroids(dimension, counts, means, squares, cost);
  }

  private static int compare(MicroCentroids one, int a, MicroCentroids other, int b) {
    int d = one.dimension;
    int compared = Arrays.compare(one.means, a * d, (a + 1) * d, other.means, b * d, (b + 1) * d);
    return compared != 0 ? compared : Double.compare(one.squares[a], other.squares[b]);
  }

  int byteSize() {
    return Integer.BYTES
        + Double.BYTES
        + counts.length * (2 * Long.BYTES)
        + means.length * Double.BYTES;
  }

  void writeTo(ByteBuffer target) {
    target.putInt(counts.length).putDouble(facilityCost);
    ArrayBytes.put(target, counts);
    ArrayBytes.put(target, means);
    ArrayBytes.put(target, squares);
  }

  static MicroCentroids readFrom(ByteBuffer source, int dimension) {
    int size = source.getInt();
    double facilityCost = source.getDouble();
    return new MicroCentroids(
        dimension,
        ArrayBytes.longs(source, size),
        ArrayBytes.doubles(source, (long) size * dimension),
        ArrayBytes.doubles(source, size),
        facilityCost);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MicroCentroids that
        && Arrays.equals(counts, that.counts)
        && Arrays.equals(means, that.means)
        && Arrays.equals(squares, that.squares)
        && facilityCost == that.facilityCost;
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(counts) + Arrays.hashCode(means);
  }
}
