package io.sounding.operators.statistics;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Rows and points outside of the heap, which are compared with each other. Its buffers are used
 * again and again.
 */
final class RowComparison implements AutoCloseable {
  private FloatPointer rows = Products.floats(0);
  private FloatPointer points = Products.floats(0);
  private FloatPointer chosen = Products.floats(0);
  private FloatPointer products = Products.floats(0);
  private float[] rowNorms = new float[0];
  private float[] pointNorms = new float[0];
  private int loaded;
  private int pointCount;
  private int dimension;

  /** Room for rows, each of which is then put; there are no points then. */
  void prepare(int count, int d) {
    rows = Products.room(rows, (long) count * d, 0);
    rowNorms = rowNorms.length < count ? new float[count] : rowNorms;
    loaded = count;
    dimension = d;
    pointCount = 0;
  }

  /**
   * Puts rows from row {@code to} on; {@code x[count * d]} or longer.
   *
   * @param squaredNorms of all rows
   */
  void put(float[] x, int count, int to, double[] squaredNorms) {
    Products.requireLength(x.length, (long) count * dimension);
    Products.requireLength(loaded, (long) to + count);
    rows.position((long) to * dimension).put(x, 0, count * dimension).position(0);
    for (int row = to; row < to + count; row++) {
      rowNorms[row] = (float) squaredNorms[row];
    }
  }

  /** The points instead of those before; {@code y[squaredNorms.length * d]} or longer. */
  void setPoints(float[] y, float[] squaredNorms) {
    pointCount = squaredNorms.length;
    Products.requireLength(y.length, (long) pointCount * dimension);
    pointRoom(0);
    points.put(y, 0, pointCount * dimension);
    System.arraycopy(squaredNorms, 0, pointNorms, 0, pointCount);
  }

  /** Some rows as further points. */
  void addPoints(int[] indexes, int count) {
    int from = pointCount;
    pointCount += count;
    pointRoom(from);
    copyRows(indexes, count, points, from);
    for (int i = 0; i < count; i++) {
      pointNorms[from + i] = rowNorms[indexes[i]];
    }
  }

  private void pointRoom(int kept) {
    points = Products.room(points, (long) pointCount * dimension, (long) kept * dimension);
    if (pointNorms.length < pointCount) {
      pointNorms = Arrays.copyOf(pointNorms, (int) (points.capacity() / dimension));
    }
  }

  private void copyRows(int[] indexes, int count, FloatPointer target, int to) {
    long d = dimension;
    for (int i = 0; i < count; i++) {
      Products.requireLength(loaded, indexes[i] + 1L);
      FloatPointer.memcpy(
          target.getPointer((to + i) * d), rows.getPointer(indexes[i] * d), d * Float.BYTES);
    }
  }

  /**
   * The least of {@code ||y||^2 - 2 x yᵀ} over the points y from {@code firstPoint} on, for each of
   * m rows x, and the first point where it is.
   */
  void nearest(int from, int m, int firstPoint, float[] least, int[] index) {
    int n = pointCount - firstPoint;
    Products.requireLength(loaded, (long) from + m);
    products = Products.room(products, (long) m * n, 0);
    Products.multiply(rows, from, m, points, firstPoint, n, dimension, products);
    FloatBuffer found = products.asBuffer();
    for (int row = 0; row < m; row++) {
      int start = row * n;
      float lowest = Float.POSITIVE_INFINITY;
      int at = 0;
      for (int c = 0; c < n; c++) {
        float value = pointNorms[firstPoint + c] - 2 * found.get(start + c);
        if (value < lowest) {
          lowest = value;
          at = c;
        }
      }
      least[row] = lowest;
      index[row] = firstPoint + at;
    }
  }

  /** Products of m rows with some of the rows, {@code out[m * n]} or longer. */
  void multiply(int from, int m, int[] indexes, int n, float[] out) {
    Products.requireLength(loaded, (long) from + m);
    Products.requireLength(out.length, (long) m * n);
    if (m == 0 || n == 0) {
      return;
    }
    chosen = Products.room(chosen, (long) n * dimension, 0);
    copyRows(indexes, n, chosen, 0);
    products = Products.room(products, (long) m * n, 0);
    Products.multiply(rows, from, m, chosen, 0, n, dimension, products);
    products.get(out, 0, m * n);
  }

  @Override
  public void close() {
    rows.close();
    points.close();
    chosen.close();
    products.close();
  }
}
