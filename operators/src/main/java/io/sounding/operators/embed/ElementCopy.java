package io.sounding.operators.embed;

import ai.onnxruntime.platform.Fp16Conversions;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/**
 * Reads stored floating-point elements into memory of another floating-point type.
 *
 * <p>To a wider type every value is kept. To a narrower one it is rounded to the nearest, ties to
 * even, by way of float32: from F64 to F16 or BF16 twice, which may differ in the last bit.
 */
final class ElementCopy {

  /** Elements converted at a time: 128 KiB of two bytes each to 512 KiB of eight. */
  private static final int CHUNK = 1 << 16;

  private ElementCopy() {}

  /**
   * Fills {@code target} with a stored tensor.
   *
   * @param target as many bytes as the tensor's elements take as {@code type}
   * @throws EOFException if the file ends before the tensor does
   */
  static void read(FileChannel file, StoredTensor stored, ElementType type, ByteBuffer target)
      throws IOException {
    ElementType from = stored.form().type();
    if (from == type) {
      fill(target, file, stored.offset());
      return;
    }
    ByteBuffer out = target.order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer in = ByteBuffer.allocate(CHUNK * from.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    long position = stored.offset();
    for (long left = stored.form().elements(); left > 0; left -= CHUNK) {
      int elements = (int) Math.min(left, CHUNK);
      in.clear().limit(elements * from.bytes());
      fill(in, file, position);
      position += in.position();
      in.flip();
      for (int i = 0; i < elements; i++) {
        put(get(in, from), type, out);
      }
    }
  }

  private static void fill(ByteBuffer target, FileChannel file, long position) throws IOException {
    long next = position;
    while (target.hasRemaining()) {
      int read = file.read(target, next);
      if (read < 0) {
        throw new EOFException("the file ends at byte " + next);
      }
      next += read;
    }
  }

  private static double get(ByteBuffer in, ElementType type) {
    return switch (type) {
      case F64 -> in.getDouble();
      case F32 -> in.getFloat();
      case F16 -> Fp16Conversions.fp16ToFloat(in.getShort());
      case BF16 -> Fp16Conversions.bf16ToFloat(in.getShort());
      default -> throw new IllegalArgumentException(type + " is no floating-point type.");
    };
  }

  private static void put(double value, ElementType type, ByteBuffer out) {
    switch (type) {
      case F64 -> out.putDouble(value);
      case F32 -> out.putFloat((float) value);
      case F16 -> out.putShort(Fp16Conversions.floatToFp16((float) value));
      case BF16 -> out.putShort(Fp16Conversions.floatToBf16((float) value));
      default -> throw new IllegalArgumentException(type + " is no floating-point type.");
    }
  }
}
