package io.sounding.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EndSignalsTest {

  @TempDir private Path work;

  /** Holds a folder that is to go and a file that is to stay. */
  private Path folder;

  /** Commands that are found before those of the system. */
  private Path commands;

  /** Its end is held by the shell and what that starts. */
  private Path pipe;

  @BeforeEach
  void layOut() throws Exception {
    folder = Files.createDirectories(work.resolve("folder"));
    Files.createDirectories(folder.resolve("left"));
    Files.createFile(folder.resolve("log"));
    commands = Files.createDirectories(work.resolve("commands"));
    pipe = work.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
  }

  private void command(String name, String script) throws IOException {
    Path command = Files.writeString(commands.resolve(name), "#!/bin/sh\n" + script);
    Files.setPosixFilePermissions(command, PosixFilePermissions.fromString("rwx------"));
  }

  /**
   * Tells a process to end that has the folder cleaned, which must leave the file alone.
   *
   * @return what the shell told the pipe, up to its end
   */
  private List<String> endAndClean() throws Exception {
    ProcessBuilder java =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Waiting.class.getName(),
            folder.toString());
    java.environment().merge("PATH", commands.toString(), (path, first) -> first + ":" + path);
    Process process = java.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try {
      assertThat(process.getInputStream().read()).isEqualTo('.');

      process.toHandle().destroy(); // Process.destroy would close its output

      List<String> told = Files.readAllLines(pipe);
      assertThat(process.waitFor()).isEqualTo(128 + 15);
      assertThat(process.getInputStream().readAllBytes()).as("what outlives the signal").isEmpty();
      assertThat(folder).isDirectoryNotContaining(Files::isDirectory);
      assertThat(folder.resolve("log")).exists();
      return told;
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void aSecondSignalDoesNotKeepTheShellFromCleaning() throws Exception {
    // it comes before the shell has read its script
    command(
        "sh",
        """
        [ -e '%1$s' ] || { : > '%1$s'; kill -s TERM $$; }
        exec 9>'%2$s'
        exec /bin/sh "$@"
        """
            .formatted(work.resolve("told"), pipe));
    endAndClean();
    assertThat(work.resolve("told")).exists();
  }

  @Test
  void nothingIsDeletedBeforeTheProcessIsGone() throws Exception {
    // stopped, it is not ended by the signal before it is continued: when rm has come too soon, or
    // could have come; its memory goes before its files, whose end the shell waits for
    command(
        "sh",
        """
        exec 9>'%s'
        export JVM=/proc/$PPID/status TOO_SOON='%s'
        (looks=0
         until [ ! -e $JVM ] || [ -e "$TOO_SOON" ] || [ $looks -eq 200 ]; do
           if grep -q '^ShdPnd:.*[4-7c-f]...$' $JVM; then looks=$((looks + 1)); fi
         done
         kill -s CONT $PPID) &
        (read -r go; kill -s STOP $PPID; echo "$go"; exec cat) | /bin/sh "$@"
        """
            .formatted(pipe, work.resolve("too-soon")));
    command(
        "rm",
        """
        if grep -qs '^VmSize:' $JVM; then : > "$TOO_SOON"; echo before; else echo after; fi >&9
        exec /bin/rm "$@"
        """);
    assertThat(endAndClean()).containsExactly("after");
  }

  /** Waits to be told to end, and has a folder cleaned then. */
  static final class Waiting {

    public static void main(String[] folder) {
      EndSignals.tell(
          () -> {
            EndSignals.endAndClean(Path.of(folder[0]));
            System.out.print("it goes on");
            System.out.flush();
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
