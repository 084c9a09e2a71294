package io.sounding.operators.statistics;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Weighted greedy k-means++: each next seed is drawn with probability proportional to weight times
 * squared distance to the nearest seed so far, the best of several draws by the remaining potential
 * (Arthur and Vassilvitskii 2007; 2 + ln k draws as in scikit-learn).
 *
 * <p>Up to {@link #MOST_PAIRED_POINTS} points, all pairwise squared distances are computed once (64
 * MiB at most), so that seedings are cheap to repeat; beyond, those to the drawn candidates, seed
 * by seed. Distances come from float32 products; pairs so close that the product formulation loses
 * half its digits are measured again by differences: equal points are at distance 0.
 */
final class PlusPlusSeeding {
  static final int MOST_PAIRED_POINTS = 4096;
  private static final int BLOCK = 256;

  private final PointCloud cloud;
  private final int size;
  private final float[] paired;

  PlusPlusSeeding(PointCloud cloud) {
    this.cloud = cloud;
    size = cloud.size();
    paired = size <= MOST_PAIRED_POINTS ? new float[size * size] : null;
    for (int from = 0; paired != null && from < size; from += BLOCK) {
      int[] block = IntStream.range(from, Math.min(size, from + BLOCK)).toArray();
      float[] distances = measured(block);
      System.arraycopy(distances, 0, paired, from * size, distances.length);
    }
  }

  /** Squared distances from some points to all, {@code [points.length * size]}. */
  private float[] measured(int[] points) {
    int d = cloud.dimension();
    float[] chosen = new float[points.length * d];
    for (int i = 0; i < points.length; i++) {
      System.arraycopy(cloud.rows(), points[i] * d, chosen, i * d, d);
    }
    float[] distances = new float[points.length * size];
    Products.multiply(chosen, points.length, cloud.rows(), size, d, distances);
    for (int i = 0; i < points.length; i++) {
      for (int j = 0; j < size; j++) {
        double norms = cloud.squaredNorm(points[i]) + cloud.squaredNorm(j);
        double squared = norms - 2 * distances[i * size + j];
        if (squared < 1e-3 * norms) {
          squared = cloud.squaredDistance(points[i], j);
        }
        distances[i * size + j] = (float) squared;
      }
    }
    return distances;
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
      int[] candidates = new int[draws];
      for (int draw = 0; draw < draws; draw++) {
        candidates[draw] = draw(cumulative, random.nextDouble() * total);
      }
      float[] distances = paired == null ? measured(candidates) : paired;
      int best = -1;
      int bestRow = -1;
      double bestPotential = Double.POSITIVE_INFINITY;
      for (int draw = 0; draw < draws; draw++) {
        int row = paired == null ? draw : candidates[draw];
        double potential = draws == 1 ? 0 : potential(distances, row, nearest);
        if (potential < bestPotential) {
          best = candidates[draw];
          bestRow = row;
          bestPotential = potential;
        }
      }
      for (int i = 0; i < size; i++) {
        nearest[i] = Math.min(nearest[i], distances[bestRow * size + i]);
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

  private double potential(float[] distances, int row, double[] nearest) {
    double sum = 0;
    for (int i = 0; i < size; i++) {
      sum += cloud.weight(i) * Math.min(nearest[i], distances[row * size + i]);
    }
    return sum;
  }
}
