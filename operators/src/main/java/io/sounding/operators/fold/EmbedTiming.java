package io.sounding.operators.fold;

import java.util.Collection;
import java.util.Objects;

/**
 * When shards were embedded, by the clocks of the task managers, which have to agree.
 *
 * @param loadSeconds wall time that the process took to fetch and load the model, seconds; 0 where
 *     it was there already
 * @param begunMillis when the first window was taken, milliseconds since 1970-01-01 UTC
 * @param endedMillis when the last frames were folded, milliseconds since 1970-01-01 UTC
 */
public record EmbedTiming(double loadSeconds, long begunMillis, long endedMillis) {

  /**
   * From the first begin to the last end, with the longest load. Null if that of one of them is not
   * known (null): it was embedded by a version that did not keep it.
   */
  public static EmbedTiming over(Collection<EmbedTiming> parts) {
    if (parts.isEmpty() || parts.stream().anyMatch(Objects::isNull)) {
      return null;
    }
    return new EmbedTiming(
        parts.stream().mapToDouble(EmbedTiming::loadSeconds).max().getAsDouble(),
        parts.stream().mapToLong(EmbedTiming::begunMillis).min().getAsLong(),
        parts.stream().mapToLong(EmbedTiming::endedMillis).max().getAsLong());
  }

  /**
   * Audio per wall time.
   *
   * @param audioSeconds the audio that was embedded in between, seconds
   * @return null if no whole millisecond passed by these clocks
   */
  public Double audioSecondsPerSecond(double audioSeconds) {
    long millis = endedMillis - begunMillis;
    return millis < 1 ? null : audioSeconds / (millis * 1e-3);
  }
}
