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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
    Files.writeString(
        file, "bootstrap: kafka:9092\njob: {models-from: [file:/a, file:/b], shards: 3}\n");
    assertThat(sounding(Map.of("SOUNDING_JOB_SHARDS", "4"), "config", "--config=" + file)).isZero();
    assertThat(told.toString().lines())
        .containsExactly(
            "bootstrap: kafka:9092    (%s, line 1)".formatted(file),
            "job.models-from: [file:/a, file:/b]    (%s, line 2)".formatted(file),
            "job.shards: 4    (the environment variable SOUNDING_JOB_SHARDS)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "shards: 300 | --shards is 300; it must lie in 1 to 128.",
        "k: 0 | --k is 0; it must be at least 1.",
        "sample: -1 | --sample is -1; it must be at least 1.",
        "sketch-rows: 1 | --sketch-rows is 1; it must be at least 2.",
        "model-cache-bytes: 0 | --model-cache-bytes is 0; it must be at least 1.",
        "model-bytes: 0 | --model-bytes is 0; it must be at least 1.",
        "model-time-limit: 0s | --model-time-limit is PT0S; it must be at least 1 ms.",
        "models-from: a | A prefix of trusted model files: The URI a does not say"
      })
  void valuesWithWhichNoJobCanBeStartedAreRefused(String setting, String sentence)
      throws Exception {
    Files.writeString(file, "job: {%s}\n".formatted(setting));
    assertThat(sounding(Map.of(), "config", "--config=" + file)).isEqualTo(2);
    assertThat(told.toString()).startsWith("job." + setting);
    assertThat(errors.toString()).startsWith(sentence);
  }

  @ParameterizedTest
  @ValueSource(strings = {"hidden", "h@hidden", "a/hidden+/w=="})
  void aPasswordInAUriIsRefusedAndNotShown(String password) throws Exception {
    Files.writeString(file, "schema-registry: http://me:%s@registry:8081\n".formatted(password));
    assertThat(sounding(Map.of(), "config", "--config=" + file)).isEqualTo(2);
    assertThat(told.toString()).startsWith("schema-registry: http://...@registry:8081 ");
    assertThat(told + errors.toString()).doesNotContain("hidden");
  }

  @Test
  void ofOtherUrisTheUserAloneIsNotShown() throws Exception {
    Files.writeString(file, "job: {models-from: [s3://k:hid@den@bucket/a@1/, 's3://b/c@2/']}\n");
    assertThat(sounding(Map.of(), "config", "--config=" + file)).isEqualTo(2);
    assertThat(told.toString()).startsWith("job.models-from: [s3://...@bucket/a@1/, s3://b/c@2/] ");
    assertThat(told + errors.toString()).doesNotContain("hid", "den@");
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
