package io.sounding.jobs.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sounding.jobs.SoundingJob;
import io.sounding.jobs.cli.Components;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The file, the environment and the command line, as the job reads them. */
class ConfigurationTest {

  @TempDir private Path folder;

  private Path file(String content) throws IOException {
    return Files.writeString(folder.resolve("sounding.yaml"), content);
  }

  private static CommandLine job(Map<String, String> environment, String... arguments) {
    CommandLine job =
        Configuration.of(Components::options, environment, arguments)
            .appliedTo(new CommandLine(new SoundingJob()));
    job.parseArgs(arguments);
    return job;
  }

  private CommandLine job(String content, Map<String, String> environment, String... arguments)
      throws IOException {
    String[] all = new String[arguments.length + 2];
    all[0] = "--config";
    all[1] = file(content).toString();
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    return job(environment, all);
  }

  private static Object value(CommandLine job, String option) {
    return job.getCommandSpec().findOption(option).getValue();
  }

  @Test
  void theFileIsReadInSectionsOrWrittenOut() throws IOException {
    CommandLine job =
        job(
            """
            bootstrap: kafka:9092   # required, but not on the command line
            job:
              models-from:
                - s3://bucket/a,b/
                - file:///data/${user}/
              require-sha256: true
              model-time-limit: 5m
              alarm: rankMe=off
              correlate-from: 0,25%
            job.shards: 16
            watch: {settle: 30s}    # for another component
            """,
            Map.of());
    assertThat(value(job, "--bootstrap")).isEqualTo("kafka:9092");
    assertThat(value(job, "--models-from"))
        .isEqualTo(List.of("s3://bucket/a,b/", "file:///data/${user}/"));
    assertThat(value(job, "--require-sha256")).isEqualTo(true);
    assertThat(value(job, "--model-time-limit")).isEqualTo(Duration.ofMinutes(5));
    assertThat(value(job, "--alarm")).isEqualTo(List.of("rankMe=off"));
    assertThat(value(job, "--correlate-from")).isEqualTo(List.of("0", "25%"));
    assertThat(value(job, "--shards")).isEqualTo(16);
    assertThat(value(job, "--k")).as("the default").isEqualTo(1_024);
  }

  @Test
  void theCommandLineWinsOverTheEnvironmentAndThatOverTheFile() throws IOException {
    String content =
        "bootstrap: file:1\njob: {shards: 1, k: 1, sample: 1, require-sha256: true, models-from: [a, b]}";
    CommandLine job =
        job(
            content,
            Map.of("SOUNDING_JOB_SHARDS", "2", "SOUNDING_JOB_K", "2", "SOUNDING_TOPICS", ""),
            "--shards=3",
            "--models-from=c",
            "--require-sha256");
    assertThat(value(job, "--shards")).isEqualTo(3);
    assertThat(value(job, "--k")).isEqualTo(2);
    assertThat(value(job, "--sample")).isEqualTo(1);
    assertThat(value(job, "--topics")).as("an empty variable sets nothing").isEqualTo("sounding");
    assertThat(value(job, "--models-from")).as("not added").isEqualTo(List.of("c"));
    assertThat(value(job, "--require-sha256")).as("said twice").isEqualTo(true);
    assertThat(value(job(content, Map.of(), "--require-sha256=false"), "--require-sha256"))
        .isEqualTo(false);
  }

  @Test
  void theEnvironmentAloneWillDoAndMayNameTheFile() throws IOException {
    Map<String, String> variables =
        Map.of(
            "SOUNDING_BOOTSTRAP",
            "kafka:9092",
            "SOUNDING_JOB_MODELS_FROM",
            "[s3://a/, s3://b/]",
            "SOUNDING_JOB_ALARM",
            "anisotropy=0.9");
    CommandLine job = job(variables);
    assertThat(value(job, "--bootstrap")).isEqualTo("kafka:9092");
    assertThat(value(job, "--models-from")).isEqualTo(List.of("s3://a/", "s3://b/"));
    assertThat(value(job, "--alarm")).isEqualTo(List.of("anisotropy=0.9"));

    Path named = file("bootstrap: other:9092");
    assertThat(value(job(Map.of(ConfigOption.VARIABLE, named.toString())), "--bootstrap"))
        .isEqualTo("other:9092");
  }

  @Test
  void anEmptyListInTheEnvironmentIsRefused() {
    assertThatThrownBy(() -> job(Map.of("SOUNDING_JOB_MODELS_FROM", "[ ]")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "The environment variable SOUNDING_JOB_MODELS_FROM: job.models-from takes one value or a list of some.");
  }

  @Test
  void whatKubernetesSetsForServicesIsLeftAloneAndSlipsAreTold() {
    Configuration configuration =
        Configuration.of(
            Components::options,
            Map.of(
                "SOUNDING_DASHBOARD_PORT", "tcp://10.0.0.7:8085",
                "SOUNDING_DASHBOARD_SERVICE_HOST", "10.0.0.7",
                "SOUNDING_DASHBOARD_PORT_8085_TCP", "tcp://10.0.0.7:8085",
                "SOUNDING_JAVA_OPTIONS", "-Xmx1g",
                "SOUNDING_LOG_FORMAT", "json",
                "SOUNDING_BOOTSRAP", "kafka:9092"));
    assertThat(configuration.settings()).isEmpty();
    assertThat(configuration.warnings())
        .containsExactly(
            "The environment variable SOUNDING_BOOTSRAP means nothing here. Is SOUNDING_BOOTSTRAP meant?");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "jobs.shards: 3 | line 1: there is no key jobs.shards; the nearest is job.shards.",
        "job: {model-from: x} | line 1: there is no key job.model-from; the nearest is job.models-from.",
        "models-from: x | line 1: there is no key models-from; the nearest is job.models-from.",
        "max-events: 9 | line 1: there is no key max-events; the nearest is dashboard.max-events.",
        "job: 3 | line 1: job is a section: it holds keys with values, such as job.",
        "job: {shards: many} | line 1: job.shards is 'many', but it takes a whole number (unit: shards). What it is: Shares of a corpus, 1 to 128; fixed for a savepoint.",
        "watch: {settle: 5} | line 1: watch.settle is '5', but it takes a duration (unit: with the value: 500ms",
        "dashboard: {port: 80.5} | line 1: dashboard.port is '80.5', but it takes a whole number (unit: TCP port)",
        "job: {require-sha256: perhaps} | line 1: job.require-sha256 is 'perhaps', but it takes true or false.",
        "job: {shards: [1, 2]} | line 1: job.shards takes one value.",
        "job: {models-from: []} | line 1: job.models-from takes one value or a list of some.",
        "job: {models-from: [[a]]} | line 1: job.models-from is a list of plain values.",
        "job: {shards: } | line 1: job.shards has no value; give it one or take it out.",
        "job: {shards: 1, shards: 2} | line 1: job.shards is set already in",
        "just words | line 1: the file is to hold keys with values, such as bootstrap: kafka:9092.",
        "job: {shards: 1 | , line 1 is no YAML: expected ',' or '}', but got <stream end>.",
        "&a x: *b | , line 1 is no YAML: found undefined alias b."
      })
  void whatCannotBeUsedIsRefusedWithFileAndLine(String content, String sentence)
      throws IOException {
    Path file = file(content);
    assertThatThrownBy(() -> job(Map.of(), "--config=" + file))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(sentence);
  }

  @Test
  void theLineIsThatOfTheKey() throws IOException {
    Path file = file("bootstrap: a\njob:\n  # a comment\n  name: x\n  sharts: 1\n");
    assertThatThrownBy(() -> job(Map.of(), "--config=" + file))
        .hasMessage(
            file
                + ", line 5: there is no key job.sharts; the nearest is job.shards. All are listed by sounding config --explain.");
  }

  @Test
  void aVariableThatCannotBeUsedIsNamed() {
    assertThatThrownBy(() -> job(Map.of("SOUNDING_JOB_SHARDS", "x")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(
            "the environment variable SOUNDING_JOB_SHARDS: job.shards is 'x', but it takes a whole number");
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> job(Map.of(ConfigOption.VARIABLE, "/nowhere.yaml")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("The configuration /nowhere.yaml cannot be read")
        .hasMessageContaining("Name a YAML file in UTF-8 with --config or SOUNDING_CONFIG.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "# nothing yet\n"})
  void anEmptyFileConfiguresNothing(String content) throws IOException {
    Path file = file(content);
    assertThat(
            Configuration.of(Components::options, Map.of(), "--config", file.toString()).settings())
        .isEmpty();
  }

  @Test
  void aFailureTellsWhereTheOptionComesFromThatItNames() throws IOException {
    CommandLine job = job("bootstrap: kafka:9092\njob: {shards: 0}", Map.of());
    StringWriter told = new StringWriter();
    job.setErr(new PrintWriter(told, true));
    var failure = new CommandLine.ParameterException(job, "shards is 0; it must be at least 1.");
    try {
      job.getParameterExceptionHandler().handleParseException(failure, new String[0]);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
    assertThat(told.toString())
        .startsWith(
            "--shards comes from " + folder.resolve("sounding.yaml") + ", line 2 (job.shards).")
        .doesNotContain("--bootstrap comes")
        .contains("shards is 0; it must be at least 1.");
  }
}
