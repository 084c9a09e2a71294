package io.sounding.operators.statistics;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Grows {@link MicroCentroids} block by block: streaming k-means with a facility cost. Mutable, one
 * thread.
 *
 * <p>A frame at squared distance s from the nearest micro-centroid opens one of its own with
 * probability {@code min(1, s / f)}; otherwise that one moves to the mean of all its frames
 * (Meyerson 2001; Shindler, Wong, Meyerson 2011, algorithm 1, over blocks). When there are as many
 * as allowed, f is quadrupled, and a quarter of them goes: always the pair is joined that is
 * cheapest by Ward's criterion {@code n_a n_b / (n_a + n_b) ||a - b||^2} (there: all are drawn
 * again); f is no less than the dearest of these joins. So frames unlike all before them get
 * centroids whenever they come, and centroids go where they are missed least.
 *
 * <p>Means and squares are updated frame by frame (Welford 1962, equations for the mean and the
 * corrected sum of squares), never as a difference of sums of squares. Nearest is meant as far as
 * float32 products tell. Draws depend on the seed and the number of frames seen.
 */
final class MicroCentroidsAccumulator {
  private static final int JOINED_SHARE = 4;

  /**
   * Enough rows for a fast product; those that are left when micro-centroids are joined go again.
   */
  private static final int ROWS_AT_ONCE = 256;

  private final int dimension;
  private final int limit;
  private final long seed;
  private int size;
  private long frames;
  private long[] counts;
  private double[] means;
  private double[] squares;
  private double facilityCost;
  private final double[] mean;
  private final double[] difference;

  MicroCentroidsAccumulator(MicroCentroids start, int limit, long seed) {
    dimension = start.dimension();
    this.limit = limit;
    this.seed = seed;
    size = start.size();
    frames = start.frames();
    counts = Arrays.copyOf(start.counts(), Math.max(size, limit + 1));
    means = Arrays.copyOf(start.means(), counts.length * dimension);
    squares = Arrays.copyOf(start.squares(), counts.length);
    facilityCost = start.facilityCost();
    mean = new double[dimension];
    difference = new double[dimension];
  }

  /** Adds the rows of a block. */
  void addBlock(FrameBlock added, FoldProducts products) {
    int count = added.count();
    if (count == 0) {
      return;
    }
    BlockNearest block =
        new BlockNearest(new CentredBlock(added, products), Math.min(count, ROWS_AT_ONCE));
    double[] draws = new SplittableRandom(seed + frames).doubles(count).toArray();
    block.set(means, size);
    for (int from = 0; from < count; ) {
      int to = Math.min(count, from + ROWS_AT_ONCE);
      block.measure(from, to);
      from = addMeasured(added.rows(), block, draws, from, to);
      if (size > limit) {
        joinCheapest();
        block.set(means, size);
      }
    }
    frames += count;
  }

  /**
   * Adds rows from .. to, until there is no room.
   *
   * @return the first row not added
   */
  private int addMeasured(float[] rows, BlockNearest block, double[] draws, int from, int to) {
    int[] centroids = new int[to - from];
    int row = from;
    while (row < to && size <= limit) {
      int end = block.plan(row, to, draws, facilityCost);
      for (; row < end && size <= limit; row++) {
        if (block.opens(row, draws[row], facilityCost)) {
          open(rows, row * dimension);
          block.open(row);
          centroids[row - from] = -1;
        } else {
          centroids[row - from] = block.nearest(row);
        }
      }
      if (size <= limit) {
        block.finish(end, to);
      }
    }
    absorb(rows, from, row, centroids);
    return row;
  }

  private void open(float[] rows, int start) {
    counts[size] = 1;
    squares[size] = 0;
    for (int j = 0; j < dimension; j++) {
      means[size * dimension + j] = rows[start + j];
    }
    size++;
  }

  /**
   * Adds rows from .. to to the micro-centroids they are nearest to; -1 is none. They take them up
   * one after the other, each its rows in their order: means would fall out of the cache otherwise.
   */
  private void absorb(float[] rows, int from, int to, int[] centroids) {
    int[] first = new int[size];
    int[] next = new int[to - from];
    Arrays.fill(first, -1);
    for (int i = to - from - 1; i >= 0; i--) {
      if (centroids[i] >= 0) {
        next[i] = first[centroids[i]];
        first[centroids[i]] = i;
      }
    }
    for (int c = 0; c < size; c++) {
      if (first[c] >= 0) {
        System.arraycopy(means, c * dimension, mean, 0, dimension);
        for (int i = first[c]; i >= 0; i = next[i]) {
          absorb(c, rows, (from + i) * dimension);
        }
        System.arraycopy(mean, 0, means, c * dimension, dimension);
      }
    }
  }

  /** Adds a row to a micro-centroid whose mean is at hand. */
  private void absorb(int c, float[] rows, int start) {
    double share = 1.0 / ++counts[c];
    // loops of their own over arrays of their own, since one that converts, or whose arrays are
    // shifted against each other, is not made of vector instructions
    for (int j = 0; j < dimension; j++) {
      difference[j] = rows[start + j];
    }
    for (int j = 0; j < dimension; j++) {
      difference[j] -= mean[j];
    }
    for (int j = 0; j < dimension; j++) {
      mean[j] += share * difference[j];
    }
    squares[c] += FrameBlock.squaredNorm(difference) * (1 - share);
  }

  private void joinCheapest() {
    facilityCost *= 4;
    WardJoining joining = new WardJoining(counts, means, size, dimension);
    int target = Math.max(1, limit - limit / JOINED_SHARE);
    while (size > target) {
      WardJoining.Pair pair = joining.next();
      join(pair);
      facilityCost = Math.max(facilityCost, pair.cost());
    }
  }

  /** Joins b into a; the last micro-centroid takes the place of b. */
  private void join(WardJoining.Pair pair) {
    int a = pair.a();
    int b = pair.b();
    double share = (double) counts[b] / (counts[a] + counts[b]);
    double squared = 0;
    for (int j = 0; j < dimension; j++) {
      double difference = means[b * dimension + j] - means[a * dimension + j];
      means[a * dimension + j] += share * difference;
      squared += difference * difference;
    }
    squares[a] += squares[b] + squared * share * counts[a];
    counts[a] += counts[b];
    size--;
    counts[b] = counts[size];
    squares[b] = squares[size];
    System.arraycopy(means, size * dimension, means, b * dimension, dimension);
  }

  /** The micro-centroids of all frames so far; changes nothing. */
  MicroCentroids snapshot() {
    return new MicroCentroids(
        dimension,
        Arrays.copyOf(counts, size),
        Arrays.copyOf(means, size * dimension),
        Arrays.copyOf(squares, size),
        facilityCost);
  }
}
