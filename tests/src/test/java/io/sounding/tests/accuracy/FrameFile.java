package io.sounding.tests.accuracy;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Frames in a NumPy file: a C-ordered little-endian float32 matrix of format version 1, {@code
 * [rows, dimension]}.
 */
public record FrameFile(float[] values, int rows, int dimension) {
  private static final Pattern HEADER =
      Pattern.compile(
          "'descr': '<f4'.*'fortran_order': False.*'shape': \\((\\d+), (\\d+)\\)", Pattern.DOTALL);
  private static final int PREAMBLE_BYTES = 10;

  public static FrameFile read(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      MappedByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
      bytes.order(ByteOrder.LITTLE_ENDIAN);
      byte[] header = new byte[Short.toUnsignedInt(bytes.getShort(PREAMBLE_BYTES - 2))];
      bytes.get(PREAMBLE_BYTES, header);
      Matcher shape = HEADER.matcher(new String(header, StandardCharsets.US_ASCII));
      if (!shape.find()) {
        throw new IOException(file + " is not a float32 matrix of NumPy's format version 1.");
      }
      int rows = Integer.parseInt(shape.group(1));
      int dimension = Integer.parseInt(shape.group(2));
      float[] values = new float[Math.multiplyExact(rows, dimension)];
      bytes.position(PREAMBLE_BYTES + header.length);
      bytes.asFloatBuffer().get(values);
      return new FrameFile(values, rows, dimension);
    }
  }
}
