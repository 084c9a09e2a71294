package io.sounding.operators.embed;

import java.util.Arrays;
import java.util.Optional;

/**
 * Type of a tensor's elements, by its names in safetensors files ({@link #name()}) and in ONNX
 * (TensorProto.DataType).
 *
 * <p>Floating-point tensors are weights. Whole numbers and truth values are not: they are counters
 * such as {@code num_batches_tracked}, indices and shapes, which belong to the graph.
 */
enum ElementType {
  F64(8, 11, true),
  F32(4, 1, true),
  F16(2, 10, true),
  BF16(2, 16, true),
  I64(8, 7, false),
  I32(4, 6, false),
  I16(2, 5, false),
  I8(1, 3, false),
  U64(8, 13, false),
  U32(4, 12, false),
  U16(2, 4, false),
  U8(1, 2, false),
  BOOL(1, 9, false);

  private final int bytes;
  private final int onnx;
  private final boolean floating;

  ElementType(int bytes, int onnx, boolean floating) {
    this.bytes = bytes;
    this.onnx = onnx;
    this.floating = floating;
  }

  /** Bytes of an element. */
  int bytes() {
    return bytes;
  }

  /** Its number in ONNX. */
  int onnx() {
    return onnx;
  }

  /** Whether tensors of it are weights. */
  boolean isFloating() {
    return floating;
  }

  /** The type of this name in safetensors files; empty: not known. */
  static Optional<ElementType> named(String name) {
    return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
  }

  /** The type of this number in ONNX; empty: not known. */
  static Optional<ElementType> ofOnnx(int number) {
    return Arrays.stream(values()).filter(type -> type.onnx == number).findFirst();
  }
}
