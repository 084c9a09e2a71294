package io.sounding.operators.statistics;

/** The cluster of each point while centroids, {@code [clusters * d]}, move. */
interface PointLabels extends AutoCloseable {

  /** Compares all points with all centroids; not copied. */
  void start(double[] centroids);

  /**
   * Labels the points by the next position of the centroids, not copied.
   *
   * @param drift how far each of them moved
   */
  void moveTo(double[] centroids, double[] drift);

  int label(int point);

  /** A point belongs to another cluster now; what is known of the old one does not hold. */
  void assign(int point, int label);

  @Override
  void close();
}
