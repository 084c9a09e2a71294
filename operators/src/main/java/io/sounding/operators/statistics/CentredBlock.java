package io.sounding.operators.statistics;

/**
 * The rows of a block in the coordinates of a {@link PointCloud}, relative to their mean; they lie
 * where products are made, and single ones are made again from the block. The centre is their mean
 * rounded to float32, so that a difference of two float32 values, rounded once, is all there is to
 * make. One thread.
 */
final class CentredBlock {
  private final FrameBlock block;
  private final int dimension;
  private final FoldProducts products;
  private final double[] centre;
  private final double unit;
  private final double[] squaredNorms;

  /** Loads the rows into {@code products}, which are used up to the last call. */
  CentredBlock(FrameBlock block, FoldProducts products) {
    this.block = block;
    this.products = products;
    dimension = block.dimension();
    centre = new double[dimension];
    for (int j = 0; j < dimension; j++) {
      centre[j] = (float) block.mean()[j];
    }
    squaredNorms = new double[block.count()];
    products.load(block.rows(), block.count(), centre, 1, squaredNorms);
    unit =
        PointCloud.unit(
            squaredNorms,
            block.count(),
            dimension,
            () -> PointCloud.largest(block.rows(), block.count(), centre));
    if (unit != 1) {
      products.load(block.rows(), block.count(), centre, 1 / unit, squaredNorms);
    }
  }

  int count() {
    return block.count();
  }

  /** Where the rows are loaded. */
  FoldProducts products() {
    return products;
  }

  /** Length of one unit of these coordinates in the units of the frames. */
  double unit() {
    return unit;
  }

  /** In these coordinates. */
  double squaredNorm(int row) {
    return squaredNorms[row];
  }

  /**
   * Sets the first {@code count} of {@code points} as those that rows are compared with.
   *
   * @return they in these coordinates, until others are set
   */
  PointCloud setPoints(double[] points, int count) {
    float[] stored = products.pointRoom(count * dimension);
    PointCloud set = PointCloud.relative(points, PointCloud.ones(count), centre, unit, stored);
    float[] norms = new float[count];
    for (int c = 0; c < count; c++) {
      norms[c] = (float) set.squaredNorm(c);
    }
    products.setPoints(set.rows(), norms);
    return set;
  }

  /** Some rows. */
  private PointCloud rowsAt(int[] rows, int count) {
    double[] points = new double[count * dimension];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < dimension; j++) {
        points[i * dimension + j] = block.rows()[rows[i] * dimension + j];
      }
    }
    float[] stored = new float[points.length];
    return PointCloud.relative(points, PointCloud.ones(count), centre, unit, stored);
  }

  /** Squared distance in these coordinates to one of such points, by float64 differences. */
  double squaredDistance(int row, PointCloud points, int point) {
    return rowsAt(new int[] {row}, 1).squaredDistance(0, points, point);
  }

  /** The same to another row. */
  double squaredDistance(int row, int other) {
    return rowsAt(new int[] {row, other}, 2).squaredDistance(0, 1);
  }
}
