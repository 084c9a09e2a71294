package io.sounding.tests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A main class of the tests' class path in a JVM of its own, which can be killed and paused. It
 * ends with this JVM ({@link ChildMain}).
 */
public final class JavaProcess implements AutoCloseable {

  private final String name;
  private final Path output;
  private final Process process;

  private JavaProcess(String name, Path output, Process process) {
    this.name = name;
    this.output = output;
    this.process = process;
  }

  /** What messages call it. */
  public String name() {
    return name;
  }

  /**
   * Starts it.
   *
   * @param folder where its logs, its temporary files and its working directory go; created
   */
  public static JavaProcess start(
      String name, Path folder, List<String> jvmOptions, Class<?> main, List<String> arguments) {
    String classPath = System.getProperty("java.class.path");
    return start(name, folder, jvmOptions, classPath, main, arguments);
  }

  /** Starts it with a class path of its own. */
  public static JavaProcess start(
      String name,
      Path folder,
      List<String> jvmOptions,
      String classPath,
      Class<?> main,
      List<String> arguments) {
    try {
      Path temporary = Files.createDirectories(folder.resolve("tmp"));
      Path output = folder.resolve("output.txt");
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(jvmOptions);
      command.add("-Djava.io.tmpdir=" + temporary);
      command.add("-Dlog4j2.configurationFile=log4j2.xml");
      command.add("-Dsounding.log.file=" + folder.resolve("log.txt"));
      command.addAll(List.of("-cp", classPath));
      command.addAll(List.of(ChildMain.class.getName(), main.getName()));
      command.addAll(arguments);
      Process process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
              .start();
      return new JavaProcess(name, output, process);
    } catch (IOException e) {
      throw new UncheckedIOException("The process " + name + " could not be started.", e);
    }
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** What it printed, its log aside. */
  public String printed() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      return "nothing that can be read (" + e.getMessage() + ")";
    }
  }

  /** What the pattern's first group finds in what it prints, once it does. */
  public String awaitPrinted(Pattern pattern) {
    Await.until(
        "process " + name + " prints " + pattern,
        () -> pattern.matcher(printed()).find() || !isAlive(),
        this::printed);
    Matcher found = pattern.matcher(printed());
    if (!found.find()) {
      throw new AssertionError("Process " + name + " ended; it printed: " + printed());
    }
    return found.group(1);
  }

  /** Memory that it holds, bytes. */
  public long residentBytes() {
    try (var lines = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
      return lines.filter(line -> line.startsWith("VmRSS:")).mapToLong(JavaProcess::kilobytes).sum()
          * 1024;
    } catch (IOException e) {
      throw new UncheckedIOException("The memory of process " + name + " cannot be read.", e);
    }
  }

  /** Processor time that it has used. */
  public Duration processorTime() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** Objects of classes whose names begin so that are left in its heap after a collection. */
  public long liveObjects(String prefix) {
    // number: instances bytes class
    return diagnose("GC.class_histogram")
        .lines()
        .map(line -> line.trim().split("\\s+"))
        .filter(columns -> columns.length >= 4 && columns[3].startsWith(prefix))
        .mapToLong(columns -> Long.parseLong(columns[1]))
        .sum();
  }

  /** What is left in its heap after a collection, bytes. */
  public long liveHeapBytes() {
    // Total instances bytes
    return diagnose("GC.class_histogram")
        .lines()
        .filter(line -> line.startsWith("Total"))
        .mapToLong(line -> Long.parseLong(line.trim().split("\\s+")[2]))
        .sum();
  }

  private static long kilobytes(String line) {
    return Long.parseLong(line.replaceFirst("^\\D*(\\d+).*$", "$1"));
  }

  private String diagnose(String command) {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    try {
      Process run = new ProcessBuilder(jcmd, Long.toString(process.pid()), command).start();
      return new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("Process " + name + " cannot be asked for " + command, e);
    }
  }

  /** Kills it with SIGKILL, which it cannot notice; returns when it is gone. */
  public void kill() {
    process.destroyForcibly();
    awaitEnd(30);
  }

  /** Sends it SIGTERM, as a supervisor would. */
  public void tellToEnd() {
    process.toHandle().destroy(); // Process.destroy would end its standard input, and so ChildMain
  }

  /** Asks it to end and waits until it has; returns its exit status. */
  public int terminate() {
    tellToEnd();
    awaitEnd(120);
    return process.exitValue();
  }

  /**
   * The same, and tells it once more while it ends, and what it has started, as a second Ctrl+C
   * does.
   */
  public int terminateImpatiently() {
    tellToEnd();
    List<ProcessHandle> started = new ArrayList<>();
    Await.until(
        "process " + name + " has a helper to end it, or ended",
        () -> {
          process.descendants().forEach(started::add);
          return !started.isEmpty() || !isAlive();
        },
        this::printed);
    started.forEach(ProcessHandle::destroy);
    return terminate();
  }

  /** Waits until it has ended of itself. */
  public void awaitEnd(int seconds) {
    try {
      if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
        throw new AssertionError("Process " + name + " did not end within " + seconds + " s.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted while process " + name + " ended.", e);
    }
  }

  /** Stops it with SIGSTOP until what is returned ends, or this JVM does. */
  public Pause pause() {
    return pause(process.pid());
  }

  /** The same of any process. */
  static Pause pause(long pid) {
    return new Pause(pid, "cat");
  }

  /** Stops it with SIGSTOP for so long, or until this JVM ends; returns when it goes on. */
  public void pauseFor(Duration duration) {
    new Pause(process.pid(), "timeout " + duration.toSeconds() + " cat").awaitEnd();
  }

  /** Its exit status; of a process that has ended. */
  public int status() {
    return process.exitValue();
  }

  @Override
  public void close() {
    kill();
  }

  @Override
  public String toString() {
    return name;
  }

  /** A pause, held by a shell so that it ends even if this JVM does not live to end it. */
  public static final class Pause {

    private final Process shell;

    private Pause(long pid, String until) {
      try {
        shell =
            new ProcessBuilder(
                    "sh",
                    "-c",
                    "kill -STOP \"$1\" && echo stopped; " + until + "; kill -CONT \"$1\"",
                    "sh",
                    Long.toString(pid))
                .start();
        if (shell.inputReader().readLine() == null) {
          throw new AssertionError("Process " + pid + " could not be paused.");
        }
      } catch (IOException e) {
        throw new UncheckedIOException("Process " + pid + " could not be paused.", e);
      }
    }

    /** Lets the process go on. */
    public void end() {
      try {
        shell.getOutputStream().close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      awaitEnd();
    }

    private void awaitEnd() {
      try {
        shell.waitFor();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("Interrupted while a process was paused.", e);
      }
    }
  }
}
