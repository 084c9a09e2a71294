package io.sounding.operators.embed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.sounding.operators.statistics.FoldProducts;
import java.nio.FloatBuffer;

/**
 * {@link FoldProducts} on the device of a model, by DJL. Everything on the device is freed before a
 * method returns, so nothing is left there between two blocks; what crosses the bus for a block of
 * b rows, {@code 4 b d + 8 d^2} bytes, takes less time than the product would take on the
 * processor.
 */
final class DeviceProducts implements FoldProducts {

  private final NDManager device;
  private float[] room = new float[0];

  /** Products on the device of {@code manager}, which stays the caller's. */
  DeviceProducts(NDManager manager) {
    device = manager;
  }

  @Override
  public void addCentredGram(
      float[] rows, int count, double[] mean, double[] shift, double[] packed) {
    int d = mean.length;
    try (NDManager block = device.newSubManager()) {
      NDArray x = matrix(block, rows, count, d).toType(DataType.FLOAT64, false);
      NDArray residuals = x.subi(block.create(mean));
      NDArray moved = block.create(shift, new Shape(1, d));
      NDArray all = residuals.concat(moved, 0);
      double[] gram = all.transpose().matMul(all).toDoubleArray();
      int position = 0;
      for (int i = 0; i < d; i++) {
        for (int j = i; j < d; j++) {
          packed[position++] += gram[i * d + j];
        }
      }
    }
  }

  @Override
  public void multiply(float[] x, int m, float[] y, int n, int d, float[] out) {
    if (m == 0 || n == 0) {
      return;
    }
    try (NDManager block = device.newSubManager()) {
      NDArray product = matrix(block, x, m, d).matMul(matrix(block, y, n, d).transpose());
      product.toByteBuffer().asFloatBuffer().get(out, 0, m * n);
    }
  }

  @Override
  public float[] room(int length) {
    if (room.length < length) {
      room = new float[length];
    }
    return room;
  }

  /** Everything on the device is freed already. */
  @Override
  public void close() {}

  private static NDArray matrix(NDManager manager, float[] values, int rows, int columns) {
    return manager.create(
        FloatBuffer.wrap(values, 0, rows * columns), new Shape(rows, columns), DataType.FLOAT32);
  }
}
