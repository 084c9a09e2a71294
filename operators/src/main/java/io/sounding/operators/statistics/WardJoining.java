package io.sounding.operators.statistics;

/**
 * Finds the pair of weighted means that is cheapest to join by Ward's criterion, {@code n_a n_b /
 * (n_a + n_b) ||a - b||^2}: what joining adds to the sum of squared distances (Ward 1963). The
 * costs of joining joined means follow from those of their parts (Lance and Williams 1967), so
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
  private final double[] costs; // symmetric
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
    costs = costs(PointCloud.of(means, size, dimension), weights);
    partner = new int[size];
    partnerCost = new double[size];
    for (int a = 0; a < size; a++) {
      findPartner(a);
    }
  }

  private static double[] costs(PointCloud cloud, double[] weights) {
    int size = cloud.size();
    float[] products = new float[size * size];
    Products.multiplyByItself(cloud.rows(), size, cloud.dimension(), products);
    double[] costs = new double[size * size];
    double unitSquared = cloud.unit() * cloud.unit();
    for (int a = 0; a < size; a++) {
      for (int b = a + 1; b < size; b++) {
        double norms = cloud.squaredNorm(a) + cloud.squaredNorm(b);
        double squared = norms - 2.0 * products[a * size + b];
        // so close that the product lost most of its digits
        squared = squared < 1e-3 * norms ? cloud.squaredDistance(a, b) : squared;
        double cost = weights[a] * weights[b] / (weights[a] + weights[b]) * squared * unitSquared;
        costs[a * size + b] = cost;
        costs[b * size + a] = cost;
      }
    }
    return costs;
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
    double both = weights[a] + weights[b];
    double between = costs[a * stride + b];
    for (int c = 0; c < size; c++) {
      double joined =
          ((weights[a] + weights[c]) * costs[a * stride + c]
                  + (weights[b] + weights[c]) * costs[b * stride + c]
                  - weights[c] * between)
              / (both + weights[c]);
      set(a, c, Math.max(0, joined));
    }
    weights[a] = both;
    int last = --size;
    weights[b] = weights[last];
    for (int c = 0; c < size; c++) {
      if (c != b) {
        set(b, c, costs[last * stride + c]);
      }
    }
    partner[b] = partner[last];
    for (int c = 0; c < size - 1; c++) {
      boolean stale = c == a || c == b || partner[c] == a || partner[c] == b || partner[c] == last;
      if (stale) {
        findPartner(c);
      } else {
        // along the rows of a and b: the columns lie far apart in memory
        offer(c, a, costs[a * stride + c]);
        offer(c, b, costs[b * stride + c]);
      }
    }
  }

  private void set(int a, int b, double cost) {
    costs[a * stride + b] = cost;
    costs[b * stride + a] = cost;
  }

  /** The cheapest partner of a higher index. */
  private void findPartner(int a) {
    int cheapest = Math.min(a + 1, size - 1);
    for (int b = a + 2; b < size; b++) {
      if (costs[a * stride + b] < costs[a * stride + cheapest]) {
        cheapest = b;
      }
    }
    partner[a] = cheapest;
    partnerCost[a] = costs[a * stride + cheapest];
  }

  private void offer(int a, int b, double cost) {
    if (b > a && (cost < partnerCost[a] || cost == partnerCost[a] && b < partner[a])) {
      partnerCost[a] = cost;
      partner[a] = b;
    }
  }
}
