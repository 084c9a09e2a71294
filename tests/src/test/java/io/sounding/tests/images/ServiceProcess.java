package io.sounding.tests.images;

import io.sounding.tests.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A command as a process of its own. A shell around it holds a pipe from this JVM, and kills it
 * when the pipe ends, however this JVM ended.
 */
final class ServiceProcess implements AutoCloseable {

  /** For whatever several JVMs do that start at the same time on a busy machine. */
  static final Duration LIMIT = Duration.ofMinutes(5);

  private static final String GUARD =
      """
      exec 3<&0
      "$@" </dev/null &
      child=$!
      (cat <&3 >/dev/null; kill -9 "$child" 2>/dev/null) &
      wait "$child"
      """;

  private final String name;
  private final Path output;
  private final Process process;

  private ServiceProcess(String name, Path output, Process process) {
    this.name = name;
    this.output = output;
    this.process = process;
  }

  /**
   * Starts it.
   *
   * @param folder its working directory
   * @param output where to what it prints is appended
   */
  static ServiceProcess start(
      String name,
      Path folder,
      Path output,
      Map<String, String> environment,
      List<String> command) {
    List<String> guarded = new ArrayList<>(List.of("sh", "-c", GUARD, "sh"));
    guarded.addAll(command);
    ProcessBuilder builder =
        new ProcessBuilder(guarded)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
    builder.environment().putAll(environment);
    try {
      return new ServiceProcess(name, output, builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException("The process " + name + " could not be started.", e);
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Returns when it has ended. */
  void awaitEnd() {
    Await.until(LIMIT, name + " has ended", () -> !process.isAlive(), this::printed);
  }

  /** What it printed. */
  String printed() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      return "nothing that can be read (" + e.getMessage() + ")";
    }
  }

  /** Its exit status; of a process that has ended. */
  int status() {
    return process.exitValue();
  }

  /** Kills it, but not what a shell around it would do: the process is gone, its pipe is not. */
  void kill() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    Await.until(LIMIT, name + " is gone", () -> !process.isAlive(), this::printed);
  }

  /** Kills it, and returns when it is gone. */
  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        throw new AssertionError(name + " did not end.");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
