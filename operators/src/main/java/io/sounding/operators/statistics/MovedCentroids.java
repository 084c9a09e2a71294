package io.sounding.operators.statistics;

import java.util.Arrays;

/**
 * The centroids of a Lloyd iteration after a move, split into those that moved far and the others,
 * so that points can be compared with the former only.
 *
 * <p>Far is what is among the largest quarter of the moves. When no more than a quarter of the
 * centroids moved at all, which is how Lloyd iterations end, the others did not move.
 */
final class MovedCentroids {
  private static final int FAR_SHARE = 4;

  private final PointCloud cloud;
  private final int clusters;
  private final int dimension;
  private final double[] nearestOther = new double[PointBlocks.SIZE];
  private final float[] gathered;
  private final float[] products;
  private final float[] rounded;
  private final float[] squaredNorms;
  private final int[] far;
  private double[] drift;
  private int farCount;
  private int mostMoved;
  private double largest;
  private double secondLargest;
  private double largestOther;
  private double largestNorm;

  MovedCentroids(PointCloud cloud, int clusters) {
    this.cloud = cloud;
    this.clusters = clusters;
    dimension = cloud.dimension();
    int most = Math.max(1, clusters / FAR_SHARE);
    far = new int[most];
    gathered = new float[PointBlocks.SIZE * dimension];
    products = new float[PointBlocks.SIZE * most];
    rounded = new float[most * dimension];
    squaredNorms = new float[most];
  }

  /**
   * Takes the new positions.
   *
   * @param centroids {@code [clusters * d]} in the stored coordinates of the cloud
   * @param newDrift how far each of them moved
   */
  void moveTo(double[] centroids, double[] newDrift) {
    drift = newDrift;
    double[] ascending = drift.clone();
    Arrays.sort(ascending);
    largest = ascending[clusters - 1];
    secondLargest = clusters == 1 ? 0 : ascending[clusters - 2];
    largestOther = clusters <= far.length ? 0 : ascending[clusters - 1 - far.length];
    farCount = 0;
    double largestSquared = 0;
    for (int c = 0; c < clusters; c++) {
      if (drift[c] == largest) {
        mostMoved = c;
      }
      if (drift[c] > largestOther && farCount < far.length) {
        double squared = 0;
        for (int j = 0; j < dimension; j++) {
          double value = centroids[c * dimension + j];
          rounded[farCount * dimension + j] = (float) value;
          squared += value * value;
        }
        squaredNorms[farCount] = (float) squared;
        largestSquared = Math.max(largestSquared, squared);
        far[farCount++] = c;
      }
    }
    largestNorm = Math.sqrt(largestSquared);
  }

  /** How far this centroid moved. */
  double drift(int centroid) {
    return drift[centroid];
  }

  /** The largest move of any other centroid than this. */
  double largestDriftBut(int centroid) {
    return centroid == mostMoved ? secondLargest : largest;
  }

  /** The largest move of a centroid that did not move far. */
  double largestOtherDrift() {
    return largestOther;
  }

  /** Whether comparing with those that moved far can spare a comparison with all. */
  boolean worthwhile() {
    return largestOther < largest / 2;
  }

  /** Compares points with the centroids that moved far; read the answers by position. */
  void compare(int[] points, int count, int[] labels) {
    for (int i = 0; i < count; i++) {
      System.arraycopy(cloud.rows(), points[i] * dimension, gathered, i * dimension, dimension);
    }
    Products.multiply(gathered, count, rounded, farCount, dimension, products);
    for (int i = 0; i < count; i++) {
      float smallest = Float.POSITIVE_INFINITY;
      for (int c = 0; c < farCount; c++) {
        float score = squaredNorms[c] - 2 * products[i * farCount + c];
        if (score < smallest && far[c] != labels[points[i]]) {
          smallest = score;
        }
      }
      double squaredNorm = cloud.squaredNorm(points[i]);
      double error = NearestCentroids.scoreError(dimension, Math.sqrt(squaredNorm), largestNorm);
      nearestOther[i] = Math.sqrt(Math.max(0, squaredNorm + smallest - error));
    }
  }

  /** Lower bound on the distance of the point at this position to those that moved far. */
  double nearestOther(int position) {
    return nearestOther[position];
  }
}
