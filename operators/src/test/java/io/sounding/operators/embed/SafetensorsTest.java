package io.sounding.operators.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {

  @TempDir private Path folder;

  private Path write(String header, int dataBytes) throws IOException {
    return WeightsFile.write(folder.resolve("w"), header, new byte[dataBytes]);
  }

  private static void assertRefused(Path file, String why) {
    assertThatThrownBy(() -> Safetensors.read(file))
        .isInstanceOf(EncodingException.class)
        .hasMessageStartingWith("The file of weights cannot be read as safetensors (")
        .hasMessageContaining(why)
        .hasMessageEndingWith("). Save it again, with safetensors.torch.save_file.")
        .message()
        .hasSizeLessThan(1_000);
  }

  @Test
  void tensorsAreFoundWhereTheHeaderSays() throws Exception {
    String header =
        "{\"__metadata__\":{\"format\":\"pt\"},"
            + "\"b.weight\":{\"dtype\":\"BF16\",\"shape\":[2,3],\"data_offsets\":[8,20]},"
            + "\"none\":{\"data_offsets\":[20,20],\"shape\":[0,7],\"dtype\":\"F64\"},"
            + "\"step\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]}}   ";
    Safetensors file = Safetensors.read(write(header, 20));
    long data = 8 + header.length();
    assertThat(file.tensors().keySet()).containsExactly("b.weight", "none", "step");
    assertThat(file.tensors())
        .containsEntry(
            "b.weight",
            new StoredTensor(new TensorForm(ElementType.BF16, List.of(2L, 3L)), data + 8))
        .containsEntry(
            "none", new StoredTensor(new TensorForm(ElementType.F64, List.of(0L, 7L)), data + 20))
        .containsEntry("step", new StoredTensor(new TensorForm(ElementType.I64, List.of()), data));
  }

  @Test
  void aFileOfNoTensorIsRead() throws Exception {
    assertThat(Safetensors.read(write("{}", 0)).tensors()).isEmpty();
  }

  /** What is wrong with the header, and what is said; every file has 8 bytes of data. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                                                             | the header is cut off
          {                                                              | its header is no JSON
          []                                                             | the header is START_ARRAY
          {} {}                                                          | goes on after its end
          {}x                                                            | its header is no JSON
          {}                                                             | its tensors take 0 bytes, and 8 follow
          {"a":7}                                                        | tensor a is VALUE_NUMBER_INT
          {"a":{"dtype":"F32","shape":[2]}}                              | tensor a lacks its dtype
          {"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}           | tensor a lacks its dtype
          {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}       | or too many of them
          {"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}        | tensor a has a negative number
          {"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}        | tensor a has a negative number
          {"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}       | a number of tensor a is VALUE_NUMBER_FLOAT
          {"a":{"dtype":"F32","shape":"2","data_offsets":[0,8]}}         | a list of tensor a is VALUE_STRING
          {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1}}   | tensor a has a key x
          {"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}} | Duplicate field 'dtype'
          {"a":{"dtype":"F4","shape":[2],"data_offsets":[0,8]}}          | tensor a is of dtype F4, which
          {"a":{"dtype":["F32"],"shape":[2],"data_offsets":[0,8]}}       | the dtype of tensor a is START_ARRAY
          {"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}         | bytes 0 to 8, and F32 of shape [3] takes 12
          {"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}         | bytes 8 to 0, and F32 of shape [2] takes 8
          {"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}} | more elements than a file can hold
          {"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,8]}}  | its header is no JSON
          {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}         | its tensors take 4 bytes, and 8 follow
          {"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}        | its tensors take 12 bytes, and 8 follow
          {"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}         | tensor a begins at byte 4 of the data, and those before it end at 0
          {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}} | tensor b begins at byte 4 of the data, and those before it end at 8
          {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} | Duplicate field 'a'
          {"__metadata__":7}                                             | __metadata__ is VALUE_NUMBER_INT
          {"__metadata__":{"a":{"b":"c"}}}                               | an entry of __metadata__ is START_OBJECT
          """)
  void aHeaderThatContradictsTheFormatIsRefused(String header, String why) throws Exception {
    assertRefused(write(header == null ? "" : header, 8), why);
  }

  @Test
  void aNameThatFillsTheHeaderIsCutInTheMessage() throws Exception {
    String name = "x\\n".repeat(20_000);
    assertRefused(write("{\"" + name + "\":7}", 0), "tensor x?x?");
  }

  @Test
  void deepNestingIsRefused() throws Exception {
    assertRefused(write("{\"a\":".repeat(100_000), 0), "tensor a has a key a");
    assertRefused(write("[".repeat(100_000), 0), "the header is START_ARRAY");
  }

  @Test
  void aHeaderThatIsNoUtf8IsRefused() throws Exception {
    Path file = write("{\"a\":7}", 0);
    byte[] bytes = Files.readAllBytes(file);
    bytes[10] = (byte) 0xC3;
    assertRefused(Files.write(file, bytes), "no UTF-8");
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 40, 100_001})
  void aHeaderLongerThanTheFileIsRefusedWithoutMemoryForIt(long length) throws Exception {
    ByteBuffer bytes = ByteBuffer.allocate(100_008).order(ByteOrder.LITTLE_ENDIAN);
    assertRefused(
        Files.write(folder.resolve("w"), bytes.putLong(length).array()),
        "its header is announced to take %s bytes".formatted(Long.toUnsignedString(length)));
  }

  @Test
  void aHeaderAboveTheLimitIsRefusedWithoutMemoryForIt() throws Exception {
    Path file = folder.resolve("w");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(3L << 30).array());
      sparse.setLength(8L << 30);
    }
    assertRefused(file, "its header takes 3221225472 bytes; at most 4194304 are read");
  }

  @Test
  void aFileThatWasCutOffIsRefused() throws Exception {
    byte[] whole = Files.readAllBytes(TestModels.path("weights_a.safetensors"));
    for (int length :
        new int[] {0, 7, 8, 9, whole.length / 20, whole.length / 2, whole.length - 1}) {
      assertRefused(Files.write(folder.resolve("w"), Arrays.copyOf(whole, length)), "");
    }
    assertRefused(
        Files.write(folder.resolve("w"), Arrays.copyOf(whole, whole.length + 1)), "was appended");
  }

  @Test
  void aPickledStateDictIsRecognised() throws Exception {
    assertRefused(
        TestModels.path("weights_a.pt"), "it is a zip archive, as torch.save writes them");
  }

  /** Whatever comes of it: a table of tensors that lie in the file, or a sentence. */
  @Test
  void aFileWithFlippedBitsIsReadOrRefused() throws Exception {
    byte[] whole = Files.readAllBytes(TestModels.path("weights_a.safetensors"));
    int refused = 0;
    for (int seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      byte[] damaged = whole.clone();
      for (int bit = 0; bit < 3; bit++) {
        damaged[random.nextInt(1_500)] ^= (byte) (1 << random.nextInt(8));
      }
      try {
        Safetensors file = Safetensors.read(Files.write(folder.resolve("w"), damaged));
        for (StoredTensor stored : file.tensors().values()) {
          assertThat(stored.offset() + stored.form().bytes())
              .as("seed %d", seed)
              .isLessThanOrEqualTo(whole.length);
        }
      } catch (EncodingException e) {
        assertThat(e.getMessage()).endsWith(".");
        refused++;
      }
    }
    assertThat(refused).isBetween(250, 499);
  }
}
