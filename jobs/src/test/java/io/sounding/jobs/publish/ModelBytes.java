package io.sounding.jobs.publish;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Model files, made byte by byte or taken from the demo. */
final class ModelBytes {

  private ModelBytes() {}

  /** An archive with the entries that torch.jit.save makes, its tensor filled with {@code fill}. */
  static byte[] torchScript(int fill) throws IOException {
    return zip(fill, "model/data.pkl", "model/code/__torch__.py", "model/constants.pkl");
  }

  /** An archive as torch.save makes it. */
  static byte[] stateDict() throws IOException {
    return zip(1, "archive/data.pkl", "archive/version");
  }

  private static byte[] zip(int fill, String... names) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (String name : names) {
        zip.putNextEntry(new ZipEntry(name));
        byte[] content = new byte[1_000];
        java.util.Arrays.fill(content, (byte) fill);
        zip.write(content);
      }
    }
    return bytes.toByteArray();
  }

  /** Two float32 tensors of 2 and 3 numbers. */
  static byte[] safetensors(float fill) {
    String header =
        "{\"__metadata__\":{\"format\":\"pt\"},"
            + "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
            + "\"b\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[8,20]}}";
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(8 + text.length + 20).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(text.length).put(text);
    for (int i = 0; i < 5; i++) {
      bytes.putFloat(fill);
    }
    return bytes.array();
  }

  /** A checkpoint of the demo, written by torch.onnx. */
  static byte[] onnx() throws IOException {
    return Files.readAllBytes(Path.of("demo", "runs", "collapse", "step00400.onnx"));
  }
}
