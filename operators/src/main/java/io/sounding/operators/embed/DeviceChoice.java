package io.sounding.operators.embed;

import java.util.Arrays;
import java.util.stream.Collectors;

/** On what models are to be run. */
public enum DeviceChoice {
  /** A GPU where Flink or the engine offers one, otherwise the CPU. */
  AUTO("auto"),
  /** The CPU, whatever else there is. */
  CPU("cpu"),
  /** A GPU; where there is none the CPU, and the log says so. */
  GPU("gpu");

  private final String label;

  DeviceChoice(String label) {
    this.label = label;
  }

  /** The name on the command line. */
  public String label() {
    return label;
  }

  /**
   * The choice of that name.
   *
   * @throws IllegalArgumentException with a sentence when there is none
   */
  public static DeviceChoice of(String label) {
    return Arrays.stream(values())
        .filter(choice -> choice.label.equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "There is no device '%s'; choose %s."
                        .formatted(
                            label,
                            Arrays.stream(values())
                                .map(DeviceChoice::label)
                                .collect(Collectors.joining(", ")))));
  }
}
