package io.sounding.tests.speed.throughput;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * The same loop in Python, by {@code tests/speed/bare_loop.py}: a process that stays, with its
 * model loaded, from one measurement to the next. It ends with its standard input.
 */
final class PythonLoop implements AutoCloseable {

  private final String version;
  private final Process process;
  private final PrintWriter questions;
  private final BufferedReader answers;

  /**
   * Starts Python and loads the model.
   *
   * @param engine torch or onnxruntime
   * @param device cpu, or cuda for torch
   * @throws IOException if that is not installed, or the model cannot be loaded; the message says
   *     what Python said
   */
  PythonLoop(
      Path script,
      String engine,
      Path model,
      Path windows,
      int processes,
      int threadsOfEach,
      String device)
      throws IOException {
    String python = System.getenv().getOrDefault("PYTHON", "/usr/bin/python3");
    ProcessBuilder command =
        new ProcessBuilder(
            List.of(
                python,
                script.toString(),
                engine,
                model.toString(),
                windows.toString(),
                Integer.toString(processes),
                Integer.toString(threadsOfEach),
                device));
    // what the job is given would not be Python's best
    command.environment().keySet().removeIf(name -> name.matches("(OMP|MALLOC|ONEDNN|GLIBC)_.*"));
    // a PyTorch that was built with OpenBLAS does not tell it how many threads there are
    command.environment().put("OPENBLAS_NUM_THREADS", Integer.toString(threadsOfEach));
    process = command.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    questions = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
    answers = process.inputReader(StandardCharsets.UTF_8);
    String first = answers.readLine();
    if (first == null || !first.startsWith("ready ")) {
      process.destroy();
      throw new IOException(first == null ? python + " ended" : first);
    }
    version = first.substring("ready ".length());
  }

  /** The engine and its version. */
  String version() {
    return version;
  }

  /** Runs all batches once; seconds of wall time. */
  double run() {
    questions.println("run");
    try {
      return Double.parseDouble(answers.readLine());
    } catch (IOException e) {
      throw new UncheckedIOException("Python ended.", e);
    }
  }

  @Override
  public void close() {
    questions.close();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
