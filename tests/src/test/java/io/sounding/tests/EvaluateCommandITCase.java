package io.sounding.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sounding.jobs.cli.Sounding;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command as users call it, on the demo's data. */
class EvaluateCommandITCase {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  private final StringWriter terminal = new StringWriter();

  private int evaluate(String... arguments) {
    List<String> all = new ArrayList<>(List.of("evaluate"));
    all.addAll(List.of(arguments));
    PrintWriter writer = new PrintWriter(terminal);
    return Sounding.execute(writer, writer, all.toArray(new String[0]));
  }

  private List<JsonNode> evaluateLastCheckpoints(String name, String... more) throws Exception {
    Path out = folder.resolve(name + ".jsonl");
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--audio",
                DemoData.audio().toString(),
                "--checkpoints",
                DemoData.checkpoint("healthy", 3200).toString(),
                DemoData.checkpoint("healthy", 400).toString(),
                "--loss",
                DemoData.folder().resolve("runs/healthy/loss.csv").toString(),
                "--layers",
                "0,-1",
                "--k",
                "32",
                "--sample",
                "6000",
                "--work",
                folder.resolve("work-" + name).toString(),
                "--out",
                out.toString()));
    arguments.addAll(List.of(more));
    assertThat(evaluate(arguments.toArray(new String[0]))).as(terminal.toString()).isZero();
    assertThat(terminal.toString()).doesNotContain("has no loss of");
    List<JsonNode> events = new ArrayList<>();
    for (String line : Files.readAllLines(out)) {
      events.add(JSON.readTree(line));
    }
    return events;
  }

  @Test
  void resultsDependNeitherOnParallelismNorOnTheOrderOfPublishing() throws Exception {
    List<JsonNode> one = evaluateLastCheckpoints("one", "--parallelism", "1", "--device", "cpu");
    List<JsonNode> two = evaluateLastCheckpoints("two", "--parallelism", "2", "--shuffle", "7");

    assertThat(one).hasSize(4);
    assertThat(two).hasSize(4);
    for (int i = 0; i < one.size(); i++) {
      assertThat(two.get(i).get("checkpointId")).isEqualTo(one.get(i).get("checkpointId"));
      assertThat(two.get(i).get("layer")).isEqualTo(one.get(i).get("layer"));
      assertThat(two.get(i).get("frames")).isEqualTo(one.get(i).get("frames"));
      assertNumbersAgree(one.get(i).get("rank"), two.get(i).get("rank"), 1e-9);
      assertNumbersAgree(one.get(i).get("clusters"), two.get(i).get("clusters"), 1e-6);
    }

    JsonNode last = one.get(3);
    assertThat(last.get("step").asLong()).isEqualTo(3200);
    assertThat(last.get("layer").asInt()).isEqualTo(3);
    assertThat(last.get("status").asText()).isEqualTo("FINAL");
    assertThat(last.get("cost").get("device").asText()).isEqualTo("cpu");
    assertThat(last.get("k").asInt()).isEqualTo(32);
    assertThat(last.get("sampleFrames").asInt()).isEqualTo(6_000);
    assertThat(last.get("trainingLoss").asDouble()).isEqualTo(4.0653);
    // numpy, float64: table in jobs/demo/README.md
    assertThat(last.get("rank").get("rankMe").asDouble()).isCloseTo(32.066, within(0.0006));
  }

  private static void assertNumbersAgree(JsonNode expected, JsonNode actual, double tolerance) {
    for (Map.Entry<String, JsonNode> field : expected.properties()) {
      double want = field.getValue().asDouble();
      assertThat(actual.get(field.getKey()).asDouble())
          .as(field.getKey())
          .isCloseTo(want, within(tolerance * Math.max(Math.abs(want), 1e-12)));
    }
  }

  @Test
  void theSketchIsChosenOnTheCommandLineAndToldInTheEvent() throws Exception {
    JsonNode exact = evaluateLastCheckpoints("exact").get(3).get("rank");
    JsonNode sketched =
        evaluateLastCheckpoints(
                "sketched", "--sketch", "frequent-directions", "--sketch-rows", "32")
            .get(3)
            .get("rank");

    assertThat(exact.get("sketch").asText()).isEqualTo("second-moments-float64");
    assertThat(sketched.get("sketch").asText()).isEqualTo("frequent-directions-32");
    double rankMe = exact.get("rankMe").asDouble();
    assertThat(rankMe)
        .isBetween(sketched.get("rankMeLow").asDouble(), sketched.get("rankMeHigh").asDouble());
    assertThat(sketched.get("rankMe").asDouble()).isCloseTo(rankMe, withinPercentage(5));
    assertThat(sketched.get("rankMeStdErr").isNull()).isTrue();
  }

  @Test
  void pathsMayHoldSpacesPercentSignsAndUmlauts() throws Exception {
    Path models = Files.createDirectories(folder.resolve("check points 100%25 \u00fc#1"));
    Files.copy(DemoData.checkpoint("collapse", 400), models.resolve("step 400 \u00e4.onnx"));
    Path audio = Files.createDirectories(folder.resolve("audio files"));
    Files.copy(
        DemoData.audio().resolve("de-f1_000.flac"), audio.resolve("erste \u00c4u\u00dferung.flac"));
    Path out = folder.resolve("out put.jsonl");

    int status =
        evaluate(
            "--audio", audio.toString(),
            "--checkpoints", models.toString(),
            "--layers", "-1",
            "--out", out.toString());

    assertThat(status).as(terminal.toString()).isZero();
    assertThat(JSON.readTree(Files.readString(out)).get("utterances").asInt()).isEqualTo(1);
  }

  @Test
  void whatTheJobRejectsIsToldAtOnceAndLeavesNothingBehind() throws Exception {
    Path work = folder.resolve("work");
    Path kept = Files.createDirectories(work.resolve("of the user"));
    Path audio = folder.resolve("slow.wav");
    AudioSystem.write(
        new AudioInputStream(
            new ByteArrayInputStream(new byte[1_000]),
            new AudioFormat(500, 16, 1, true, false),
            500),
        AudioFileFormat.Type.WAVE,
        audio.toFile());

    int status =
        evaluate(
            "--audio", audio.toString(),
            "--checkpoints", DemoData.checkpoint("collapse", 400).toString(),
            "--work", work.toString(),
            "--out", folder.resolve("never.jsonl").toString());

    assertThat(status).isEqualTo(2);
    // its chunk and its manifest are rejected, whichever is read first
    assertThat(terminal.toString()).containsPattern("sampleRateHz is 500|sample rate of 500 Hz");
    assertThat(folder.resolve("never.jsonl")).doesNotExist();
    assertThat(work.toFile().listFiles()).containsExactly(kept.toFile());
  }

  @Test
  void aFileThatIsNoModelGivesStatusOneAndOneFailedLine() throws Exception {
    Path models = Files.createDirectories(folder.resolve("models"));
    Files.writeString(models.resolve("step00007.onnx"), "no model");
    Path out = folder.resolve("failed.jsonl");
    Path losses = Files.writeString(folder.resolve("l1.csv"), "step,loss\n8,2.5\n");

    int status =
        evaluate(
            "--audio", DemoData.audio().resolve("de-f1_000.flac").toString(),
            "--checkpoints", models.toString(),
            "--loss", losses.toString(),
            "--out", out.toString());

    assertThat(status).as(terminal.toString()).isEqualTo(1);
    assertThat(terminal.toString()).contains(losses + " has no loss of 1 of 1 checkpoint.");
    assertThat(Files.readAllLines(out)).hasSize(1);
    JsonNode event = JSON.readTree(Files.readString(out));
    assertThat(event.get("status").asText()).isEqualTo("FAILED");
    assertThat(event.get("step").asLong()).isEqualTo(7);
    assertThat(event.get("layer").isNull()).isTrue();
    assertThat(event.get("failureReason").asText()).contains("cannot be loaded as ONNX");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "--layers|first",
        "--layers|1,1",
        "--run|\"\"",
        "--corpus|\" \"",
        "--k|0",
        "--sample|-3",
        "--sketch|svd",
        "--device|tpu",
        "--sketch-rows|1",
        "--shards|129",
        "--parallelism|0",
        "--sample-rate|12",
        "--audio|/no/such/folder",
        "--checkpoints|/no/such/folder",
        "--out|/no/such/folder/out.jsonl",
        "--loss|/no/such/file.csv",
        "--work|/dev/null"
      })
  void unusableArgumentsGiveStatusTwo(String option, String value) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--audio", DemoData.audio().toString(),
                "--checkpoints", DemoData.checkpoint("healthy", 400).toString(),
                "--out", folder.resolve("never.jsonl").toString(),
                "--work", folder.resolve("work").toString()));
    int given = arguments.indexOf(option);
    if (given >= 0) {
      arguments.set(given + 1, value);
    } else {
      arguments.addAll(List.of(option, value));
    }

    assertThat(evaluate(arguments.toArray(new String[0]))).isEqualTo(2);
    assertThat(folder).isEmptyDirectory();
  }
}
