package io.sounding.operators.statistics;

import java.nio.ByteBuffer;

/** Arrays in a byte buffer: in its order, without a length, copied in bulk. */
final class ArrayBytes {
  private ArrayBytes() {}

  static void put(ByteBuffer target, float[] values, int length) {
    target.asFloatBuffer().put(values, 0, length);
    target.position(target.position() + length * Float.BYTES);
  }

  static void put(ByteBuffer target, double[] values) {
    target.asDoubleBuffer().put(values);
    target.position(target.position() + values.length * Double.BYTES);
  }

  static void put(ByteBuffer target, long[] values) {
    target.asLongBuffer().put(values);
    target.position(target.position() + values.length * Long.BYTES);
  }

  static void put(ByteBuffer target, int[] values) {
    target.asIntBuffer().put(values);
    target.position(target.position() + values.length * Integer.BYTES);
  }

  static float[] floats(ByteBuffer source, long length) {
    float[] values = new float[checked(source, length, Float.BYTES)];
    source.asFloatBuffer().get(values);
    source.position(source.position() + values.length * Float.BYTES);
    for (float value : values) {
      require(Float.isFinite(value), "a frame value is not finite");
    }
    return values;
  }

  static double[] doubles(ByteBuffer source, long length) {
    double[] values = new double[checked(source, length, Double.BYTES)];
    source.asDoubleBuffer().get(values);
    source.position(source.position() + values.length * Double.BYTES);
    for (double value : values) {
      require(Double.isFinite(value), "a moment is not finite");
    }
    return values;
  }

  static int[] ints(ByteBuffer source, long length) {
    int[] values = new int[checked(source, length, Integer.BYTES)];
    source.asIntBuffer().get(values);
    source.position(source.position() + values.length * Integer.BYTES);
    return values;
  }

  static long[] longs(ByteBuffer source, long length) {
    long[] values = new long[checked(source, length, Long.BYTES)];
    source.asLongBuffer().get(values);
    source.position(source.position() + values.length * Long.BYTES);
    return values;
  }

  static void require(boolean condition, String complaint) {
    if (!condition) {
      throw new IllegalArgumentException("Unusable layer summary: " + complaint + ".");
    }
  }

  private static int checked(ByteBuffer source, long length, int width) {
    require(
        length >= 0 && length <= source.remaining() / width,
        "an array of " + length + " values does not fit into " + source.remaining() + " bytes");
    return (int) length;
  }
}
