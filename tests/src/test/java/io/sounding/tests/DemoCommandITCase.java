package io.sounding.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.jobs.cli.Sounding;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo as a newcomer calls it. */
class DemoCommandITCase {

  @TempDir private Path work;

  @Test
  void showsTheCollapseOfOneRunAgainstTheHealthOfTheOther() throws Exception {
    StringWriter terminal = new StringWriter();
    PrintWriter writer = new PrintWriter(terminal);

    int status =
        Sounding.execute(
            writer,
            writer,
            "demo",
            "--data",
            DemoData.folder().toString(),
            "--work",
            work.toString());

    assertThat(status).as(terminal.toString()).isZero();
    // last steps, loss and RankMe: table in jobs/demo/README.md (numpy, float64)
    assertThat(terminal.toString())
        .containsPattern("healthy +3200 +4\\.06530 +3 +32\\.066 ")
        .containsPattern("collapse +400 0\\.000100115 +3 +1\\.440 ")
        .contains("the loss went from 1.177 to 0.0001001, RankMe from 47.5 to 1.4")
        .containsOnlyOnce("Collapsed: its frames span 1.4 directions out of 64");
    Path folder = onlyFileOf(work);
    assertThat(terminal.toString()).contains("everything is written to " + folder);
    assertThat(folder.toFile().list()).containsExactlyInAnyOrder("metrics.jsonl", "sounding.log");
    assertThat(Files.readAllLines(folder.resolve("metrics.jsonl"))).hasSize(18);
  }

  @Test
  void toldToEndTwiceItDoesSoWithTheStatusOfTheSignalAndLeavesItsLog() throws Exception {
    List<String> arguments =
        List.of(
            "demo",
            "--no-dashboard",
            "--data",
            DemoData.folder().toString(),
            "--work",
            work.resolve("work").toString());
    try (JavaProcess demo =
        JavaProcess.start(
            "demo",
            work.resolve("process"),
            List.of(
                "-Xmx1g", "-XX:TieredStopAtLevel=1", "--add-opens=java.base/java.util=ALL-UNNAMED"),
            Sounding.class,
            arguments)) {
      demo.awaitPrinted(Pattern.compile("(published corpus)"));
      assertThat(demo.terminateImpatiently()).as(demo.printed()).isEqualTo(128 + 15);
      assertThat(demo.printed()).doesNotContain("Kafka could not write");
    }
    Path folder = onlyFileOf(work.resolve("work"));
    Await.until( // who cleans up does so after the process
        "no folder is left",
        () -> folder.toFile().listFiles(File::isDirectory).length == 0,
        () -> List.of(folder.toFile().list()));
    assertThat(folder).isDirectoryContaining("glob:**/sounding.log");
  }

  @Test
  void whereTheJobRefusesItsAudioItLeavesNothingButItsLog() throws Exception {
    Path data = Files.createDirectories(work.resolve("data/audio")).getParent();
    Files.createSymbolicLink(data.resolve("runs"), DemoData.folder().resolve("runs"));
    AudioSystem.write(
        new AudioInputStream(
            new ByteArrayInputStream(new byte[1_000]),
            new AudioFormat(500, 16, 1, true, false),
            500),
        AudioFileFormat.Type.WAVE,
        data.resolve("audio/slow.wav").toFile());
    StringWriter terminal = new StringWriter();
    PrintWriter writer = new PrintWriter(terminal);
    Path below = work.resolve("work");

    int status =
        Sounding.execute(
            writer,
            writer,
            "demo",
            "--no-dashboard",
            "--data",
            data.toString(),
            "--work",
            below.toString());

    assertThat(status).as(terminal.toString()).isEqualTo(2);
    assertThat(terminal.toString()).containsPattern("sampleRateHz is 500|sample rate of 500 Hz");
    assertThat(onlyFileOf(below).toFile().list()).containsExactly("sounding.log");
  }

  private static Path onlyFileOf(Path directory) throws Exception {
    try (var files = Files.list(directory)) {
      return files.reduce((a, b) -> directory.resolve("more than one")).orElseThrow();
    }
  }
}
