package io.sounding.operators.statistics;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Which spectrum sketch is kept; the codes are part of the summary's layout. */
public enum SketchChoice {
  /** Exact up to {@value #LARGEST_EXACT} dimensions, Frequent Directions above. */
  AUTO(0, "auto"),
  /** The float64 second moments, 8 d^2 bytes while they grow. */
  EXACT(1, "exact"),
  /** Frequent Directions, 16 l d bytes for l rows. */
  FREQUENT_DIRECTIONS(2, "frequent-directions");

  static final int LARGEST_EXACT = 2_048;

  /** Values in a buffer that is as large as the exact accumulator at its largest dimension. */
  private static final int BUFFER_VALUES = LARGEST_EXACT * LARGEST_EXACT;

  private final int code;
  private final String label;

  SketchChoice(int code, String label) {
    this.code = code;
    this.label = label;
  }

  /** The name on the command line. */
  public String label() {
    return label;
  }

  int code() {
    return code;
  }

  boolean exactFor(int dimension) {
    return this == EXACT || this == AUTO && dimension <= LARGEST_EXACT;
  }

  /**
   * Rows l that a sketch of frames of this dimension keeps: never more than d, with which nothing
   * is lost. Asked for 0, the number with which the buffer of 2 l rows takes no more memory than
   * the exact accumulator does at d = 2048 (32 MiB), and half of the exact one's below: {@code
   * min(2^21 / d, d / 2)}, at least 2.
   */
  static int rows(int asked, int dimension) {
    int rows = asked == 0 ? Math.min(BUFFER_VALUES / 2 / dimension, dimension / 2) : asked;
    return Math.max(1, Math.min(dimension, Math.max(2, rows)));
  }

  /**
   * The choice of that name.
   *
   * @throws IllegalArgumentException with a sentence when there is none
   */
  public static SketchChoice of(String label) {
    return Arrays.stream(values())
        .filter(choice -> choice.label.equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "The spectrum sketch is '%s'; it must be one of %s."
                        .formatted(
                            label,
                            Arrays.stream(values())
                                .map(SketchChoice::label)
                                .collect(Collectors.joining(", ")))));
  }

  static SketchChoice ofCode(int code) {
    return Arrays.stream(values())
        .filter(choice -> choice.code == code)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "Unusable layer summary: its choice of sketch has the unknown code "
                        + code
                        + "."));
  }
}
