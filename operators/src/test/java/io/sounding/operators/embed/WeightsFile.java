package io.sounding.operators.embed;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** A safetensors file in the making, to be changed and written. */
final class WeightsFile {

  private record Stored(String type, long[] shape, byte[] elements) {}

  private final Map<String, Stored> tensors = new LinkedHashMap<>();

  /** The tensors of one of the test models' files. */
  static WeightsFile of(String name) throws Exception {
    Safetensors file = Safetensors.read(TestModels.path(name));
    byte[] bytes = Files.readAllBytes(file.file());
    WeightsFile copy = new WeightsFile();
    file.tensors()
        .forEach(
            (tensor, stored) ->
                copy.with(
                    tensor,
                    stored.form().type().name(),
                    stored.form().shape().stream().mapToLong(Long::longValue).toArray(),
                    Arrays.copyOfRange(
                        bytes,
                        (int) stored.offset(),
                        (int) (stored.offset() + stored.form().bytes()))));
    return copy;
  }

  WeightsFile with(String name, String type, long[] shape, byte[] elements) {
    tensors.put(name, new Stored(type, shape, elements));
    return this;
  }

  /** With a tensor of zeros in float32. */
  WeightsFile with(String name, long... shape) {
    return with(
        name, "F32", shape, new byte[(int) (4 * Arrays.stream(shape).reduce(1, (a, b) -> a * b))]);
  }

  /** With the tensors of another behind its own. */
  WeightsFile and(WeightsFile other) {
    tensors.putAll(other.tensors);
    return this;
  }

  WeightsFile without(String name) {
    if (tensors.remove(name) == null) {
      throw new IllegalArgumentException(name);
    }
    return this;
  }

  WeightsFile renamed(String from, String to) {
    tensors.put(to, tensors.remove(from));
    return this;
  }

  Path write(Path file) throws IOException {
    ObjectNode header = new ObjectMapper().createObjectNode();
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    for (Map.Entry<String, Stored> tensor : tensors.entrySet()) {
      Stored stored = tensor.getValue();
      ObjectNode entry = header.putObject(tensor.getKey()).put("dtype", stored.type());
      Arrays.stream(stored.shape()).forEach(entry.putArray("shape")::add);
      int begin = data.size();
      data.writeBytes(stored.elements());
      entry.putArray("data_offsets").add(begin).add(data.size());
    }
    return write(file, header.toString(), data.toByteArray());
  }

  /** A file of this header and these data, whatever they are. */
  static Path write(Path file, String header, byte[] data) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer whole =
        ByteBuffer.allocate(Long.BYTES + text.length + data.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(text.length)
            .put(text)
            .put(data);
    return Files.write(file, whole.array());
  }
}
