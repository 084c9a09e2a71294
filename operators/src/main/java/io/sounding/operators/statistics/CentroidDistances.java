package io.sounding.operators.statistics;

/**
 * Sampled frames against the final centroids, in float64 by direct differences of the rows as they
 * were sampled. The centroids are the means of those rows: the ones that were searched for are
 * means of rows rounded to float32, which is far off for a cluster of frames far out.
 *
 * @param labels nearest centroid of each frame
 * @param squared squared distance to it
 * @param secondSquared squared distance to the second-nearest centroid; 0 when there is none
 */
record CentroidDistances(int[] labels, double[] squared, double[] secondSquared) {

  private static final int RANGE = 64;

  static CentroidDistances of(FrameSample sample, PointCloud cloud, Clustering clustering) {
    int size = sample.size();
    int d = sample.dimension();
    double[] relative = clustering.centroids().clone();
    for (int j = 0; j < relative.length; j++) {
      relative[j] *= cloud.unit();
    }
    int[] labels = new int[size];
    int[] seconds = new int[size];
    double[] squared = new double[size];
    double[] secondSquared = new double[size];
    try (NearestCentroids nearest = new NearestCentroids(cloud, clustering.clusters())) {
      nearest
          .moveTo(clustering.centroids())
          .forEach(
              true,
              (point, position, block) -> {
                labels[point] = block.nearest(position);
                seconds[point] = block.second(position);
              });
    }
    moveToMeans(sample, labels, cloud.centre(), relative);
    Processors.forRanges(
        size,
        RANGE,
        (from, to) -> {
          double[] row = new double[d];
          double[] difference = new double[d];
          for (int i = from; i < to; i++) {
            for (int j = 0; j < d; j++) {
              row[j] = sample.rows()[i * d + j] - cloud.centre()[j];
            }
            subtract(row, relative, labels[i] * d, difference);
            squared[i] = FrameBlock.squaredNorm(difference);
            if (seconds[i] >= 0) {
              subtract(row, relative, seconds[i] * d, difference);
              secondSquared[i] = FrameBlock.squaredNorm(difference);
            }
          }
        });
    return new CentroidDistances(labels, squared, secondSquared);
  }

  /** Moves the centroids of labels that there are to the means of their rows. */
  private static void moveToMeans(
      FrameSample sample, int[] labels, double[] centre, double[] centroids) {
    int d = centre.length;
    double[] sums = new double[centroids.length];
    int[] counts = new int[centroids.length / d];
    for (int i = 0; i < labels.length; i++) {
      counts[labels[i]]++;
      for (int j = 0; j < d; j++) {
        sums[labels[i] * d + j] += sample.rows()[i * d + j] - centre[j];
      }
    }
    for (int j = 0; j < sums.length; j++) {
      if (counts[j / d] > 0) {
        centroids[j] = sums[j] / counts[j / d];
      }
    }
  }

  /**
   * (b - a) / max(a, b), a and b the distances to the nearest and second-nearest centroid; 0 when
   * there is one centroid, or when both are 0.
   *
   * @param growth what squared distances to the own mean grow by when it is the mean of all frames
   *     rather than of the sample; those to other means shrink by as much
   */
  double[] simplifiedSilhouettes(double growth) {
    double excess = (growth - 1) * MeanAndError.mean(squared);
    double[] silhouettes = new double[squared.length];
    for (int i = 0; i < silhouettes.length; i++) {
      double a = Math.sqrt(growth * squared[i]);
      double b = Math.sqrt(Math.max(0, secondSquared[i] - excess));
      double larger = Math.max(a, b);
      silhouettes[i] = larger == 0 || secondSquared[i] == 0 ? 0 : (b - a) / larger;
    }
    return silhouettes;
  }

  /** A row less the one of {@code others} that starts at {@code offset}. */
  private static void subtract(double[] row, double[] others, int offset, double[] difference) {
    for (int j = 0; j < row.length; j++) {
      difference[j] = row[j] - others[offset + j];
    }
  }
}
