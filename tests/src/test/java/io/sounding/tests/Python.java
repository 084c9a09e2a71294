package io.sounding.tests;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A Python script in a process of its own, which finds the package {@code sounding} of the
 * checkout. Line by line it is told what to do, and answers.
 */
final class Python implements AutoCloseable {

  /** Debian's, then the one of the path. */
  private static final List<String> INTERPRETERS = List.of("/usr/bin/python3", "python3");

  /** Looks without importing: one that is there and broken is to fail the test. */
  private static final String IS_INSTALLED =
      "import importlib.util as u, sys; sys.exit(u.find_spec('%s') is None)";

  private final Path errors;
  private final Process process;
  private final Writer commands;
  private final BufferedReader answers;

  private Python(Path errors, Process process) {
    this.errors = errors;
    this.process = process;
    this.commands = process.outputWriter(StandardCharsets.UTF_8);
    this.answers = process.inputReader(StandardCharsets.UTF_8);
  }

  /** The folder of the Python package. */
  static Path packageFolder() {
    return DemoData.folder().resolve("../../schemas/python").normalize();
  }

  /** The modules among these that are installed; skips the test if there is no Python 3. */
  static List<String> installed(String... modules) {
    String interpreter = interpreter();
    return Stream.of(modules)
        .filter(module -> runs(interpreter, IS_INSTALLED.formatted(module)))
        .toList();
  }

  private static String interpreter() {
    List<String> found =
        INTERPRETERS.stream()
            .filter(python -> runs(python, "import sys; assert sys.version_info >= (3, 9)"))
            .toList();
    Assumptions.assumeFalse(
        found.isEmpty(), "There is no Python 3.9 or later, so its package is not tested.");
    return found.get(0);
  }

  private static boolean runs(String interpreter, String code) {
    try {
      return new ProcessBuilder(interpreter, "-c", code)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException notThere) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted while Python was looked for.", e);
    }
  }

  /**
   * Starts a script.
   *
   * @param folder where it runs, and where standard error goes
   * @param arguments of the interpreter: the script, then its own
   */
  static Python start(Path folder, Object... arguments) {
    List<String> command = new ArrayList<>(List.of(interpreter()));
    Stream.of(arguments).map(Object::toString).forEach(command::add);
    try {
      Path errors = Files.createTempFile(folder, "python", ".err");
      ProcessBuilder builder =
          new ProcessBuilder(command).directory(folder.toFile()).redirectError(errors.toFile());
      builder.environment().put("PYTHONPATH", packageFolder().resolve("src").toString());
      builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
      builder.environment().put("PYTHONUTF8", "1");
      return new Python(errors, builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException("Python could not be started.", e);
    }
  }

  /** Gives it a line, and returns the line it answers. */
  String ask(String command) {
    try {
      commands.write(command + "\n");
      commands.flush();
      String answer = answers.readLine();
      if (answer == null) {
        throw new AssertionError("Python ended at '" + command + "': " + errors());
      }
      return answer;
    } catch (IOException e) {
      throw new AssertionError("Python ended at '" + command + "': " + errors(), e);
    }
  }

  /** Ends its input, waits for its end, which must be a good one, and returns what it printed. */
  String end() {
    try {
      commands.close();
      String rest = String.join("\n", answers.lines().toList());
      if (!process.waitFor(Await.LIMIT.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new AssertionError("Python did not end well: " + errors());
      }
      return rest;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted while Python ended.", e);
    }
  }

  /** Stops it with SIGSTOP until what is returned ends. */
  JavaProcess.Pause pause() {
    return JavaProcess.pause(process.pid());
  }

  /** What it wrote to standard error so far. */
  String errors() {
    try {
      return Files.readString(errors);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
