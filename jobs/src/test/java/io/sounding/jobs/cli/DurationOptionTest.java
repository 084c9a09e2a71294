package io.sounding.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sounding.jobs.configuration.DurationOption;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Durations on the command line. */
class DurationOptionTest {

  @ParameterizedTest
  @CsvSource({"30s, PT30S", "5 m, PT5M", "2h, PT2H", "500ms, PT0.5S", "PT30S, PT30S", "0s, PT0S"})
  void haveAUnit(String text, Duration expected) {
    assertThat(new DurationOption().convert(text)).isEqualTo(expected);
  }

  /** {@code Long.MAX_VALUE} nanoseconds: 106,751 days, 23:47:16.854775807. */
  @ParameterizedTest
  @ValueSource(strings = {"106752d", "999999d", "P999999999999D"})
  void areAtMostWhatClocksCount(String text) {
    assertThat(new DurationOption().convert(text))
        .isEqualTo(Duration.parse("P106751DT23H47M16.854775807S"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"5", "0", "", " ", "s", "-1s", "PT-1S", "5 parsecs"})
  void otherwiseTheyAreRefused(String text) {
    assertThatThrownBy(() -> new DurationOption().convert(text))
        .isInstanceOf(CommandLine.TypeConversionException.class)
        .hasMessage("'%s' is no duration; write it like 30s, 5m, 2h or 500ms", text);
  }

  @Test
  void aWatchDoesNotLookWithoutPause(@TempDir Path folder) {
    StringWriter told = new StringWriter();
    PrintWriter terminal = new PrintWriter(told, true);
    int status =
        Sounding.execute(
            terminal,
            terminal,
            "watch",
            folder.toString(),
            "--run",
            "run",
            "--corpus",
            "corpus",
            "--bootstrap",
            "127.0.0.1:1",
            "--once",
            "--poll",
            "0s");
    assertThat(status).as(told.toString()).isEqualTo(2);
    assertThat(told.toString()).contains("--poll is less than 1ms;");
  }
}
