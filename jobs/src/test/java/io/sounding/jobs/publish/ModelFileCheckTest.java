package io.sounding.jobs.publish;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No beginning of a model file passes for a whole one. */
class ModelFileCheckTest {

  @TempDir private Path folder;

  private String finding(String name, byte[] content) throws IOException {
    return ModelFileCheck.finding(Files.write(folder.resolve(name), content)).orElse(null);
  }

  @Test
  void wholeFilesPass() throws IOException {
    assertThat(finding("a.pt", ModelBytes.torchScript(1))).isNull();
    assertThat(finding("a.TorchScript", ModelBytes.torchScript(1))).isNull();
    assertThat(finding("a.safetensors", ModelBytes.safetensors(1))).isNull();
    assertThat(finding("a.onnx", ModelBytes.onnx())).isNull();
  }

  @Test
  void everyBeginningOfASafetensorsFileIsFoundOut() throws IOException {
    byte[] whole = ModelBytes.safetensors(1);
    for (int length = 0; length < whole.length; length++) {
      assertThat(finding("a.safetensors", Arrays.copyOf(whole, length)))
          .as("the first %d bytes", length)
          .startsWith("is not a whole safetensors file");
    }
    assertThat(finding("a.safetensors", Arrays.copyOf(whole, whole.length + 1)))
        .contains("it has %d bytes, its header says %d".formatted(whole.length + 1, whole.length));
  }

  @Test
  void everyBeginningOfATorchScriptFileIsFoundOut() throws IOException {
    byte[] whole = ModelBytes.torchScript(1);
    for (int length = 0; length < whole.length; length++) {
      assertThat(finding("a.pt", Arrays.copyOf(whole, length)))
          .as("the first %d bytes", length)
          .startsWith("is not a whole TorchScript file");
    }
  }

  @Test
  void everyBeginningOfAnOnnxFileIsFoundOut() throws IOException {
    byte[] whole = ModelBytes.onnx();
    Random random = new Random(5);
    for (int i = 0; i < 500; i++) {
      int length =
          i < 100 ? i : i < 200 ? whole.length - 1 - (i - 100) : random.nextInt(whole.length);
      assertThat(finding("a.onnx", Arrays.copyOf(whole, length)))
          .as("the first %d bytes", length)
          .isNotNull();
    }
  }

  @Test
  void roomThatIsOnlySetAsideIsNoModel() throws IOException {
    for (String ending : new String[] {"pt", "onnx", "safetensors"}) {
      assertThat(finding("a." + ending, new byte[5_000])).as(ending).isNotNull();
    }
  }

  @Test
  void whatIsSomethingElseIsTold() throws IOException {
    assertThat(finding("a.pt", ModelBytes.stateDict()))
        .startsWith("is an archive of torch.save, not TorchScript");
    assertThat(finding("a.onnx", "no model".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo("is no ONNX file");
    byte[] longHeader =
        ByteBuffer.allocate(5_000_008).order(LITTLE_ENDIAN).putLong(5_000_000).array();
    assertThat(finding("a.safetensors", longHeader))
        .isEqualTo("has a header of 5000000 bytes, and the job reads at most 4194304");
    byte[] noJson = ModelBytes.safetensors(1);
    noJson[8] = 'x';
    assertThat(finding("a.safetensors", noJson)).contains("its header is no JSON");
  }
}
