package io.sounding.operators.statistics;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Weighted greedy k-means++: each next seed is drawn with probability proportional to weight times
 * squared distance to the nearest seed so far, the best of several draws by the remaining potential
 * (Arthur and Vassilvitskii 2007; 2 + ln k draws as in scikit-learn).
 *
 * <p>Draws are the first arrivals of a race: point i arrives after an exponential time of rate
 * {@code weight * squared distance}, so several draws are distinct (Efraimidis and Spirakis 2006).
 * Unlike a search in cumulative sums, a race is decided otherwise only where two arrivals almost
 * coincide: frames that differ in their last bits, as those of another inference engine do, are
 * seeded alike.
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
      int[] candidates = firstArrivals(nearest, draws, random);
      if (candidates.length == 0) {
        break;
      }
      int best = candidates[0];
      double bestPotential = Double.POSITIVE_INFINITY;
      for (int candidate : candidates) {
        double potential = candidates.length == 1 ? 0 : potential(candidate, nearest);
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

  /**
   * The first points of the race, at most {@code most}; their rates are the weights alone as long
   * as nothing is covered. Points of rate 0 never arrive.
   */
  private int[] firstArrivals(double[] nearest, int most, SplittableRandom random) {
    int[] first = new int[most];
    double[] times = new double[most];
    int arrived = 0;
    for (int i = 0; i < size; i++) {
      double rate = cloud.weight(i) * (Double.isInfinite(nearest[i]) ? 1 : nearest[i]);
      double time = -Math.log(1 - random.nextDouble()) / rate;
      if (!(rate > 0) || arrived == most && time >= times[most - 1]) {
        continue;
      }
      int position = arrived < most ? arrived++ : most - 1;
      for (; position > 0 && time < times[position - 1]; position--) {
        times[position] = times[position - 1];
        first[position] = first[position - 1];
      }
      times[position] = time;
      first[position] = i;
    }
    return Arrays.copyOf(first, arrived);
  }

  private double potential(int candidate, double[] nearest) {
    double sum = 0;
    for (int i = 0; i < size; i++) {
      sum += cloud.weight(i) * Math.min(nearest[i], squaredDistances[candidate * size + i]);
    }
    return sum;
  }
}
