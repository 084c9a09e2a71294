package io.sounding.operators.statistics;

import java.util.Arrays;

/**
 * Weighted Lloyd iteration, exact, accelerated by bounds. Each point keeps an upper bound on the
 * distance to its own centroid and a lower bound on that to any other (Hamerly 2010); as long as
 * they do not meet, its label cannot change and it is skipped.
 *
 * <p>In many dimensions distances are so alike that one centroid's move undoes the bounds of nearly
 * all points. So a point whose bounds meet is first compared with the centroids that moved far, by
 * a product of their own; only the moves of the others lower its bound. The points that are left
 * after that are compared with all centroids by {@link NearestCentroids}. Bounds are widened by the
 * error of the products, so labels are those of plain Lloyd in float64.
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
  private final MovedCentroids moved;
  private final int[] labels;
  private final double[] upper;
  private final double[] lower;
  private final int[] counts;
  private final double[] masses;
  private final double[] sums;
  private double[] centroids;
  private int changed;

  private Lloyd(PointCloud cloud, double[] start, int clusters) {
    this.cloud = cloud;
    this.clusters = clusters;
    dimension = cloud.dimension();
    nearest = new NearestCentroids(cloud, clusters);
    moved = new MovedCentroids(cloud, clusters);
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
   */
  static Clustering run(PointCloud cloud, double[] start, int clusters, int mostIterations) {
    Lloyd lloyd = new Lloyd(cloud, start, clusters);
    int iterations = 0;
    lloyd.assignFirst();
    do {
      lloyd.fillEmptyClusters();
      lloyd.move();
      iterations++;
      lloyd.assign();
    } while (lloyd.changed > 0 && iterations < mostIterations);
    return lloyd.clustering(iterations);
  }

  private void assignFirst() {
    nearest.moveTo(centroids);
    PointBlocks blocks = new PointBlocks(this::lookUp);
    for (int i = 0; i < labels.length; i++) {
      blocks.add(i);
    }
    blocks.flush();
  }

  private void assign() {
    nearest.moveTo(centroids);
    changed = 0;
    PointBlocks toLookUp = new PointBlocks(this::lookUp);
    PointBlocks toCompare = new PointBlocks((points, count) -> compare(points, count, toLookUp));
    boolean comparing = moved.worthwhile();
    for (int i = 0; i < labels.length; i++) {
      upper[i] += moved.drift(labels[i]);
      double loosened = lower[i] - moved.largestDriftBut(labels[i]);
      if (upper[i] > loosened) {
        upper[i] = Math.sqrt(cloud.squaredDistance(i, centroids, labels[i] * dimension));
      }
      if (upper[i] <= loosened) {
        lower[i] = loosened;
      } else if (comparing) {
        toCompare.add(i);
      } else {
        toLookUp.add(i);
      }
    }
    toCompare.flush();
    toLookUp.flush();
  }

  /** Lets points stay whose own centroid is nearer than all that moved far. */
  private void compare(int[] points, int count, PointBlocks toLookUp) {
    moved.compare(points, count, labels);
    for (int position = 0; position < count; position++) {
      int point = points[position];
      lower[point] =
          Math.min(lower[point] - moved.largestOtherDrift(), moved.nearestOther(position));
      if (upper[point] > lower[point]) {
        toLookUp.add(point);
      }
    }
  }

  private void lookUp(int[] points, int count) {
    nearest.findWithin(points, count);
    for (int position = 0; position < count; position++) {
      int point = points[position];
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

  /** Moves the centroids to the means of their points. */
  private void move() {
    double[] means = new double[centroids.length];
    double[] drift = new double[clusters];
    for (int c = 0; c < clusters; c++) {
      double squared = 0;
      for (int j = c * dimension; j < (c + 1) * dimension; j++) {
        means[j] = counts[c] == 0 ? centroids[j] : sums[j] / masses[c];
        squared += (means[j] - centroids[j]) * (means[j] - centroids[j]);
      }
      drift[c] = Math.sqrt(squared);
    }
    centroids = means;
    moved.moveTo(centroids, drift);
  }

  private Clustering clustering(int iterations) {
    double inertia = 0;
    for (int i = 0; i < labels.length; i++) {
      inertia += cloud.weight(i) * cloud.squaredDistance(i, centroids, labels[i] * dimension);
    }
    return new Clustering(clusters, centroids, labels, inertia, iterations);
  }
}
