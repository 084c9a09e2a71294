package io.sounding.tests.images;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sounding.operators.LogContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Processes that log as Flink in the images, and as the command line, by its configuration. */
class LogLinesTest {

  private static final String FORMAT = "SOUNDING_LOG_FORMAT";

  @TempDir private Path folder;

  @Test
  void flinkLogsLinesOfJsonThatSayWhatTheyAreAbout() throws IOException {
    assertThatLinesSayAll(LogLines.of(flink(Map.of())));
    assertThat(Files.readString(folder.resolve("page.log")))
        .contains("[healthy step00400.onnx] - It is said.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"json", "yaml", ""})
  void flinkLogsJsonWhateverElseIsAskedForThanText(String format) {
    assertThat(LogLines.of(flink(Map.of(FORMAT, format)))).hasSize(3);
  }

  @Test
  void flinkLogsPlainLinesWhereTextIsAskedFor() {
    String printed = flink(Map.of(FORMAT, "text"));

    assertThat(LogLines.of(printed)).isEmpty();
    assertThat(printed.lines())
        .anyMatch(line -> line.endsWith("[healthy step00400.onnx] - It is said."))
        .anyMatch(line -> line.endsWith("  - It is about nothing."));
  }

  @Test
  void commandLineLogsLinesOfJsonWhereTheyAreAskedFor() {
    assertThatLinesSayAll(LogLines.of(commandLine(Map.of(FORMAT, "json"))));
  }

  @Test
  void commandLineSaysOnlyWarningsAndThoseShortlyOtherwise() {
    assertThat(commandLine(Map.of()))
        .isEqualTo(
            """
            WARN: %s
            broken "pipe"
            WARN: It is about nothing.
            """
                .formatted(LogSpeaker.SENTENCE));
  }

  @Test
  void fileOfTheCommandLineTakesTheSameFormat() throws IOException {
    Path file = folder.resolve("sounding.log");
    commandLine(Map.of(FORMAT, "json"), "-Dsounding.log.file=" + file);
    assertThatLinesSayAll(LogLines.of(Files.readString(file)));

    Files.delete(file);
    commandLine(Map.of(), "-Dsounding.log.file=" + file);
    assertThat(Files.readString(file)).contains("[healthy step00400.onnx] - It is said.");
  }

  @Test
  void fileOfTheCommandLineIsPutAsideWhenItIsLarge() throws IOException {
    Path file = folder.resolve("sounding.log");
    Files.write(file, new byte[20 << 20]);
    commandLine(Map.of(), "-Dsounding.log.file=" + file);

    assertThat(Files.size(folder.resolve("sounding.log.1"))).isGreaterThanOrEqualTo(20 << 20);
    assertThat(Files.readString(file)).doesNotContain("\0").contains("It is about nothing.");
  }

  private static void assertThatLinesSayAll(List<JsonNode> lines) {
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0).properties().stream().map(Map.Entry::getKey))
        .containsExactly(
            "timestamp",
            "level",
            "logger",
            "thread",
            "message",
            "job",
            "run",
            "checkpoint",
            "step",
            "corpus",
            "shard");
    JsonNode warning = lines.get(1);
    assertThat(warning.path("timestamp").asText()).matches("\\d{4}-\\d\\d-\\d\\dT[\\d:.]{12}Z");
    assertThat(warning.path("level").asText()).isEqualTo("WARN");
    assertThat(warning.path("logger").asText()).isEqualTo("io.sounding.Speaker");
    assertThat(warning.path("thread").asText()).isEqualTo("main");
    assertThat(warning.path("message").asText()).isEqualTo(LogSpeaker.SENTENCE);
    assertThat(warning.path("job").asText()).isEqualTo("77");
    assertThat(warning.path("run").asText()).isEqualTo("healthy");
    assertThat(warning.path("checkpoint").asText()).isEqualTo("step00400.onnx");
    assertThat(warning.path("step").asText()).isEqualTo("400");
    assertThat(warning.path("corpus").asText()).isEqualTo("dev");
    assertThat(warning.path("shard").asText()).isEqualTo("3");
    assertThat(warning.at("/exception/class").asText())
        .isEqualTo("java.lang.IllegalStateException");
    assertThat(warning.at("/exception/message").asText()).isEqualTo("broken \"pipe\"");
    assertThat(warning.at("/exception/stackTrace").asText())
        .contains("at io.sounding.tests.images.LogSpeaker");
    assertThat(LogContext.FIELDS).noneMatch(lines.get(2)::has);
  }

  /** What is printed with the configuration of the images, through the libraries of Flink. */
  private String flink(Map<String, String> environment) {
    String classPath =
        Stream.concat(
                ImageFolder.loggingOfFlink().stream(),
                classPath().filter(entry -> !ImageFolder.isLogging(entry)))
            .map(Path::toString)
            .collect(Collectors.joining(":"));
    return printed(
        environment,
        classPath,
        "-Dlog.file=" + folder.resolve("page.log"),
        "-Dlog4j.configurationFile="
            + ImageFolder.docker().resolve("log4j-console.properties").toUri());
  }

  private String commandLine(Map<String, String> environment, String... options) {
    List<String> all = new ArrayList<>(List.of(options));
    all.add("-Dlog4j2.configurationFile=log4j2.xml");
    return printed(environment, System.getProperty("java.class.path"), all.toArray(String[]::new));
  }

  private static Stream<Path> classPath() {
    return Stream.of(System.getProperty("java.class.path").split(":")).map(Path::of);
  }

  private String printed(Map<String, String> environment, String classPath, String... options) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", classPath, LogSpeaker.class.getName()));
    Path output = folder.resolve("output.txt");
    try (ServiceProcess process =
        ServiceProcess.start("speaker", folder, output, environment, command)) {
      process.awaitEnd();
      String printed = process.printed();
      Files.delete(output);
      return printed;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
