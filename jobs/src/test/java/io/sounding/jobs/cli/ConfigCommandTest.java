package io.sounding.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is configured, and where. */
class ConfigCommandTest {

  @TempDir private Path folder;

  private final StringWriter told = new StringWriter();
  private final StringWriter errors = new StringWriter();
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("sounding.yaml");
  }

  private int sounding(Map<String, String> environment, String... arguments) {
    return Sounding.execute(
        new PrintWriter(told, true), new PrintWriter(errors, true), environment, arguments);
  }

  @Test
  void everyValueIsShownWithThePlaceThatItComesFrom() throws Exception {
    Files.writeString(file, "bootstrap: kafka:9092\njob: {models-from: [a, b], shards: 3}\n");
    assertThat(sounding(Map.of("SOUNDING_JOB_SHARDS", "4"), "config", "--config=" + file)).isZero();
    assertThat(told.toString().lines())
        .containsExactly(
            "bootstrap: kafka:9092    (%s, line 1)".formatted(file),
            "job.models-from: [a, b]    (%s, line 2)".formatted(file),
            "job.shards: 4    (the environment variable SOUNDING_JOB_SHARDS)");
  }

  @Test
  void whereNothingIsConfiguredThatIsSaid() {
    assertThat(sounding(Map.of(), "config")).isZero();
    assertThat(told.toString()).startsWith("Nothing is configured; defaults hold.");
  }

  @Test
  void whatCannotBeUsedIsRefusedByEveryVerbButExplained() throws Exception {
    Files.writeString(file, "bootstap: kafka:9092\n");
    Map<String, String> environment = Map.of("SOUNDING_CONFIG", file.toString());
    String sentence = "line 1: there is no key bootstap; the nearest is bootstrap.";

    assertThat(sounding(environment, "tail")).isEqualTo(2);
    assertThat(errors.toString()).contains(sentence);
    assertThat(sounding(environment, "config")).isEqualTo(2);
    assertThat(told.toString()).isEmpty();

    assertThat(sounding(environment, "config", "--explain")).isZero();
    assertThat(told.toString()).contains("bootstrap  (SOUNDING_BOOTSTRAP)");
  }

  @Test
  void whatIsRefusedLaterThanItsTypeIsToldWithItsPlace() throws Exception {
    Files.writeString(file, "bootstrap: kafka:9092\ndashboard:\n  port: 70000\n");
    assertThat(sounding(Map.of(), "dashboard", "--config", file.toString())).isEqualTo(2);
    assertThat(errors.toString())
        .startsWith(
            "--port comes from %s, line 3 (dashboard.port).%n--port is 70000; it must lie in 0 to 65535."
                .formatted(file));
  }

  @Test
  void theHelpShowsWhatIsConfiguredAsTheDefault() {
    assertThat(sounding(Map.of("SOUNDING_DASHBOARD_PORT", "8123"), "dashboard", "--help")).isZero();
    assertThat(told.toString()).contains("Default: 8123");
  }
}
