package io.sounding.operators.embed;

import java.util.Arrays;

/** What models are tried for: that their frames are a function of the samples, of one dimension. */
final class ModelContract {

  /** Devices may add in another order when they are asked again; dropout moves far more. */
  private static final double MOST_DISTANCE = 0.01;

  private ModelContract() {}

  /**
   * Refuses a model that gives others when it is asked again.
   *
   * @param first what it made of a window
   * @param second what it made of the same
   */
  static void checkRepeatable(Frames first, Frames second) throws EncodingException {
    double distance = first.distance(second);
    if (distance > MOST_DISTANCE) {
      throw new EncodingException(
          "The model gives other frames when it is given the same samples again (a relative distance of %.2g): dropout or random masks are on. Export it in evaluation mode, after model.eval()."
              .formatted(distance));
    }
  }

  /**
   * Refuses a model whose layers or dimension depend on the number of samples. That of frames may
   * not: some models pad.
   *
   * @param whole what it made of {@code samples} samples
   * @param part what it made of the first {@code partSamples} of them
   */
  static void checkDimension(Frames whole, int samples, Frames part, int partSamples)
      throws EncodingException {
    if (part.dimension() != whole.dimension() || !Arrays.equals(part.layers(), whole.layers())) {
      throw new EncodingException(
          "The model gives layers %s of dimension %d for %d samples, and %s of dimension %d for the first %d of them. Hidden states are (batch, frames, dimension), not (batch, dimension, frames). Export the model so that it returns them."
              .formatted(
                  Arrays.toString(whole.layers()),
                  whole.dimension(),
                  samples,
                  Arrays.toString(part.layers()),
                  part.dimension(),
                  partSamples));
    }
  }
}
