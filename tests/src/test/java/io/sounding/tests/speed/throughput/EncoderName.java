package io.sounding.tests.speed.throughput;

import ai.djl.Device;
import java.util.Arrays;
import java.util.List;

/**
 * An encoder as it is named on the command line: {@code base}, {@code base:all}, {@code base:gpu},
 * {@code base:all:gpu}.
 *
 * @param geometry demo, best-rq, base or features; with "-torchscript", as TorchScript
 * @param all all layers are evaluated; otherwise the last one
 * @param gpu it runs on the first GPU, as TorchScript; otherwise on the CPU, as ONNX
 */
record EncoderName(String geometry, boolean all, boolean gpu) {

  static EncoderName of(String words) {
    String[] parts = words.split(":", -1);
    List<String> options = Arrays.asList(parts).subList(1, parts.length);
    if (!List.of("all", "gpu").containsAll(options)) {
      throw new IllegalArgumentException(
          "The encoder '%s' cannot be read: a name may be followed by :all and :gpu."
              .formatted(words));
    }
    return new EncoderName(parts[0], options.contains("all"), options.contains("gpu"));
  }

  /** Indices of the outputs that are evaluated; null: all. */
  List<Integer> layers() {
    return all ? null : List.of(-1);
  }

  /** What it runs on. */
  Device device() {
    return gpu ? Device.gpu(0) : Device.cpu();
  }

  /** Whether its file is TorchScript. */
  boolean isTorchScript() {
    return gpu || geometry.endsWith("-torchscript");
  }

  /** Its geometry alone. */
  String plainGeometry() {
    return geometry.replace("-torchscript", "");
  }
}
