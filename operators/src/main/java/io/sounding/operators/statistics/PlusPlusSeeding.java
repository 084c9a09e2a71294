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
 * <p>The distances of all points to the draws of a seed are one float32 product, O(n d) for each
 * draw. Pairs so close that the product formulation loses half its digits are measured again by
 * differences: equal points are at distance 0.
 */
final class PlusPlusSeeding implements AutoCloseable {
  private static final long MOST_PRODUCTS = 1 << 25;
  private static final int RANGE = 256;

  private final PointCloud cloud;
  private final int size;
  private final Products.Rows rows;
  private final float[] betweenAll;
  private float[] squaredDistances = new float[0];

  /**
   * Holds a copy of the points outside of the heap until it is closed.
   *
   * @param measured about how many distances of each point will be asked for. When they are no
   *     fewer than half the points, the products of all with all are made at once: one large
   *     product takes a fraction of the time of many narrow ones
   */
  PlusPlusSeeding(PointCloud cloud, int measured) {
    this.cloud = cloud;
    size = cloud.size();
    rows = new Products.Rows(cloud.rows(), size, cloud.dimension());
    boolean all = measured >= size / 2 && (long) size * size <= MOST_PRODUCTS;
    betweenAll = all ? productsOfAll() : null;
  }

  private float[] productsOfAll() {
    int d = cloud.dimension();
    float[] products = new float[size * size];
    Processors.forRanges(
        size,
        RANGE,
        (from, to) -> {
          float[] left = Arrays.copyOfRange(cloud.rows(), from * d, to * d);
          float[] part = new float[(to - from) * size];
          rows.multiply(left, to - from, part);
          System.arraycopy(part, 0, products, from * size, part.length);
        });
    return products;
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
    while (chosen < seeds.length) {
      int[] candidates = firstArrivals(nearest, draws, random);
      if (candidates.length == 0) {
        break;
      }
      int best = best(candidates, nearest);
      for (int i = 0; i < size; i++) {
        nearest[i] = Math.min(nearest[i], squaredDistances[best * size + i]);
      }
      seeds[chosen++] = candidates[best];
    }
    return Arrays.copyOf(seeds, chosen);
  }

  /** Measures the candidates; returns the position of the one that leaves the least potential. */
  private int best(int[] candidates, double[] nearest) {
    int d = cloud.dimension();
    int count = candidates.length;
    if (squaredDistances.length != count * size) {
      squaredDistances = new float[count * size];
    }
    if (betweenAll == null) {
      float[] points = new float[count * d];
      for (int c = 0; c < count; c++) {
        System.arraycopy(cloud.rows(), candidates[c] * d, points, c * d, d);
      }
      rows.multiply(points, count, squaredDistances);
    }
    int best = 0;
    double bestPotential = Double.POSITIVE_INFINITY;
    for (int c = 0; c < count; c++) {
      if (betweenAll != null) {
        System.arraycopy(betweenAll, candidates[c] * size, squaredDistances, c * size, size);
      }
      double potential = measure(candidates[c], c * size, nearest);
      if (potential < bestPotential) {
        best = c;
        bestPotential = potential;
      }
    }
    return best;
  }

  /**
   * Turns the products of all points with a candidate, from {@code start} on, into squared
   * distances; returns the potential that would be left with it.
   */
  private double measure(int candidate, int start, double[] nearest) {
    double candidateNorm = cloud.squaredNorm(candidate);
    double potential = 0;
    for (int i = 0; i < size; i++) {
      double norms = cloud.squaredNorm(i) + candidateNorm;
      double squared = norms - 2.0 * squaredDistances[start + i];
      if (squared < 1e-3 * norms) {
        squared = cloud.squaredDistance(i, candidate);
      }
      float rounded = (float) squared;
      squaredDistances[start + i] = rounded;
      potential += cloud.weight(i) * (rounded < nearest[i] ? rounded : nearest[i]);
    }
    return potential;
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
      double draw = random.nextDouble();
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
