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

  /** Frames are compared one by one with those opened since the last product, so many at most. */
  private static final int MOST_NEW = 32;

  /** Rows of the first product; the next ones reach farther, as long as few frames open one. */
  private static final int FEWEST_AT_ONCE = 64;

  private final int dimension;
  private final int limit;
  private final long seed;
  private int size;
  private long frames;
  private long[] counts;
  private double[] means;
  private double[] squares;
  private double facilityCost;

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
  }

  /** Adds rows, {@code rows[count * d]} or longer. */
  void addBlock(float[] rows, int count, FoldProducts products) {
    if (count == 0) {
      return;
    }
    PointCloud cloud = PointCloud.of(rows, count, dimension);
    SplittableRandom random = new SplittableRandom(seed + frames);
    double[] draws = random.doubles(count).toArray();
    int reach = facilityCost == 0 ? FEWEST_AT_ONCE : count;
    for (int from = 0; from < count; ) {
      int to = Math.min(count, from + reach);
      int next = addSome(rows, cloud, draws, from, to, products);
      reach = next == to ? 4 * reach : Math.max(FEWEST_AT_ONCE, 2 * (next - from));
      from = next;
      if (size > limit) {
        joinCheapest();
      }
    }
    frames += count;
  }

  /**
   * Adds rows from .. to, until many have opened a micro-centroid or there is no room.
   *
   * @return the first row not added
   */
  private int addSome(
      float[] rows, PointCloud cloud, double[] draws, int from, int to, FoldProducts by) {
    int known = size;
    int rest = to - from;
    PointCloud centroids = cloud.alongside(means, known);
    float[] products = cloud.products(from, rest, centroids, by);
    float[] squaredNorms = new float[known];
    for (int c = 0; c < known; c++) {
      squaredNorms[c] = (float) centroids.squaredNorm(c);
    }
    double unitSquared = cloud.unit() * cloud.unit();
    int[] opened = new int[MOST_NEW];
    int added = 0;
    for (int i = 0; i < rest; i++) {
      int point = from + i;
      int nearest = nearest(products, i * known, squaredNorms);
      double squared = Double.POSITIVE_INFINITY;
      if (nearest >= 0) {
        double score = centroids.squaredNorm(nearest) - 2.0 * products[i * known + nearest];
        squared = Math.max(0, cloud.squaredNorm(point) + score);
      }
      for (int a = 0; a < added; a++) {
        double other = cloud.squaredDistance(point, opened[a], squared);
        if (other < squared) {
          squared = other;
          nearest = known + a;
        }
      }
      if (squared * unitSquared > draws[point] * facilityCost) {
        open(rows, point * dimension);
        opened[added++] = point;
        if (added == MOST_NEW || size > limit) {
          return point + 1;
        }
      } else {
        absorb(nearest, rows, point * dimension);
      }
    }
    return to;
  }

  private static int nearest(float[] products, int start, float[] squaredNorms) {
    int nearest = -1;
    float least = Float.POSITIVE_INFINITY;
    for (int c = 0; c < squaredNorms.length; c++) {
      float score = squaredNorms[c] - 2 * products[start + c];
      if (score < least) {
        least = score;
        nearest = c;
      }
    }
    return nearest;
  }

  private void open(float[] rows, int start) {
    counts[size] = 1;
    squares[size] = 0;
    for (int j = 0; j < dimension; j++) {
      means[size * dimension + j] = rows[start + j];
    }
    size++;
  }

  private void absorb(int c, float[] rows, int start) {
    double share = 1.0 / ++counts[c];
    int mean = c * dimension;
    double squared = 0;
    for (int j = 0; j < dimension; j++) {
      double difference = rows[start + j] - means[mean + j];
      means[mean + j] += share * difference;
      squared += difference * difference;
    }
    squares[c] += squared * (1 - share);
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

  MicroCentroids snapshot() {
    return new MicroCentroids(
        dimension,
        Arrays.copyOf(counts, size),
        Arrays.copyOf(means, size * dimension),
        Arrays.copyOf(squares, size),
        facilityCost);
  }
}
