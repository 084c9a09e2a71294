package io.sounding.operators.statistics;

/**
 * {@link FoldProducts} by OpenBLAS on the processor, on one thread. Its buffers outside of the heap
 * are kept until it is closed: fresh ones for every product cost more page faults than arithmetic.
 */
public final class HostProducts extends FoldProducts {
  /** So many float64 rows of a usual width stay in the cache between being made and being read. */
  private static final int ROWS_AT_ONCE = 192;

  /** So few that they are still in the nearest cache when they are copied off the heap. */
  private static final int ROWS_COPIED_AT_ONCE = 4;

  private double[] residuals = new double[0];
  private Products.Gram gram = new Products.Gram(0, 0);
  private final RowComparison comparison = new RowComparison();

  @Override
  public void addCentredGram(
      float[] rows, int count, double[] mean, double[] shift, double[] packed) {
    int d = mean.length;
    if (gram.dimension() != d) {
      gram.close();
      gram = new Products.Gram(ROWS_AT_ONCE, d);
      residuals = new double[Math.multiplyExact(ROWS_COPIED_AT_ONCE, d)];
    }
    for (int from = 0; from < count; from += ROWS_AT_ONCE) {
      int to = Math.min(count, from + ROWS_AT_ONCE);
      for (int row = from; row < to; row += ROWS_COPIED_AT_ONCE) {
        int copied = Math.min(to - row, ROWS_COPIED_AT_ONCE);
        subtract(rows, row * d, mean, copied);
        gram.put(residuals, copied, row - from);
      }
      gram.add(to - from, from > 0);
    }
    gram.put(shift, 1, 0);
    gram.add(1, count > 0);
    gram.addTo(packed);
  }

  /** Residuals of some rows from the mean. */
  private void subtract(float[] rows, int start, double[] mean, int count) {
    int d = mean.length;
    for (int to = 0; to < count * d; to += d) {
      for (int j = 0; j < d; j++) {
        residuals[to + j] = rows[start + to + j] - mean[j];
      }
    }
  }

  @Override
  public void load(float[] rows, int count, double[] centre, double factor, double[] squaredNorms) {
    int d = centre.length;
    comparison.prepare(count, d);
    float[] rounded = new float[d];
    for (int j = 0; j < d; j++) {
      rounded[j] = (float) centre[j];
    }
    float[] centred = new float[ROWS_COPIED_AT_ONCE * d];
    float[] row = new float[d];
    for (int from = 0; from < count; from += ROWS_COPIED_AT_ONCE) {
      int copied = Math.min(count - from, ROWS_COPIED_AT_ONCE);
      for (int i = 0; i < copied; i++) {
        // arrays that are shifted against each other are not made of vector instructions
        System.arraycopy(rows, (from + i) * d, row, 0, d);
        centre(row, rounded, centre, factor);
        System.arraycopy(row, 0, centred, i * d, d);
        squaredNorms[from + i] = PointCloud.squaredNorm(row, 0, d);
      }
      comparison.put(centred, copied, from, squaredNorms);
    }
  }

  private static void centre(float[] row, float[] rounded, double[] centre, double factor) {
    if (factor == 1) {
      for (int j = 0; j < row.length; j++) {
        row[j] -= rounded[j];
      }
    } else {
      for (int j = 0; j < row.length; j++) {
        row[j] = (float) ((row[j] - centre[j]) * factor);
      }
    }
  }

  @Override
  public void setPoints(float[] points, float[] squaredNorms) {
    comparison.setPoints(points, squaredNorms);
  }

  @Override
  public void addPoints(int[] rows, int count) {
    comparison.addPoints(rows, count);
  }

  @Override
  public void nearest(int from, int m, int firstPoint, float[] least, int[] index) {
    comparison.nearest(from, m, firstPoint, least, index);
  }

  @Override
  public void multiply(int from, int m, int[] rows, int n, float[] out) {
    comparison.multiply(from, m, rows, n, out);
  }

  @Override
  public void close() {
    gram.close();
    comparison.close();
  }
}
