package io.sounding.jobs.configuration;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import org.apache.flink.util.TimeUtils;
import picocli.CommandLine;

/**
 * Durations as people write them (30s, 5m, 2h, 500ms) and in ISO 8601 (PT30S), with their unit. One
 * of more than 292 years is as long as the clock's nanoseconds count: it stands for ever.
 */
public final class DurationOption implements CommandLine.ITypeConverter<Duration> {

  private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

  @Override
  public Duration convert(String text) {
    try {
      Duration duration =
          text.toUpperCase(Locale.ROOT).startsWith("P")
              ? Duration.parse(text)
              : TimeUtils.parseDuration(text);
      boolean hasUnit = !Character.isDigit(text.strip().charAt(text.strip().length() - 1));
      if (hasUnit && !duration.isNegative()) {
        return duration.compareTo(LONGEST) < 0 ? duration : LONGEST;
      }
    } catch (DateTimeParseException | IllegalArgumentException | ArithmeticException e) {
      // told below, with the other case
    }
    throw new CommandLine.TypeConversionException(
        "'%s' is no duration; write it like 30s, 5m, 2h or 500ms".formatted(text));
  }
}
