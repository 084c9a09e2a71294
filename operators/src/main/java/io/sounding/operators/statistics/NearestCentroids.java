package io.sounding.operators.statistics;

/**
 * Nearest and second-nearest centroid of points, exact to float64 rounding at the price of a
 * float32 product.
 *
 * <p>{@code ||x - c||^2 - ||x||^2 = ||c||^2 - 2 x·c} is computed for all pairs as one float32
 * matrix product. Its error is at most {@code E = 2 (d + 4) 2^-24 (||x|| + max ||c||) max ||c||}
 * (Higham 2002, equation 3.5, plus the rounding of c and of ||c||^2). Every centroid whose score
 * lies within 2 E of the second best is then measured again by float64 differences, so the answer
 * does not depend on the BLAS or the processor. Ties go to the smaller index.
 */
final class NearestCentroids {
  private static final int BLOCK = PointBlocks.SIZE;

  private final PointCloud cloud;
  private final int clusters;
  private final int dimension;
  private final float[] gathered;
  private final float[] rounded;
  private final float[] products;
  private final float[] squaredNorms;
  private double[] centroids;
  private double largestNorm;

  private final int[] nearest = new int[BLOCK];
  private final int[] second = new int[BLOCK];
  private final double[] nearestSquared = new double[BLOCK];
  private final double[] secondSquared = new double[BLOCK];

  NearestCentroids(PointCloud cloud, int clusters) {
    this.cloud = cloud;
    this.clusters = clusters;
    dimension = cloud.dimension();
    gathered = new float[BLOCK * dimension];
    rounded = new float[clusters * dimension];
    products = new float[BLOCK * clusters];
    squaredNorms = new float[clusters];
  }

  /**
   * Sets the centroids, {@code [clusters * d]} in the stored coordinates of the cloud; not copied.
   */
  NearestCentroids moveTo(double[] newCentroids) {
    centroids = newCentroids;
    double largest = 0;
    for (int c = 0; c < clusters; c++) {
      double squared = 0;
      for (int j = c * dimension; j < (c + 1) * dimension; j++) {
        rounded[j] = (float) centroids[j];
        squared += centroids[j] * centroids[j];
      }
      squaredNorms[c] = (float) squared;
      largest = Math.max(largest, squared);
    }
    largestNorm = Math.sqrt(largest);
    return this;
  }

  /**
   * Looks up {@code points[0 .. count)}, at most {@link PointBlocks#SIZE}; read the answers by
   * position.
   */
  void find(int[] points, int count) {
    multiply(points, count);
    for (int i = 0; i < count; i++) {
      measure(i, points[i], true);
    }
  }

  /**
   * Cheaper: the nearest centroid is exact as well, but its squared distance may be given too large
   * and that of the second too small, by the error of the product.
   */
  void findWithin(int[] points, int count) {
    multiply(points, count);
    for (int i = 0; i < count; i++) {
      measure(i, points[i], false);
    }
  }

  private void multiply(int[] points, int count) {
    for (int i = 0; i < count; i++) {
      System.arraycopy(cloud.rows(), points[i] * dimension, gathered, i * dimension, dimension);
    }
    Products.multiply(gathered, count, rounded, clusters, dimension, products);
  }

  /** What is done with one answer. */
  interface Visitor {
    void visit(int point, int position);
  }

  /** Looks up all points of the cloud in order; each is visited while its answer can be read. */
  void forEach(Visitor visitor) {
    int[] points = new int[BLOCK];
    for (int from = 0; from < cloud.size(); from += BLOCK) {
      int length = Math.min(BLOCK, cloud.size() - from);
      for (int i = 0; i < length; i++) {
        points[i] = from + i;
      }
      find(points, length);
      for (int i = 0; i < length; i++) {
        visitor.visit(from + i, i);
      }
    }
  }

  /** Index of the nearest centroid of the point at this position. */
  int nearest(int position) {
    return nearest[position];
  }

  /** Index of the second-nearest centroid, -1 when there is one centroid only. */
  int second(int position) {
    return second[position];
  }

  double nearestSquared(int position) {
    return nearestSquared[position];
  }

  /** Infinite when there is one centroid only. */
  double secondSquared(int position) {
    return secondSquared[position];
  }

  /** Bound E on the error of a score, given the norm of the point and the largest of a centroid. */
  static double scoreError(int dimension, double norm, double largestNorm) {
    return 2 * (dimension + 4) * 0x1p-24 * (norm + largestNorm) * largestNorm;
  }

  private void measure(int position, int point, boolean exact) {
    int start = position * clusters;
    int bestCentroid = -1;
    float best = Float.POSITIVE_INFINITY;
    float secondBest = Float.POSITIVE_INFINITY;
    for (int c = 0; c < clusters; c++) {
      float score = squaredNorms[c] - 2 * products[start + c];
      products[start + c] = score;
      if (score < best) {
        secondBest = best;
        best = score;
        bestCentroid = c;
      } else if (score < secondBest) {
        secondBest = score;
      }
    }
    double squaredNorm = cloud.squaredNorm(point);
    double norm = Math.sqrt(squaredNorm);
    double error = scoreError(dimension, norm, largestNorm);
    if (!exact && secondBest - best > 2 * error) {
      nearest[position] = bestCentroid;
      nearestSquared[position] = Math.max(0, squaredNorm + best + error);
      secondSquared[position] = Math.max(0, squaredNorm + secondBest - error);
      return;
    }
    double limit = secondBest + 2 * error;
    nearest[position] = -1;
    second[position] = -1;
    nearestSquared[position] = Double.POSITIVE_INFINITY;
    secondSquared[position] = Double.POSITIVE_INFINITY;
    for (int c = 0; c < clusters; c++) {
      if (products[start + c] <= limit) {
        offer(position, c, cloud.squaredDistance(point, centroids, c * dimension));
      }
    }
  }

  private void offer(int position, int centroid, double squared) {
    if (squared < nearestSquared[position]) {
      second[position] = nearest[position];
      secondSquared[position] = nearestSquared[position];
      nearest[position] = centroid;
      nearestSquared[position] = squared;
    } else if (squared < secondSquared[position]) {
      second[position] = centroid;
      secondSquared[position] = squared;
    }
  }
}
