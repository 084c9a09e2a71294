package io.sounding.operators.statistics;

/** A frame holds NaN or an infinity; the accumulator that refused it is unchanged. */
public final class NonFiniteFrameException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String utteranceId;
  private final int frame;
  private final int dimensionIndex;

  public NonFiniteFrameException(String utteranceId, int frame, int dimensionIndex, float value) {
    super(
        "Utterance "
            + utteranceId
            + ": frame "
            + frame
            + " holds "
            + value
            + " at dimension index "
            + dimensionIndex
            + ".");
    this.utteranceId = utteranceId;
    this.frame = frame;
    this.dimensionIndex = dimensionIndex;
  }

  public String utteranceId() {
    return utteranceId;
  }

  /** Zero-based index of the frame in the utterance. */
  public int frame() {
    return frame;
  }

  /** Zero-based index of the value in the frame. */
  public int dimensionIndex() {
    return dimensionIndex;
  }
}
