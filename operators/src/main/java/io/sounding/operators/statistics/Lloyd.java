package io.sounding.operators.statistics;

import java.util.Arrays;

/**
 * Weighted Lloyd iteration, exact, accelerated by the bounds of Hamerly 2010: each point keeps an
 * upper bound on the distance to its own centroid and a lower bound on that to any other; as long
 * as they do not meet, its label cannot change and it is skipped. The points that are left are
 * gathered into blocks and looked up by {@link NearestCentroids}.
 *
 * <p>Ends when no label changes (a local optimum) or after the given number of iterations. A
 * cluster that loses its last point takes the point farthest from its own centroid (ties: smallest
 * index).
 */
final class Lloyd {
  private final PointCloud cloud;
  private final int clusters;
  private final int dimension;
  private final NearestCentroids nearest;
  private final int[] labels;
  private final double[] upper;
  private final double[] lower;
  private final int[] counts;
  private final double[] masses;
  private final double[] sums;
  private final int[] active = new int[NearestCentroids.BLOCK];
  private double[] centroids;
  private int changed;
  private double gained;

  private Lloyd(PointCloud cloud, double[] start, int clusters) {
    this.cloud = cloud;
    this.clusters = clusters;
    dimension = cloud.dimension();
    nearest = new NearestCentroids(cloud, clusters);
    labels = new int[cloud.size()];
    Arrays.fill(labels, -1);
    upper = new double[cloud.size()];
    lower = new double[cloud.size()];
    counts = new int[clusters];
    masses = new double[clusters];
    sums = new double[clusters * dimension];
    centroids = start.clone();
  }

  /**
   * Runs to convergence.
   *
   * @param start {@code [clusters * d]} in the stored coordinates of the cloud; not changed
   * @param tolerance ends early when a move of the centroids lowers the cost by less than this
   *     share of the weighted sum of squared norms; 0 to end at the local optimum only
   */
  static Clustering run(
      PointCloud cloud, double[] start, int clusters, int mostIterations, double tolerance) {
    Lloyd lloyd = new Lloyd(cloud, start, clusters);
    double least = tolerance * cloud.scatter();
    int iterations = 0;
    lloyd.assign();
    do {
      lloyd.fillEmptyClusters();
      lloyd.move();
      iterations++;
      lloyd.assign();
    } while (lloyd.changed > 0 && lloyd.gained >= least && iterations < mostIterations);
    return lloyd.clustering(iterations);
  }

  private void assign() {
    nearest.moveTo(centroids);
    changed = 0;
    int waiting = 0;
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] >= 0) {
        if (upper[i] <= lower[i]) {
          continue;
        }
        upper[i] = Math.sqrt(cloud.squaredDistance(i, centroids, labels[i] * dimension));
        if (upper[i] <= lower[i]) {
          continue;
        }
      }
      active[waiting++] = i;
      if (waiting == active.length) {
        lookUp(waiting);
        waiting = 0;
      }
    }
    lookUp(waiting);
  }

  private void lookUp(int count) {
    nearest.findWithin(active, count);
    for (int position = 0; position < count; position++) {
      int point = active[position];
      upper[point] = Math.sqrt(nearest.nearestSquared(position));
      lower[point] = Math.sqrt(nearest.secondSquared(position));
      if (labels[point] != nearest.nearest(position)) {
        relabel(point, nearest.nearest(position));
        changed++;
      }
    }
  }

  private void relabel(int point, int label) {
    double weight = cloud.weight(point);
    if (labels[point] >= 0) {
      counts[labels[point]]--;
      masses[labels[point]] -= weight;
      cloud.addTo(sums, labels[point] * dimension, point, -weight);
    }
    labels[point] = label;
    counts[label]++;
    masses[label] += weight;
    cloud.addTo(sums, label * dimension, point, weight);
  }

  private void fillEmptyClusters() {
    for (int c = 0; c < clusters; c++) {
      if (counts[c] > 0) {
        continue;
      }
      int farthest = -1;
      double largest = 0;
      for (int i = 0; i < labels.length; i++) {
        double squared = cloud.squaredDistance(i, centroids, labels[i] * dimension);
        if (squared > largest && counts[labels[i]] > 1) {
          farthest = i;
          largest = squared;
        }
      }
      if (farthest < 0) {
        return;
      }
      // what is left of a cluster that lost its points is rounding
      masses[c] = 0;
      Arrays.fill(sums, c * dimension, (c + 1) * dimension, 0);
      relabel(farthest, c);
      upper[farthest] = Double.POSITIVE_INFINITY;
      lower[farthest] = 0;
    }
  }

  /** Moves the centroids to the means of their points and widens the bounds by the moves. */
  private void move() {
    double[] moved = new double[centroids.length];
    double[] drift = new double[clusters];
    gained = 0;
    double largest = 0;
    double secondLargest = 0;
    int farthestMoved = -1;
    for (int c = 0; c < clusters; c++) {
      double squared = 0;
      for (int j = c * dimension; j < (c + 1) * dimension; j++) {
        moved[j] = counts[c] == 0 ? centroids[j] : sums[j] / masses[c];
        squared += (moved[j] - centroids[j]) * (moved[j] - centroids[j]);
      }
      drift[c] = Math.sqrt(squared);
      gained += masses[c] * squared;
      if (drift[c] > largest) {
        secondLargest = largest;
        largest = drift[c];
        farthestMoved = c;
      } else if (drift[c] > secondLargest) {
        secondLargest = drift[c];
      }
    }
    for (int i = 0; i < labels.length; i++) {
      upper[i] += drift[labels[i]];
      lower[i] -= labels[i] == farthestMoved ? secondLargest : largest;
    }
    centroids = moved;
  }

  private Clustering clustering(int iterations) {
    double inertia = 0;
    for (int i = 0; i < labels.length; i++) {
      inertia += cloud.weight(i) * cloud.squaredDistance(i, centroids, labels[i] * dimension);
    }
    return new Clustering(clusters, centroids, labels, inertia, iterations);
  }
}
