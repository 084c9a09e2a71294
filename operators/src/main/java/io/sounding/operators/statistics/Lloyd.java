package io.sounding.operators.statistics;

import java.util.Arrays;

/**
 * Weighted Lloyd iteration.
 *
 * <p>Ends when few labels change and no cluster ran empty (none: a local optimum), or after the
 * given number of iterations. A cluster that loses its last point takes the point farthest from its
 * own centroid (ties: smallest index).
 */
final class Lloyd {
  private final PointCloud cloud;
  private final int clusters;
  private final int dimension;
  private final PointLabels nearest;
  private final int[] labels;
  private final int[] counts;
  private final double[] masses;
  private final boolean[] stirred;
  private final double[] sums;
  private double[] centroids;
  private int changed;

  private Lloyd(PointCloud cloud, PointLabels nearest, double[] start, int clusters) {
    this.cloud = cloud;
    this.clusters = clusters;
    dimension = cloud.dimension();
    this.nearest = nearest;
    labels = new int[cloud.size()];
    Arrays.fill(labels, -1);
    counts = new int[clusters];
    masses = new double[clusters];
    stirred = new boolean[clusters];
    sums = new double[clusters * dimension];
    centroids = start.clone();
  }

  /**
   * Exact iterations until no label changes.
   *
   * @param start {@code [clusters * d]} in the stored coordinates of the cloud; not changed
   */
  static Clustering run(PointCloud cloud, double[] start, int clusters, int mostIterations) {
    return run(cloud, start, clusters, new CentroidBounds(cloud, clusters), mostIterations, 0);
  }

  /** Iterations by {@link NeighbourLabels}, until no more than {@code few} labels change. */
  static Clustering approach(
      PointCloud cloud, double[] start, int clusters, int mostIterations, int few) {
    return run(cloud, start, clusters, new NeighbourLabels(cloud, clusters), mostIterations, few);
  }

  /** The same by labels of any kind, which it closes, until no more than {@code few} change. */
  static Clustering run(
      PointCloud cloud,
      double[] start,
      int clusters,
      PointLabels labels,
      int mostIterations,
      int few) {
    try (labels) {
      return new Lloyd(cloud, labels, start, clusters).run(mostIterations, few);
    }
  }

  private Clustering run(int mostIterations, int few) {
    int iterations = 0;
    nearest.start(centroids);
    relabel();
    do {
      fillEmptyClusters();
      move();
      iterations++;
      relabel();
    } while ((changed > few || changed > 0 && oneIsEmpty()) && iterations < mostIterations);
    return clustering(iterations);
  }

  private boolean oneIsEmpty() {
    return Arrays.stream(counts).anyMatch(count -> count == 0);
  }

  /** Takes the new labels over, in the order of the points, so that sums do not depend on it. */
  private void relabel() {
    changed = 0;
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] != nearest.label(i)) {
        relabel(i, nearest.label(i));
        changed++;
      }
    }
  }

  private void relabel(int point, int label) {
    double weight = cloud.weight(point);
    stirred[label] = true;
    if (labels[point] >= 0) {
      stirred[labels[point]] = true;
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
      nearest.assign(farthest, c);
    }
  }

  /** Moves the centroids to the means of their points, and labels by the new ones. */
  private void move() {
    double[] means = centroids.clone();
    double[] drift = new double[clusters];
    for (int c = 0; c < clusters; c++) {
      if (!stirred[c] || counts[c] == 0) {
        continue;
      }
      stirred[c] = false;
      double squared = 0;
      for (int j = c * dimension; j < (c + 1) * dimension; j++) {
        means[j] = sums[j] / masses[c];
        squared += (means[j] - centroids[j]) * (means[j] - centroids[j]);
      }
      drift[c] = Math.sqrt(squared);
    }
    centroids = means;
    nearest.moveTo(centroids, drift);
  }

  private Clustering clustering(int iterations) {
    double inertia = 0;
    for (int i = 0; i < labels.length; i++) {
      inertia += cloud.weight(i) * cloud.squaredDistance(i, centroids, labels[i] * dimension);
    }
    return new Clustering(clusters, centroids, labels, inertia, iterations);
  }
}
