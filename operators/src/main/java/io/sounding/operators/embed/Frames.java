package io.sounding.operators.embed;

import java.util.Arrays;
import java.util.List;

/**
 * What a model made of a batch: the frames of the evaluated layers.
 *
 * @param layers indices of the layers among the model's outputs
 * @param batch utterances or windows, B
 * @param frames frames of each, T
 * @param dimension dimension d of a frame
 * @param values of each layer {@code float[B * T * d]}, row-major
 */
public record Frames(int[] layers, int batch, int frames, int dimension, float[][] values) {

  /** Where the {@code T * d} values of a member of the batch begin, in every layer. */
  int begin(int member) {
    return member * frames * dimension;
  }

  /** How far others are from these: of the layer where it is most, relative Frobenius norm. */
  double distance(Frames others) {
    if (frames != others.frames || dimension != others.dimension) {
      return Double.POSITIVE_INFINITY;
    }
    double most = 0;
    for (int i = 0; i < values.length; i++) {
      double apart = 0;
      double norm = 0;
      for (int j = 0; j < values[i].length; j++) {
        double difference = values[i][j] - others.values[i][j];
        apart += difference * difference;
        norm += (double) values[i][j] * values[i][j];
      }
      most = Math.max(most, norm > 0 ? Math.sqrt(apart / norm) : 0);
    }
    return most;
  }

  /**
   * The frames of two batches of windows of one length as one batch.
   *
   * @throws EncodingException if the batches differ in layers, frames or dimension
   */
  static Frames inBatch(Frames first, Frames second) throws EncodingException {
    if (!Arrays.equals(first.layers, second.layers)
        || first.frames != second.frames
        || first.dimension != second.dimension) {
      throw new EncodingException(
          "The model gave other layers, frames or another dimension for windows of one length.");
    }
    float[][] values = new float[first.layers.length][];
    for (int i = 0; i < values.length; i++) {
      int length = first.values[i].length;
      values[i] = Arrays.copyOf(first.values[i], length + second.values[i].length);
      System.arraycopy(second.values[i], 0, values[i], length, second.values[i].length);
    }
    return new Frames(
        first.layers, first.batch + second.batch, first.frames, first.dimension, values);
  }

  /**
   * The frames of consecutive windows of one utterance as one sequence.
   *
   * @throws EncodingException if the windows differ in layers or dimension
   */
  static Frames inSequence(List<Frames> windows) throws EncodingException {
    Frames first = windows.get(0);
    if (windows.size() == 1) {
      return first;
    }
    int total = 0;
    for (Frames window : windows) {
      if (!Arrays.equals(window.layers, first.layers) || window.dimension != first.dimension) {
        throw new EncodingException(
            "The model gave other layers or another dimension for windows of one utterance.");
      }
      total += window.frames;
    }
    float[][] values = new float[first.layers.length][total * first.dimension];
    int at = 0;
    for (Frames window : windows) {
      for (int i = 0; i < values.length; i++) {
        System.arraycopy(window.values[i], 0, values[i], at, window.values[i].length);
      }
      at += window.frames * first.dimension;
    }
    return new Frames(first.layers, 1, total, first.dimension, values);
  }
}
