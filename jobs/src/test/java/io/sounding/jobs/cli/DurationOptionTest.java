package io.sounding.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sounding.jobs.configuration.DurationOption;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Durations and moments on the command line. */
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

  /** Nepal is 5:45 ahead of UTC, all year round. */
  @ParameterizedTest
  @CsvSource({
    "2026-11-22T17:05:00Z, 2026-11-22T17:05:00Z",
    "2026-11-22T17:05:00.25-09:30, 2026-11-23T02:35:00.25Z",
    "2026-11-22T17:05, 2026-11-22T11:20:00Z",
    "2026-11-22, 2026-11-21T18:15:00Z"
  })
  void momentsWithoutAnOffsetAreThoseOfThisMachine(String text, Instant moment) {
    TimeZone before = TimeZone.getDefault();
    try {
      TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kathmandu"));

      assertThat(new MomentOption().convert(text)).isEqualTo(moment);
      assertThat(new SinceOption().convert(text)).isEqualTo(moment);
    } finally {
      TimeZone.setDefault(before);
    }
  }

  @Test
  void aDurationBeforeNowIsAMomentToo() {
    Instant earliest = Instant.now().minusSeconds(7_200);

    assertThat(new SinceOption().convert("2h"))
        .isBetween(earliest, Instant.now().minusSeconds(7_200));
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
