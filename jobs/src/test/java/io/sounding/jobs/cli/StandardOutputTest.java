package io.sounding.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A command whose standard output fails, in a process of its own. */
class StandardOutputTest {

  @TempDir private Path folder;

  private String errors;

  private int sounding(String shell) throws Exception {
    Path told = folder.resolve("errors");
    ProcessBuilder bash =
        new ProcessBuilder(
            "bash",
            "-c",
            "set -o pipefail; " + shell,
            "bash",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Sounding.class.getName(),
            "--help");
    int status = bash.redirectError(told.toFile()).start().waitFor();
    errors = Files.readString(told);
    return status;
  }

  @Test
  void aFullDiskGivesStatusThreeAndASentence() throws Exception {
    assertThat(sounding("\"$@\" > /dev/full")).isEqualTo(3);
    assertThat(errors)
        .contains("Standard output could not be written to its end. See that the disk");
  }

  @Test
  void aPipeThatNobodyReadsIsNoFailure() throws Exception {
    assertThat(sounding("\"$@\" | true")).isZero();
    assertThat(errors).isEmpty();
  }
}
