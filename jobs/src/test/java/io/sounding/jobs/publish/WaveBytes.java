package io.sounding.jobs.publish;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Builds WAV files byte by byte, straight from the specification. */
final class WaveBytes {
  static final int PCM = 1;
  static final int IEEE_FLOAT = 3;

  private WaveBytes() {}

  static byte[] file(byte[]... chunks) {
    byte[] body = join(chunks);
    return join(ascii("RIFF"), int32(4 + body.length), ascii("WAVE"), body);
  }

  static byte[] format(int codec, int channels, int sampleRateHz, int bits) {
    int stride = channels * bits / 8;
    return chunk(
        "fmt ",
        join(
            int16(codec),
            int16(channels),
            int32(sampleRateHz),
            int32(sampleRateHz * stride),
            int16(stride),
            int16(bits)));
  }

  /** WAVE_FORMAT_EXTENSIBLE with the sub-format's GUID. */
  static byte[] extensible(int codec, int channels, int sampleRateHz, int bits, int validBits) {
    int stride = channels * bits / 8;
    return chunk(
        "fmt ",
        join(
            int16(0xFFFE),
            int16(channels),
            int32(sampleRateHz),
            int32(sampleRateHz * stride),
            int16(stride),
            int16(bits),
            int16(22),
            int16(validBits),
            int32(0),
            int16(codec),
            new byte[] {0, 0, 0, 0, 16, 0, -128, 0, 0, -86, 0, 56, -101, 113}));
  }

  /** A chunk with its true size; padded to an even length. */
  static byte[] chunk(String name, byte[] content) {
    return join(ascii(name), int32(content.length), content, new byte[content.length % 2]);
  }

  /** A chunk that states another size than it has; not padded. */
  static byte[] chunk(String name, long statedSize, byte[] content) {
    return join(ascii(name), int32((int) statedSize), content);
  }

  static byte[] int16(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int value : values) {
      bytes.putShort((short) value);
    }
    return bytes.array();
  }

  static byte[] int32(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int value : values) {
      bytes.putInt(value);
    }
    return bytes.array();
  }

  static byte[] float32(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return bytes.array();
  }

  static byte[] float64(double... values) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (double value : values) {
      bytes.putDouble(value);
    }
    return bytes.array();
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      joined.writeBytes(part);
    }
    return joined.toByteArray();
  }
}
