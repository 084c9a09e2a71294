package io.sounding.operators.statistics;

import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.CblasUpper;
import static org.bytedeco.openblas.global.openblas.cblas_dgemm;
import static org.bytedeco.openblas.global.openblas.cblas_dsyrk;
import static org.bytedeco.openblas.global.openblas.cblas_sgemm;
import static org.bytedeco.openblas.global.openblas.cblas_ssyrk;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * The heavy matrix products, by OpenBLAS on one thread (slots run in parallel). All matrices are
 * row-major arrays that start at index 0. The binding copies arrays in and out, so products are to
 * be large: blocks of some hundred rows cost about 3 % more than native memory would.
 */
final class Products {
  static {
    OpenBlas.load();
  }

  private Products() {}

  /** Adds XᵀX to the upper triangle of sum; {@code x[count * d]}, {@code sum[d * d]}. */
  static void addGram(double[] x, int count, int d, double[] sum) {
    requireLength(x.length, (long) count * d);
    requireLength(sum.length, (long) d * d);
    cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, d, count, 1.0, x, d, 1.0, sum, d);
  }

  /** The upper triangle of XᵀX, packed by rows; {@code x[count * d]}. */
  static double[] gram(double[] x, int d) {
    double[] square = new double[Math.multiplyExact(d, d)];
    addGram(x, x.length / d, d, square);
    double[] packed = new double[SecondMoments.packedLength(d)];
    for (int i = 0, position = 0; i < d; i++) {
      System.arraycopy(square, i * d + i, packed, position, d - i);
      position += d - i;
    }
    return packed;
  }

  /** The upper triangle of XXᵀ into out; {@code x[m * d]}, {@code out[m * m]}. */
  static void multiplyByItself(float[] x, int m, int d, float[] out) {
    requireLength(x.length, (long) m * d);
    requireLength(out.length, (long) m * m);
    cblas_ssyrk(CblasRowMajor, CblasUpper, CblasNoTrans, m, d, 1f, x, d, 0f, out, m);
  }

  /** XYᵀ into out; {@code x[m * d]}, {@code y[n * d]}, {@code out[m * n]}. */
  static void multiply(float[] x, int m, float[] y, int n, int d, float[] out) {
    requireLength(x.length, (long) m * d);
    requireLength(y.length, (long) n * d);
    requireLength(out.length, (long) m * n);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, m, n, d, 1f, x, d, y, d, 0f, out, n);
  }

  /** XYᵀ into out; {@code x[m * d]}, {@code y[n * d]}, {@code out[m * n]}. */
  static void multiply(double[] x, int m, double[] y, int n, int d, double[] out) {
    requireLength(x.length, (long) m * d);
    requireLength(y.length, (long) n * d);
    requireLength(out.length, (long) m * n);
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, m, n, d, 1.0, x, d, y, d, 0.0, out, n);
  }

  /** A sum of XᵀX outside of the heap, X a few rows of dimension d at a time. */
  static final class Gram implements AutoCloseable {
    private final int most;
    private final int dimension;
    private final DoublePointer rows;
    private final DoublePointer sum;

    /** For X of up to {@code most} rows. */
    Gram(int most, int dimension) {
      this.most = most;
      this.dimension = dimension;
      rows = doubles((long) most * dimension);
      sum = doubles((long) dimension * dimension);
    }

    int dimension() {
      return dimension;
    }

    /** Puts rows into X from row {@code to} on; {@code x[count * d]} or longer. */
    void put(double[] x, int count, int to) {
      requireLength(x.length, (long) count * dimension);
      requireLength(most, (long) to + count);
      rows.position((long) to * dimension).put(x, 0, count * dimension).position(0);
    }

    /** Makes the sum XᵀX, or that much more; X the first {@code count} rows that were put. */
    void add(int count, boolean more) {
      requireLength(most, count);
      int d = dimension;
      double kept = more ? 1 : 0;
      cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, d, count, 1.0, rows, d, kept, sum, d);
    }

    /** Adds the upper triangle of the sum to a packed one, {@code [d (d + 1) / 2]}. */
    void addTo(double[] packed) {
      double[] row = new double[dimension];
      int position = 0;
      for (int length = dimension; length > 0; length--) {
        sum.position((long) (dimension - length) * (dimension + 1)).get(row, 0, length);
        for (int j = 0; j < length; j++) {
          packed[position + j] += row[j];
        }
        position += length;
      }
      sum.position(0);
    }

    @Override
    public void close() {
      rows.close();
      sum.close();
    }
  }

  /** Buffers outside of the heap that products of one thread use again and again. */
  static final class Buffers implements AutoCloseable {
    private FloatPointer left = floats(0);
    private FloatPointer right = floats(0);
    private FloatPointer products = floats(0);
    private int loaded;
    private int dimension;

    /** The rows X of the products to come; {@code x[count * d]} or longer. */
    void load(float[] x, int count, int d) {
      requireLength(x.length, (long) count * d);
      left = room(left, (long) count * d, 0);
      left.put(x, 0, count * d);
      loaded = count;
      dimension = d;
    }

    /** XYᵀ into out for m loaded rows; {@code y[n * d]}, {@code out[m * n]} or longer. */
    void multiply(int from, int m, float[] y, int n, float[] out) {
      int d = dimension;
      requireLength(loaded, (long) from + m);
      requireLength(y.length, (long) n * d);
      requireLength(out.length, (long) m * n);
      if (m == 0 || n == 0) {
        return;
      }
      right = room(right, (long) n * d, 0);
      products = room(products, (long) m * n, 0);
      right.put(y, 0, n * d);
      Products.multiply(left, from, m, right, 0, n, d, products);
      products.get(out, 0, m * n);
    }

    @Override
    public void close() {
      left.close();
      right.close();
      products.close();
    }
  }

  /** A buffer outside of the heap. */
  static FloatPointer floats(long length) {
    return new FloatPointer(length);
  }

  /** A buffer outside of the heap. */
  static DoublePointer doubles(long length) {
    return new DoublePointer(length);
  }

  /** The buffer, or a longer one that begins with the same {@code kept} values. */
  static FloatPointer room(FloatPointer buffer, long length, long kept) {
    if (buffer.capacity() >= length) {
      return buffer;
    }
    FloatPointer longer = floats(Math.max(length, 2 * kept));
    FloatPointer.memcpy(longer, buffer, kept * Float.BYTES);
    buffer.close();
    return longer;
  }

  /** XYᵀ into out, of m rows of x and n rows of y. */
  static void multiply(
      FloatPointer x, int from, int m, FloatPointer y, int yFrom, int n, int d, FloatPointer out) {
    cblas_sgemm(
        CblasRowMajor,
        CblasNoTrans,
        CblasTrans,
        m,
        n,
        d,
        1f,
        x.getPointer((long) from * d),
        d,
        y.getPointer((long) yFrom * d),
        d,
        0f,
        out,
        n);
  }

  /** Float64 rows outside of the heap, whose products with each other are asked for. */
  static final class DoubleRows implements AutoCloseable {
    private final DoublePointer pointer;
    private final int count;
    private final int dimension;

    DoubleRows(int count, int dimension) {
      this.count = count;
      this.dimension = dimension;
      pointer = doubles((long) count * dimension);
    }

    /** Sets some rows, from row {@code to} on; {@code rows[m * d]}. */
    void put(double[] rows, int to) {
      requireLength(count, to + (long) rows.length / dimension);
      at(to).put(rows);
    }

    /** The products of m rows with n others, {@code out[m * n]} or longer. */
    void multiply(int from, int m, int otherFrom, int n, double[] out) {
      requireLength(count, (long) from + m);
      requireLength(count, (long) otherFrom + n);
      requireLength(out.length, (long) m * n);
      int d = dimension;
      try (DoublePointer products = doubles((long) m * n)) {
        cblas_dgemm(
            CblasRowMajor,
            CblasNoTrans,
            CblasTrans,
            m,
            n,
            d,
            1.0,
            at(from),
            d,
            at(otherFrom),
            d,
            0.0,
            products,
            n);
        products.get(out, 0, m * n);
      }
    }

    private DoublePointer at(int row) {
      return pointer.getPointer(DoublePointer.class, (long) row * dimension);
    }

    @Override
    public void close() {
      pointer.close();
    }
  }

  /** Native code does not check bounds. */
  static void requireLength(int actual, long needed) {
    if (actual < needed) {
      throw new IllegalArgumentException(
          "The matrix needs " + needed + " values, but the array holds " + actual + ".");
    }
  }
}
