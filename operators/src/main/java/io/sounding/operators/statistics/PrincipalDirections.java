package io.sounding.operators.statistics;

import java.util.Arrays;

/**
 * The directions in which a cloud spreads most, about its centre: as many as hold {@value #SHARE}
 * of the squares of its coordinates, or {@value #ENOUGH} if those hold {@value #LEAST_SHARE};
 * {@value #FEWEST} at least, where there are that many. Embeddings spread in few of their
 * dimensions; what is computed along those takes as much less time as they are fewer.
 *
 * <p>More than {@value #ENOUGH} were measured to take longer than the exact iterations they spare
 * (d = 768). Of noise, which spreads in all dimensions alike, so few find other clusters than Lloyd
 * does in all of them: of lower inertia (0.1 %), but of more even sizes.
 *
 * @param rows {@code [count * d]}, orthonormal
 * @param count number of directions
 * @param dimension d
 */
record PrincipalDirections(float[] rows, int count, int dimension) {
  private static final double SHARE = 0.97;
  private static final int FEWEST = 32;
  private static final int ENOUGH = 64;
  private static final double LEAST_SHARE = 0.75;

  /** Points looked at for each dimension. */
  private static final int POINTS = 8;

  private static final int RANGE = 256;

  /** Eigenvectors of more take longer than what they spare. */
  private static final int MOST_DIMENSIONS = 1024;

  /** Of a cloud; all, without coordinates, where there are too many dimensions to look at. */
  static PrincipalDirections of(PointCloud cloud) {
    int d = cloud.dimension();
    if (d > MOST_DIMENSIONS) {
      return new PrincipalDirections(new float[0], d, d);
    }
    int size = Math.min(cloud.size(), POINTS * d);
    double[] gram = new double[d * d];
    double[] block = new double[RANGE * d];
    for (int from = 0; from < size; from += RANGE) {
      int count = Math.min(RANGE, size - from);
      for (int i = 0; i < count * d; i++) {
        block[i] = cloud.rows()[from * d + i];
      }
      Products.addGram(block, count, d, gram);
    }
    SymmetricEigen eigen = SymmetricEigen.of(gram, d, true);
    int count = count(eigen.values());
    float[] rows = new float[count * d];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (float) eigen.vectors()[i];
    }
    return new PrincipalDirections(rows, count, d);
  }

  private static int count(double[] descending) {
    double all = Arrays.stream(descending).sum();
    int count = 1;
    for (double held = descending[0];
        count < descending.length && (count < FEWEST || held < SHARE * all);
        count++) {
      if (count >= ENOUGH && held >= LEAST_SHARE * all) {
        break;
      }
      held += descending[count];
    }
    return count;
  }

  /**
   * Coordinates of the first {@code size} points along the directions, {@code [size * count]};
   * {@code points[n * d]}.
   */
  float[] along(float[] points, int size) {
    float[] along = new float[size * count];
    Products.multiply(points, size, rows, count, dimension, along);
    return along;
  }
}
