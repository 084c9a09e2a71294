package io.sounding.operators.statistics;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.ForkJoinTask;

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
 * <p>The distances of all points to the draws of a seed are one float32 product, O(n d) for each
 * draw. Of points that are given by fewer coordinates as well it is made of those, and what is left
 * of two points counts as if it were at right angles. Pairs so close that the product formulation
 * loses half its digits are measured again by differences: equal points are at distance 0.
 */
final class PlusPlusSeeding implements AutoCloseable {
  private static final int RANGE = 4096;
  private static final double CLOSE = 1e-3;

  private final PointCloud cloud;
  private final PointCloud along;
  private final int size;
  private final Products.Rows rows;
  private float[] squaredDistances = new float[0];

  /** Holds a copy of the points outside of the heap until it is closed. */
  PlusPlusSeeding(PointCloud cloud) {
    this(cloud, cloud);
  }

  /**
   * The same.
   *
   * @param along the points by their coordinates along some directions
   */
  PlusPlusSeeding(PointCloud cloud, PointCloud along) {
    this.cloud = cloud;
    this.along = along;
    size = cloud.size();
    rows = new Products.Rows(along.rows(), size, along.dimension(), RANGE);
  }

  @Override
  public void close() {
    rows.close();
  }

  /**
   * Chooses seeds.
   *
   * @param most number of seeds wanted; fewer come back when fewer points differ
   * @param draws number of draws per seed, of which the best is taken
   * @return indexes of points
   */
  int[] choose(int most, int draws, SplittableRandom random) {
    double[] nearest = new double[size];
    Arrays.fill(nearest, Double.POSITIVE_INFINITY);
    int[] seeds = new int[Math.min(most, size)];
    int chosen = 0;
    double[] uniform = fill(new double[size], random);
    double[] following = new double[size];
    while (chosen < seeds.length) {
      int[] candidates = firstArrivals(nearest, draws, uniform);
      if (candidates.length == 0) {
        break;
      }
      double[] filled = following;
      ForkJoinTask<double[]> next = Processors.meanwhile(() -> fill(filled, random));
      int best = best(candidates, nearest);
      for (int i = 0; i < size; i++) {
        float squared = squaredDistances[best * size + i];
        if (squared < nearest[i]) {
          nearest[i] = squared;
        }
      }
      seeds[chosen++] = candidates[best];
      following = uniform;
      uniform = next.join();
    }
    return Arrays.copyOf(seeds, chosen);
  }

  /** A draw from 0 to 1 for each point. */
  private static double[] fill(double[] uniform, SplittableRandom random) {
    for (int i = 0; i < uniform.length; i++) {
      uniform[i] = random.nextDouble();
    }
    return uniform;
  }

  /** Measures the candidates; returns the position of the one that leaves the least potential. */
  private int best(int[] candidates, double[] nearest) {
    int d = along.dimension();
    if (squaredDistances.length != candidates.length * size) {
      squaredDistances = new float[candidates.length * size];
    }
    float[] points = new float[candidates.length * d];
    for (int c = 0; c < candidates.length; c++) {
      System.arraycopy(along.rows(), candidates[c] * d, points, c * d, d);
    }
    double[][] potentials = new double[(size + RANGE - 1) / RANGE][];
    Processors.forRanges(
        size,
        RANGE,
        (from, to) -> potentials[from / RANGE] = measure(candidates, points, from, to, nearest));
    int best = 0;
    double least = Double.POSITIVE_INFINITY;
    for (int c = 0; c < candidates.length; c++) {
      double potential = 0;
      for (double[] part : potentials) {
        potential += part[c];
      }
      if (potential < least) {
        best = c;
        least = potential;
      }
    }
    return best;
  }

  /**
   * Measures the squared distances of the points of from .. to to the candidates; returns the
   * potential that would be left of these points with each of those.
   */
  private double[] measure(int[] candidates, float[] points, int from, int to, double[] nearest) {
    int draws = candidates.length;
    int count = to - from;
    float[] products = new float[draws * count];
    rows.multiply(points, draws, from, count, products);
    double[] norms = new double[draws];
    double[] alongNorms = new double[draws];
    for (int c = 0; c < draws; c++) {
      norms[c] = cloud.squaredNorm(candidates[c]);
      alongNorms[c] = along.squaredNorm(candidates[c]);
    }
    double[] potentials = new double[draws];
    // all draws of a point in turn, so that their sums do not wait for each other
    for (int i = from; i < to; i++) {
      double norm = cloud.squaredNorm(i);
      double alongNorm = along.squaredNorm(i);
      double weight = cloud.weight(i);
      for (int c = 0; c < draws; c++) {
        double product = 2.0 * products[c * count + i - from];
        double both = alongNorm + alongNorms[c];
        float squared =
            both - product < CLOSE * both
                ? (float) cloud.squaredDistance(i, candidates[c])
                : (float) (norm + norms[c] - product);
        squaredDistances[c * size + i] = squared;
        potentials[c] += weight * (squared < nearest[i] ? squared : nearest[i]);
      }
    }
    return potentials;
  }

  /**
   * The first points of the race, at most {@code most}; their rates are the weights alone as long
   * as nothing is covered. Points of rate 0 never arrive.
   */
  private int[] firstArrivals(double[] nearest, int most, double[] uniform) {
    int[] first = new int[most];
    double[] times = new double[most];
    int arrived = 0;
    for (int i = 0; i < size; i++) {
      double rate = cloud.weight(i) * (Double.isInfinite(nearest[i]) ? 1 : nearest[i]);
      double draw = uniform[i];
      // -log(1 - draw) is no less than draw, which spares most logarithms
      if (!(rate > 0) || arrived == most && draw >= times[most - 1] * rate) {
        continue;
      }
      double time = -Math.log(1 - draw) / rate;
      if (arrived == most && time >= times[most - 1]) {
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
}
