package io.sounding.jobs.publish;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * Tells from a model file's outline, without reading its tensors, whether it is whole and of its
 * kind. A file that was cut off is found out, one whose tensors are damaged is not.
 *
 * <ul>
 *   <li>TorchScript: a zip archive, whose directory stands at its end, with a {@code constants.pkl}
 *       (archives of torch.save have none).
 *   <li>ONNX: the fields of a ModelProto, each ending within the file, among them a graph and an
 *       opset.
 *   <li>safetensors: the header's length, the header, and tensors exactly up to the end of the
 *       file.
 * </ul>
 *
 * <p>Sources: onnx.proto (fields 7, 8) and the protobuf encoding; the format's page of safetensors.
 */
final class ModelFileCheck {

  private static final int ONNX_GRAPH = 7;
  private static final int ONNX_OPSET = 8;

  /** The most that the job reads, some 25,000 tensors. */
  private static final long MAX_HEADER_BYTES = 1 << 22;

  private static final int MAX_VARINT_BYTES = 10;
  private static final ObjectMapper JSON = new ObjectMapper();

  private ModelFileCheck() {}

  /**
   * What keeps the file from being a whole model file, to be read after its name, without the full
   * stop; empty if nothing does. The kind is told by the file's name.
   *
   * @throws IOException if it cannot be read
   */
  static Optional<String> finding(Path file) throws IOException {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".onnx")) {
      return onnx(file);
    }
    return name.endsWith(".safetensors") ? safetensors(file) : torchScript(file);
  }

  private static Optional<String> torchScript(Path file) throws IOException {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      boolean script = zip.stream().anyMatch(entry -> entry.getName().endsWith("/constants.pkl"));
      return script
          ? Optional.empty()
          : Optional.of(
              "is an archive of torch.save, not TorchScript: export the model with torch.jit, or save its weights as safetensors and name a graph");
    } catch (ZipException e) {
      return Optional.of("is not a whole TorchScript file (%s)".formatted(e.getMessage()));
    }
  }

  private static Optional<String> safetensors(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      long header = size < 8 ? 0 : bytes(channel, 0, 8).getLong();
      if (header < 2 || header > size - 8) {
        return Optional.of("is not a whole safetensors file (its header is missing)");
      } else if (header > MAX_HEADER_BYTES) {
        return Optional.of(
            "has a header of %d bytes, and the job reads at most %d"
                .formatted(header, MAX_HEADER_BYTES));
      }
      ByteBuffer text = bytes(channel, 8, (int) header);
      long end = 8 + header;
      long last = end;
      for (JsonNode tensor : JSON.readTree(text.array())) {
        last = Math.max(last, end + tensor.path("data_offsets").path(1).asLong(0));
      }
      return last == size
          ? Optional.empty()
          : Optional.of(
              "is not a whole safetensors file (it has %d bytes, its header says %d)"
                  .formatted(size, last));
    } catch (JsonProcessingException e) {
      return Optional.of("is not a whole safetensors file (its header is no JSON)");
    }
  }

  private static Optional<String> onnx(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      boolean graph = false;
      boolean opset = false;
      long at = 0;
      while (at < size) {
        ByteBuffer front =
            bytes(channel, at, (int) Math.min(2 * MAX_VARINT_BYTES, size - at)); // tag, length
        long tag = varint(front);
        int field = (int) (tag >>> 3);
        if (field < 1) {
          return Optional.of("is no ONNX file");
        }
        long length =
            switch ((int) (tag & 7)) {
              case 0 -> {
                varint(front);
                yield 0;
              }
              case 1 -> 8;
              case 2 -> varint(front);
              case 5 -> 4;
              default -> -1;
            };
        at += front.position() + length;
        if (length < 0 || at < 0) {
          return Optional.of("is no ONNX file");
        }
        graph |= field == ONNX_GRAPH && at <= size;
        opset |= field == ONNX_OPSET && at <= size;
      }
      return at == size && graph && opset
          ? Optional.empty()
          : Optional.of("is not a whole ONNX file (it ends after %d bytes)".formatted(size));
    } catch (EOFException e) {
      return Optional.of("is not a whole ONNX file (it ends in the middle of a field)");
    }
  }

  private static ByteBuffer bytes(FileChannel channel, long at, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, at + buffer.position()) < 0) {
        throw new EOFException("The file became shorter while it was read.");
      }
    }
    return buffer.flip();
  }

  private static long varint(ByteBuffer from) throws EOFException {
    long value = 0;
    for (int shift = 0; shift < 7 * MAX_VARINT_BYTES && from.hasRemaining(); shift += 7) {
      byte next = from.get();
      value |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new EOFException("A number ends with the file.");
  }
}
