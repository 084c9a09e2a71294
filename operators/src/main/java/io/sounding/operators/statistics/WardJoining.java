package io.sounding.operators.statistics;

/**
 * Finds the pair of weighted means that is cheapest to join by Ward's criterion, {@code n_a n_b /
 * (n_a + n_b) ||a - b||^2}: what joining adds to the sum of squared distances (Ward 1963). The
 * squared distances of joined means follow from those of their parts (Lance and Williams 1967), so
 * coordinates are needed once. O(m^2 d) for m means, then O(m) for most joins.
 *
 * <p>The caller joins the pair as it is told: b goes into a, and the last mean takes the place of
 * b. Ties go to the smaller indices.
 */
final class WardJoining {
  /**
   * A pair to join.
   *
   * @param a index of the mean that stays, below b
   * @param b index of the mean that goes
   * @param cost what joining them adds to the sum of squared distances
   */
  record Pair(int a, int b, double cost) {}

  private final double[] weights;
  private final double[] squaredDistances;
  private final int stride;
  private final int[] partner;
  private final double[] partnerCost;
  private int size;

  /** The first {@code size} means; {@code means[size * d]} or longer. */
  WardJoining(long[] counts, double[] means, int size, int dimension) {
    this.size = size;
    stride = size;
    weights = new double[size];
    for (int i = 0; i < size; i++) {
      weights[i] = counts[i];
    }
    squaredDistances = squaredDistances(means, size, dimension);
    partner = new int[size];
    partnerCost = new double[size];
    for (int a = 0; a < size; a++) {
      findPartner(a);
    }
  }

  private static double[] squaredDistances(double[] means, int size, int dimension) {
    PointCloud cloud = PointCloud.of(means, size, dimension);
    float[] products = new float[size * size];
    Products.multiplyByItself(cloud.rows(), size, dimension, products);
    double[] squared = new double[size * size];
    double unitSquared = cloud.unit() * cloud.unit();
    for (int a = 0; a < size; a++) {
      for (int b = a + 1; b < size; b++) {
        double norms = cloud.squaredNorm(a) + cloud.squaredNorm(b);
        double value = norms - 2.0 * products[a * size + b];
        // so close that the product lost most of its digits
        value = value < 1e-3 * norms ? cloud.squaredDistance(a, b) : value;
        squared[a * size + b] = value * unitSquared;
        squared[b * size + a] = value * unitSquared;
      }
    }
    return squared;
  }

  /** The cheapest pair, which from now on counts as joined. There must be two means at least. */
  Pair next() {
    int a = 0;
    for (int i = 1; i < size - 1; i++) {
      if (partnerCost[i] < partnerCost[a]) {
        a = i;
      }
    }
    Pair pair = new Pair(a, partner[a], partnerCost[a]);
    join(pair.a(), pair.b());
    return pair;
  }

  private void join(int a, int b) {
    double total = weights[a] + weights[b];
    double share = weights[b] / total;
    double between = squaredDistances[a * stride + b];
    for (int c = 0; c < size; c++) {
      double joined =
          (1 - share) * squaredDistances[a * stride + c]
              + share * squaredDistances[b * stride + c]
              - share * (1 - share) * between;
      set(a, c, Math.max(0, joined));
    }
    weights[a] = total;
    int last = --size;
    weights[b] = weights[last];
    for (int c = 0; c < size; c++) {
      if (c != b) {
        set(b, c, squaredDistances[last * stride + c]);
      }
    }
    partner[b] = partner[last];
    for (int c = 0; c < size - 1; c++) {
      boolean stale = c == a || c == b || partner[c] == a || partner[c] == b || partner[c] == last;
      if (stale) {
        findPartner(c);
      } else {
        // along the rows of a and b: the columns lie far apart in memory
        offer(c, a, squaredDistances[a * stride + c]);
        offer(c, b, squaredDistances[b * stride + c]);
      }
    }
  }

  private void set(int a, int b, double squared) {
    squaredDistances[a * stride + b] = squared;
    squaredDistances[b * stride + a] = squared;
  }

  /** The cheapest partner of a higher index. */
  private void findPartner(int a) {
    partner[a] = a + 1;
    partnerCost[a] = Double.POSITIVE_INFINITY;
    for (int b = a + 1; b < size; b++) {
      offer(a, b, squaredDistances[a * stride + b]);
    }
  }

  private void offer(int a, int b, double squared) {
    if (b <= a) {
      return;
    }
    double cost = weights[a] * weights[b] / (weights[a] + weights[b]) * squared;
    if (cost < partnerCost[a] || cost == partnerCost[a] && b < partner[a]) {
      partnerCost[a] = cost;
      partner[a] = b;
    }
  }
}
