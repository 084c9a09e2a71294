package io.sounding.operators.statistics;

/**
 * {@link FoldProducts} by OpenBLAS on the processor, on one thread. Its buffers outside of the heap
 * are kept until it is closed: fresh ones for every product cost more page faults than arithmetic.
 */
public final class HostProducts extends FoldProducts {
  /** So many float64 rows stay in the cache between being made and being read. */
  private static final int ROWS_AT_ONCE = 256;

  private double[] residuals = new double[0];
  private double[] gram = new double[0];
  private final Products.Buffers buffers = new Products.Buffers();

  @Override
  public void addCentredGram(
      float[] rows, int count, double[] mean, double[] shift, double[] packed) {
    int d = mean.length;
    int most = Math.min(count, ROWS_AT_ONCE) + 1;
    if (residuals.length < most * d) {
      residuals = new double[most * d];
    }
    if (gram.length != d * d) {
      gram = new double[Math.multiplyExact(d, d)];
    }
    for (int from = 0; from < count; from += ROWS_AT_ONCE) {
      int to = Math.min(count, from + ROWS_AT_ONCE);
      int position = 0;
      for (int start = from * d; start < to * d; start += d) {
        for (int j = 0; j < d; j++) {
          residuals[position + j] = rows[start + j] - mean[j];
        }
        position += d;
      }
      buffers.gram(residuals, to - from, d, from > 0);
    }
    buffers.gram(shift, 1, d, count > 0);
    buffers.copyGramTo(gram);
    int position = 0;
    for (int i = 0; i < d; i++) {
      int toPacked = position - i;
      for (int j = i; j < d; j++) {
        packed[toPacked + j] += gram[i * d + j];
      }
      position += d - i;
    }
  }

  @Override
  public void load(float[] rows, int count, int d) {
    buffers.load(rows, count, d);
  }

  @Override
  public void multiply(int from, int m, float[] y, int n, float[] out) {
    buffers.multiply(from, m, y, n, out);
  }

  @Override
  public void close() {
    buffers.close();
  }
}
