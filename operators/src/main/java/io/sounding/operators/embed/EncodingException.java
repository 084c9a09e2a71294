package io.sounding.operators.embed;

import io.sounding.schemas.ModelFormat;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** A model that cannot be loaded or run, or gives what is not frames; the message is a sentence. */
public class EncodingException extends Exception {

  private static final long serialVersionUID = 1L;

  private static final Pattern NAMES_AN_ERROR = Pattern.compile("[\\w.]*(Error|Exception): .+");

  /** What DJL says of an output of PyTorch that holds None, a number or the like. */
  private static final String NO_TENSOR = "Unsupported IValue type.";

  private static final String NO_TENSOR_MEANS =
      " It returns something beside tensors, such as None for lengths: export a wrapper that returns the hidden states alone.";

  private static final int MOST_CHARACTERS = 330;

  public EncodingException(String message) {
    super(message);
  }

  public EncodingException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * That models cannot be run at all, as a sentence.
   *
   * @param unpacked where the engine's native libraries are unpacked, beside the folder for
   *     temporary files
   */
  static EncodingException notStarted(String engine, Path unpacked, Throwable error) {
    return new EncodingException(
        "The engine %s cannot be started (%s). Its native libraries, up to 0.5 GB on a CPU, are unpacked to %s and %s: make room there, or make them writable, and publish the checkpoint again with a higher attempt."
            .formatted(engine, reason(error), unpacked, System.getProperty("java.io.tmpdir")),
        error);
  }

  /** That a model file is none that its engine loads, as a sentence. */
  static EncodingException notLoaded(ModelFormat format, Throwable error) {
    if (DeviceMemory.isExhausted(error)) {
      return new EncodingException(
          "The model file was not loaded: the model does not fit into the memory of its device beside what lies there (%s). Let fewer slots share the device, or take one with more memory; then publish the checkpoint again with a higher attempt."
              .formatted(reason(error)),
          error);
    }
    return new EncodingException(
        "The model file cannot be loaded as %s (%s). %s"
            .formatted(format, reason(error), remedy(reason(error))),
        error);
  }

  private static String remedy(String reason) {
    if (reason.contains("constants.pkl")) {
      return "It is what torch.save wrote, not TorchScript: export the model with torch.jit, or save its weights as safetensors and name a graph.";
    }
    if (reason.contains("cannot get file size") || reason.contains("xternal data")) {
      return "Its weights lie in another file, which is not fetched: export it as one file, for example with torch.onnx.export(..., external_data=False).";
    }
    return "Export it again, or correct its format.";
  }

  /**
   * Why, in a line of the innermost error that has a message. An engine's first line says it, and
   * the rest is its own stack trace; TorchScript's last line that names an error does, after its
   * stack traces.
   */
  static String reason(Throwable error) {
    if (error instanceof EncodingException) {
      return error.getMessage();
    }
    String message = error.getClass().getSimpleName();
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      message = cause.getMessage() == null ? message : cause.getMessage();
    }
    List<String> lines = message.lines().map(String::strip).filter(l -> !l.isEmpty()).toList();
    String line =
        lines.stream()
            .filter(l -> NAMES_AN_ERROR.matcher(l).matches())
            .reduce((earlier, later) -> later)
            .orElse(lines.isEmpty() ? message : firstOf(lines));
    return shortened(line.equals(NO_TENSOR) ? line + NO_TENSOR_MEANS : line);
  }

  /** Its beginning and its end: engines name their source files first and say why at last. */
  private static String shortened(String line) {
    return line.length() > MOST_CHARACTERS
        ? line.substring(0, 120) + " ... " + line.substring(line.length() - 200)
        : line;
  }

  /** With what ONNX Runtime lists below it: the axes, their lengths, and those they should have. */
  private static String firstOf(List<String> lines) {
    return lines.stream()
        .skip(1)
        .takeWhile(line -> line.startsWith("index:"))
        .reduce(lines.get(0), (said, more) -> said + " " + more);
  }
}
