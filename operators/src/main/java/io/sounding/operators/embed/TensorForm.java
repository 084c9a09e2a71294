package io.sounding.operators.embed;

import java.util.List;

/**
 * What a tensor is but for its values.
 *
 * @param type type of its elements
 * @param shape its dimensions; empty: a scalar
 */
record TensorForm(ElementType type, List<Long> shape) {

  TensorForm {
    shape = List.copyOf(shape);
  }

  /**
   * Elements of the tensor.
   *
   * @throws ArithmeticException if there are more than 2^63 - 1
   */
  long elements() {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }

  /**
   * Bytes that the elements take.
   *
   * @throws ArithmeticException likewise
   */
  long bytes() {
    return Math.multiplyExact(elements(), type.bytes());
  }
}
