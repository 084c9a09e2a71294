package io.sounding.jobs.cli;

import io.sounding.jobs.configuration.DurationOption;
import java.time.Instant;
import picocli.CommandLine;

/** A moment, or a duration before now. */
final class SinceOption implements CommandLine.ITypeConverter<Instant> {

  @Override
  public Instant convert(String text) {
    try {
      return Instant.now().minus(new DurationOption().convert(text));
    } catch (CommandLine.TypeConversionException notADuration) {
      try {
        return new MomentOption().convert(text);
      } catch (CommandLine.TypeConversionException e) {
        throw new CommandLine.TypeConversionException(
            "'%s' is neither a moment such as 2026-11-22T17:05:00Z nor a duration such as 2h"
                .formatted(text));
      }
    }
  }
}
