package io.sounding.operators.statistics;

/** Frames hold NaN or an infinity; the accumulator that refused them is unchanged. */
public final class NonFiniteFrameException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String utteranceId;
  private final int frame;
  private final int dimensionIndex;
  private final int refusedFrames;

  private NonFiniteFrameException(
      String utteranceId, int frame, int dimensionIndex, int refusedFrames, String message) {
    super(message);
    this.utteranceId = utteranceId;
    this.frame = frame;
    this.dimensionIndex = dimensionIndex;
    this.refusedFrames = refusedFrames;
  }

  /** Names the first such value and counts the frames; {@code frames[n * d]} holds one at least. */
  static NonFiniteFrameException in(String utteranceId, float[] frames, int dimension) {
    int first = -1;
    int refused = 0;
    for (int start = 0; start < frames.length; start += dimension) {
      int j = 0;
      while (j < dimension && Float.isFinite(frames[start + j])) {
        j++;
      }
      if (j < dimension) {
        first = refused == 0 ? start + j : first;
        refused++;
      }
    }
    String message =
        "Utterance %s: frame %d holds %s at dimension index %d; of its %d frames %d hold such values."
            .formatted(
                utteranceId,
                first / dimension,
                frames[first],
                first % dimension,
                frames.length / dimension,
                refused);
    return new NonFiniteFrameException(
        utteranceId, first / dimension, first % dimension, refused, message);
  }

  public String utteranceId() {
    return utteranceId;
  }

  /** Zero-based index of the first such frame in the utterance. */
  public int frame() {
    return frame;
  }

  /** Zero-based index of the first such value in that frame. */
  public int dimensionIndex() {
    return dimensionIndex;
  }

  /** How many frames of the utterance hold NaN or an infinity. */
  public int refusedFrames() {
    return refusedFrames;
  }
}
