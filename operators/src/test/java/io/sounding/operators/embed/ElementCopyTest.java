package io.sounding.operators.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Conversions against the definition of the formats (IEEE 754), in exact arithmetic of doubles. */
class ElementCopyTest {

  private static final int OFFSET = 3;

  @TempDir private Path folder;

  private ByteBuffer read(ByteBuffer stored, ElementType from, ElementType to) throws IOException {
    int elements = stored.capacity() / from.bytes();
    Path file = folder.resolve("elements");
    ByteBuffer whole = ByteBuffer.allocate(OFFSET + stored.capacity());
    Files.write(file, whole.put(OFFSET, stored.array()).array());
    ByteBuffer target = ByteBuffer.allocateDirect(elements * to.bytes());
    try (FileChannel channel = FileChannel.open(file)) {
      ElementCopy.read(
          channel,
          new StoredTensor(new TensorForm(from, List.of((long) elements)), OFFSET),
          to,
          target.duplicate());
    }
    return target.order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ByteBuffer stored(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The value of 16 bits with so many of them for the exponent. */
  private static double value(int bits, int exponentBits) {
    int fractionBits = 15 - exponentBits;
    int bias = (1 << (exponentBits - 1)) - 1;
    int exponent = (bits >> fractionBits) & ((1 << exponentBits) - 1);
    double fraction = (bits & ((1 << fractionBits) - 1)) / (double) (1 << fractionBits);
    double magnitude;
    if (exponent == (1 << exponentBits) - 1) {
      magnitude = fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
    } else if (exponent == 0) {
      magnitude = fraction * Math.pow(2, 1 - bias);
    } else {
      magnitude = (1 + fraction) * Math.pow(2, exponent - bias);
    }
    return (bits & 0x8000) == 0 ? magnitude : -magnitude;
  }

  private static int exponentBits(ElementType type) {
    return type == ElementType.F16 ? 5 : 8;
  }

  @Test
  void everyValueOf16BitsIsKeptInWiderTypes() throws Exception {
    ByteBuffer all = stored(2 * 65_536);
    for (int bits = 0; bits < 65_536; bits++) {
      all.putShort((short) bits);
    }
    for (ElementType from : new ElementType[] {ElementType.F16, ElementType.BF16}) {
      ByteBuffer floats = read(all, from, ElementType.F32);
      ByteBuffer doubles = read(all, from, ElementType.F64);
      for (int bits = 0; bits < 65_536; bits++) {
        Double expected = value(bits, exponentBits(from)); // boxed: NaN equals itself
        assertThat((double) floats.getFloat()).as("%s %x", from, bits).isEqualTo(expected);
        assertThat(doubles.getDouble()).isEqualTo(expected);
      }
    }
  }

  @Test
  void valuesAreRoundedToTheNearestAndTiesToEven() throws Exception {
    Random random = new Random(7);
    int count = 200_000; // several chunks
    ByteBuffer floats = stored(4 * count);
    for (int i = 0; i < count; i++) {
      switch (i % 3) {
        case 0 -> floats.putInt(random.nextInt());
        case 1 -> floats.putFloat((float) random.nextGaussian());
        default -> { // in the middle between two neighbours
          int bits = random.nextInt(0x7BFF);
          floats.putFloat((float) ((value(bits, 5) + value(bits + 1, 5)) / 2));
        }
      }
    }
    for (ElementType to : new ElementType[] {ElementType.F16, ElementType.BF16}) {
      ByteBuffer rounded = read(floats, ElementType.F32, to);
      for (int i = 0; i < count; i++) {
        assertNearest(floats.getFloat(4 * i), rounded.getShort() & 0xFFFF, exponentBits(to));
      }
    }
  }

  private static void assertNearest(float value, int bits, int exponentBits) {
    double rounded = value(bits, exponentBits);
    if (Float.isNaN(value)) {
      assertThat(rounded).isNaN();
      return;
    }
    double most = value((((1 << exponentBits) - 1) << (15 - exponentBits)) - 1, exponentBits);
    double step =
        most - value((((1 << exponentBits) - 1) << (15 - exponentBits)) - 2, exponentBits);
    if (Math.abs(value) >= most + step / 2) {
      assertThat(rounded).as("%a", value).isEqualTo(Math.copySign(Double.POSITIVE_INFINITY, value));
      return;
    }
    double error = Math.abs(rounded - value);
    for (int neighbour : new int[] {bits - 1, bits + 1}) {
      double other = Math.abs(value(neighbour & 0xFFFF, exponentBits) - value);
      if (Double.isFinite(other)) {
        assertThat(error).as("%a to %x", value, bits).isLessThanOrEqualTo(other);
        if (error == other) {
          assertThat(bits & 1).as("%a to %x", value, bits).isZero();
        }
      }
    }
    assertThat(Math.copySign(1, rounded)).isEqualTo(Math.copySign(1, value));
  }

  @Test
  void doublesAndFloatsAreCast() throws Exception {
    ByteBuffer doubles = stored(8 * 3).putDouble(0.1).putDouble(-1e300).putDouble(Double.NaN);
    ByteBuffer floats = read(doubles, ElementType.F64, ElementType.F32);
    assertThat(floats.getFloat()).isEqualTo(0.1f);
    assertThat(floats.getFloat()).isEqualTo(Float.NEGATIVE_INFINITY);
    assertThat(floats.getFloat()).isNaN();
    ByteBuffer widened = read(stored(4).putFloat(0.1f), ElementType.F32, ElementType.F64);
    assertThat(widened.getDouble()).isEqualTo(0.1f);
  }

  @Test
  void equalTypesAreCopiedByteByByte() throws Exception {
    byte[] bytes = new byte[300_000];
    new Random(3).nextBytes(bytes);
    ByteBuffer copied = read(ByteBuffer.wrap(bytes), ElementType.BF16, ElementType.BF16);
    byte[] actual = new byte[bytes.length];
    copied.get(actual);
    assertThat(actual).isEqualTo(bytes);
  }

  @Test
  void aFileThatBecameShorterIsRefused() throws Exception {
    Path file = Files.write(folder.resolve("short"), new byte[10]);
    StoredTensor stored = new StoredTensor(new TensorForm(ElementType.F32, List.of(2L)), 4);
    try (FileChannel channel = FileChannel.open(file)) {
      for (ElementType type : new ElementType[] {ElementType.F32, ElementType.F16}) {
        assertThatThrownBy(
                () ->
                    ElementCopy.read(channel, stored, type, ByteBuffer.allocate(2 * type.bytes())))
            .isInstanceOf(EOFException.class)
            .hasMessage("the file ends at byte 10");
      }
    }
  }
}
