package io.sounding.jobs.cli;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine;

/**
 * Moments in ISO 8601: 2026-11-22T17:05:00Z, with another offset, or without one, or only the day:
 * then in the time zone of this machine.
 */
final class MomentOption implements CommandLine.ITypeConverter<Instant> {

  private static final List<Function<String, Instant>> FORMS =
      List.of(
          text -> OffsetDateTime.parse(text).toInstant(),
          text -> LocalDateTime.parse(text).atZone(ZoneId.systemDefault()).toInstant(),
          text -> LocalDate.parse(text).atStartOfDay(ZoneId.systemDefault()).toInstant());

  @Override
  public Instant convert(String text) {
    for (Function<String, Instant> form : FORMS) {
      try {
        return form.apply(text);
      } catch (DateTimeParseException e) {
        // perhaps it has another form
      }
    }
    throw new CommandLine.TypeConversionException(
        "'%s' is no moment; write it like 2026-11-22T17:05:00Z or 2026-11-22".formatted(text));
  }
}
