package io.sounding.operators.statistics;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Weighted greedy k-means++: each next seed is drawn with probability proportional to weight times
 * squared distance to the nearest seed so far, the best of several draws by the remaining potential
 * (Arthur and Vassilvitskii 2007; 2 + ln k draws as in scikit-learn).
 *
 * <p>All pairwise squared distances are computed once, {@code float[n * n]}, so seedings are cheap
 * to repeat; n is limited to {@link #MOST_POINTS} (64 MiB). Pairs so close that the product
 * formulation loses half its digits are measured again by differences: equal points are at distance
 * 0.
 */
final class PlusPlusSeeding {
  static final int MOST_POINTS = 4096;
  private static final int BLOCK = 256;

  private final PointCloud cloud;
  private final int size;
  private final float[] squaredDistances;

  PlusPlusSeeding(PointCloud cloud) {
    if (cloud.size() > MOST_POINTS) {
      throw new IllegalArgumentException(
          "At most " + MOST_POINTS + " points can be seeds, but there are " + cloud.size() + ".");
    }
    this.cloud = cloud;
    size = cloud.size();
    squaredDistances = new float[size * size];
    int d = cloud.dimension();
    float[] left = new float[BLOCK * d];
    float[] right = new float[BLOCK * d];
    float[] products = new float[BLOCK * BLOCK];
    for (int from = 0; from < size; from += BLOCK) {
      int rows = Math.min(BLOCK, size - from);
      System.arraycopy(cloud.rows(), from * d, left, 0, rows * d);
      for (int to = from; to < size; to += BLOCK) {
        int columns = Math.min(BLOCK, size - to);
        System.arraycopy(cloud.rows(), to * d, right, 0, columns * d);
        Products.multiply(left, rows, right, columns, d, products);
        fill(from, rows, to, columns, products);
      }
    }
  }

  private void fill(int from, int rows, int to, int columns, float[] products) {
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        double norms = cloud.squaredNorm(from + i) + cloud.squaredNorm(to + j);
        double squared = norms - 2 * products[i * columns + j];
        if (squared < 1e-3 * norms) {
          squared = cloud.squaredDistance(from + i, to + j);
        }
        squaredDistances[(from + i) * size + to + j] = (float) squared;
        squaredDistances[(to + j) * size + from + i] = (float) squared;
      }
    }
  }

  /**
   * Chooses seeds.
   *
   * @param most number of seeds wanted; fewer come back when fewer points differ
   * @param covered squared distance of each point to what is a seed already; infinite when nothing
   *     is; not changed
   * @param draws number of draws per seed, of which the best is taken
   * @return indexes of points
   */
  int[] choose(int most, double[] covered, int draws, SplittableRandom random) {
    double[] nearest = covered.clone();
    int[] seeds = new int[Math.min(most, size)];
    int chosen = 0;
    while (chosen < seeds.length) {
      double[] cumulative = cumulative(nearest);
      double total = size == 0 ? 0 : cumulative[size - 1];
      if (!(total > 0)) {
        break;
      }
      int best = -1;
      double bestPotential = Double.POSITIVE_INFINITY;
      for (int draw = 0; draw < draws; draw++) {
        int candidate = draw(cumulative, random.nextDouble() * total);
        double potential = draws == 1 ? 0 : potential(candidate, nearest);
        if (potential < bestPotential) {
          best = candidate;
          bestPotential = potential;
        }
      }
      for (int i = 0; i < size; i++) {
        nearest[i] = Math.min(nearest[i], squaredDistances[best * size + i]);
      }
      seeds[chosen++] = best;
    }
    return Arrays.copyOf(seeds, chosen);
  }

  /** Sums of weight times squared distance; of weights alone as long as nothing is covered. */
  private double[] cumulative(double[] nearest) {
    double[] cumulative = new double[size];
    double sum = 0;
    for (int i = 0; i < size; i++) {
      double squared = Double.isInfinite(nearest[i]) ? 1 : nearest[i];
      sum += cloud.weight(i) * squared;
      cumulative[i] = sum;
    }
    return cumulative;
  }

  /** The first point whose cumulative share exceeds the mark: never one with share zero. */
  private static int draw(double[] cumulative, double mark) {
    int low = 0;
    int high = cumulative.length - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (cumulative[middle] > mark) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    while (low > 0 && cumulative[low] == cumulative[low - 1]) {
      low--;
    }
    return low;
  }

  private double potential(int candidate, double[] nearest) {
    double sum = 0;
    for (int i = 0; i < size; i++) {
      sum += cloud.weight(i) * Math.min(nearest[i], squaredDistances[candidate * size + i]);
    }
    return sum;
  }
}
