package io.sounding.operators.statistics;

/** Frames hold NaN or an infinity; the accumulator that refused them is unchanged. */
public final class NonFiniteFrameException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private NonFiniteFrameException(String message) {
    super(message);
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
    return new NonFiniteFrameException(
        "Utterance %s: frame %d holds %s at dimension index %d; of its %d frames %d hold such values."
            .formatted(
                utteranceId,
                first / dimension,
                frames[first],
                first % dimension,
                frames.length / dimension,
                refused));
  }
}
