package io.sounding.operators.embed;

import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * An output of a model.
 *
 * @param shape its shape
 * @param values copies its elements to the host, row-major: done only for layers that are wanted
 */
record Tensor(long[] shape, Supplier<float[]> values) {

  /** Layers of one checkpoint: each takes memory of its own. */
  private static final int MOST_LAYERS = 1_000;

  /**
   * The wanted layers of a model's outputs.
   *
   * <p>One output of rank 4 is a stack of layers {@code (layers, B, frames, d)}; otherwise each
   * output is a layer {@code (B, frames, d)}. Only wanted layers need have that shape.
   */
  static Frames select(List<Tensor> outputs, int batch, int[] wanted) throws EncodingException {
    boolean stacked = isStack(outputs);
    int count = stacked ? (int) outputs.get(0).shape()[0] : outputs.size();
    int[] layers = resolve(wanted, count);
    float[] stack = stacked ? outputs.get(0).values().get() : null;
    int frames = -1;
    int dimension = -1;
    float[][] values = new float[layers.length][];
    for (int i = 0; i < layers.length; i++) {
      Tensor layer = stacked ? outputs.get(0).slice(stack, layers[i]) : outputs.get(layers[i]);
      long[] shape = layer.shape();
      if (shape.length != 3 || shape[0] != batch || shape[2] < 1) {
        throw new EncodingException(
            "Layer %d of the model has shape %s for a batch of %d; it must be (batch, frames, dimension). Export the model so that it returns hidden states."
                .formatted(layers[i], Arrays.toString(shape), batch));
      }
      if (frames >= 0 && shape[1] != frames) {
        throw new EncodingException(
            "Layer %d of the model gives %d frames where layer %d gives %d. Choose layers of one frame rate."
                .formatted(layers[i], shape[1], layers[0], frames));
      }
      frames = (int) shape[1];
      if (dimension >= 0 && shape[2] != dimension) {
        throw new EncodingException(
            "Layer %d of the model has dimension %d where layer %d has %d. Choose layers of one dimension."
                .formatted(layers[i], shape[2], layers[0], dimension));
      }
      dimension = (int) shape[2];
      values[i] = layer.values().get();
    }
    return new Frames(layers, batch, frames, dimension, values);
  }

  /**
   * The memory on the host that the wanted layers take, bytes; all layers of a stack are copied.
   *
   * @throws EncodingException if there is no such layer
   */
  static long bytes(List<Tensor> outputs, int[] wanted) throws EncodingException {
    if (isStack(outputs)) {
      return outputs.get(0).bytes();
    }
    long bytes = 0;
    for (int layer : resolve(wanted, outputs.size())) {
      bytes += outputs.get(layer).bytes();
    }
    return bytes;
  }

  private long bytes() {
    return Float.BYTES * Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  private static boolean isStack(List<Tensor> outputs) {
    return outputs.size() == 1 && outputs.get(0).shape().length == 4;
  }

  private Tensor slice(float[] all, int index) {
    int size = (int) (shape[1] * shape[2] * shape[3]);
    return new Tensor(
        new long[] {shape[1], shape[2], shape[3]},
        () -> Arrays.copyOfRange(all, index * size, (index + 1) * size));
  }

  private static int[] resolve(int[] wanted, int count) throws EncodingException {
    if (count == 0) {
      throw new EncodingException("The model has no output.");
    }
    int[] layers = new int[wanted == null ? count : wanted.length];
    if (layers.length > MOST_LAYERS) {
      throw new EncodingException(
          "The model has %d outputs, and %d are to be evaluated; at most %d can be. Name the layers to evaluate."
              .formatted(count, layers.length, MOST_LAYERS));
    }
    for (int i = 0; i < layers.length; i++) {
      int index = wanted == null ? i : wanted[i];
      layers[i] = index < 0 ? index + count : index;
      if (layers[i] < 0 || layers[i] >= count) {
        throw new EncodingException(
            "Layer %d was asked for, but the model has %d outputs (0 to %d)."
                .formatted(index, count, count - 1));
      }
    }
    if (Arrays.stream(layers).distinct().count() != layers.length) {
      throw new EncodingException(
          "The layers %s name one of the model's %d outputs twice."
              .formatted(Arrays.toString(wanted), count));
    }
    return layers;
  }
}
