package io.sounding.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class SoundingTest {

  private static String sentence(Exception failure) {
    return Sounding.sentence(failure, new CommandLine(new Sounding()));
  }

  @TempDir private Path folder;

  private String refused(String... arguments) {
    StringWriter errors = new StringWriter();
    PrintWriter terminal = new PrintWriter(new StringWriter());
    assertThat(Sounding.execute(terminal, new PrintWriter(errors), Map.of(), arguments))
        .isEqualTo(2);
    return errors.toString();
  }

  @Test
  void whatIsWrongWithArgumentsStaysInSightAndSteersNoTerminal() throws IOException {
    Path model = Files.writeString(folder.resolve("step1\u001b[2J.onnx"), "");
    Path audio = Files.writeString(folder.resolve("a.wav"), "");

    String told =
        refused(
            "evaluate",
            "--audio=" + audio,
            "--checkpoints=" + model,
            "--out=" + folder.resolve("out.jsonl"));

    assertThat(told)
        .contains("its name holds control characters; rename it.")
        .endsWith("sounding evaluate --help tells more.\n")
        .doesNotContain("\u001b", "Usage:");
    assertThat(told.lines()).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({"nan, NaN", "NaN, NaN", "inf, Infinity", "-inf, -Infinity", "2.5, 2.5"})
  void aLossIsTakenAsTrainingLoopsWriteIt(String written, Double loss) {
    CommandLine.ParseResult parsed =
        new CommandLine(new Sounding())
            .parseArgs(
                "publish",
                "checkpoint",
                "--run=r",
                "--corpus=c",
                "--bootstrap=b",
                "--loss=" + written,
                "step1.pt");
    assertThat(parsed.subcommand().subcommand().<Double>matchedOptionValue("--loss", null))
        .isEqualTo(loss);
  }

  @Test
  void commandsAreListedWhereNoneIsNamedAndSuggestedWhereOneIsMisspelt() {
    assertThat(refused()).startsWith("Say what to do: name a command.").contains("evaluate  ");
    assertThat(refused("evalute")).contains("Unmatched argument", "evaluate");
    assertThat(refused("evaluate")).contains("--audio").doesNotContain("Usage:");
  }

  @Test
  void whatAFileSystemRefusesIsTold() {
    assertThat(sentence(new NoSuchFileException("/a")))
        .isEqualTo("/a cannot be used (it does not exist).");
    assertThat(sentence(new AccessDeniedException("/a")))
        .isEqualTo("/a cannot be used (permission denied).");
    assertThat(sentence(new FileSystemException("/a", null, "Is a directory")))
        .isEqualTo("/a cannot be used (Is a directory).");
    assertThat(sentence(new IOException("The disk is full."))).isEqualTo("The disk is full.");
  }
}
