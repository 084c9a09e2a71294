package io.sounding.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EndSignalsTest {

  @TempDir private Path work;

  @Test
  void aSecondSignalDoesNotKeepTheShellFromCleaning() throws Exception {
    Path folder = Files.createDirectories(work.resolve("folder"));
    Path left = Files.createDirectories(folder.resolve("left"));
    Path log = Files.createFile(folder.resolve("log"));
    Path pipe = work.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    // the signals come before the shell has read its script, and the pipe's end is the shell's
    Path shells = Files.createDirectories(work.resolve("shells"));
    Path shell =
        Files.writeString(
            shells.resolve("sh"),
            """
            #!/bin/sh
            exec 9>'%s'
            for signal in HUP INT TERM; do kill -s $signal $$; done
            echo spared >&9
            exec /bin/sh "$@"
            """
                .formatted(pipe));
    Files.setPosixFilePermissions(shell, PosixFilePermissions.fromString("rwx------"));
    ProcessBuilder java =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Waiting.class.getName(),
            folder.toString());
    java.environment().merge("PATH", shells.toString(), (path, first) -> first + ":" + path);
    Process process = java.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try {
      assertThat(process.getInputStream().read()).isEqualTo('.');

      process.destroy();

      assertThat(Files.readAllLines(pipe)).containsExactly("spared");
      assertThat(process.waitFor()).isEqualTo(128 + 15);
      assertThat(left).doesNotExist();
      assertThat(log).exists();
    } finally {
      process.destroyForcibly();
    }
  }

  /** Waits to be told to end, and has a folder cleaned then. */
  static final class Waiting {

    public static void main(String[] folder) {
      EndSignals.tell(
          () -> {
            EndSignals.endAndClean(Path.of(folder[0]));
            EndSignals.halt();
          });
      System.out.print('.');
      System.out.flush();
      while (true) {
        LockSupport.park();
      }
    }
  }
}
