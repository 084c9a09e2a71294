package io.sounding.operators.statistics;

import java.util.Arrays;

/** {@link FoldProducts} by OpenBLAS on the processor, on one thread. */
public final class HostProducts implements FoldProducts {
  private double[] residuals = new double[0];
  private double[] gram = new double[0];

  @Override
  public void addCentredGram(
      float[] rows, int count, double[] mean, double[] shift, double[] packed) {
    int d = mean.length;
    if (residuals.length < (count + 1) * d) {
      residuals = new double[(count + 1) * d];
    }
    if (gram.length != d * d) {
      gram = new double[Math.multiplyExact(d, d)];
    }
    for (int start = 0; start < count * d; start += d) {
      for (int j = 0; j < d; j++) {
        residuals[start + j] = rows[start + j] - mean[j];
      }
    }
    System.arraycopy(shift, 0, residuals, count * d, d);
    Arrays.fill(gram, 0);
    Products.addGram(residuals, count + 1, d, gram);
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
  public void multiply(float[] x, int m, float[] y, int n, int d, float[] out) {
    Products.multiply(x, m, y, n, d, out);
  }
}
