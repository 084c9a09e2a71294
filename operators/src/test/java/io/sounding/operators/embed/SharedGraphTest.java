package io.sounding.operators.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import io.sounding.schemas.ModelFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Graphs that were exported once, with weights of files, against what PyTorch itself computed. */
class SharedGraphTest {

  private static final int SAMPLES = 800;

  @TempDir private Path folder;

  private static SharedGraph load(String file) throws EncodingException {
    return load(TestModels.path(file));
  }

  private static SharedGraph load(Path path) throws EncodingException {
    ModelFormat format =
        path.toString().endsWith(".onnx") ? ModelFormat.ONNX : ModelFormat.TORCHSCRIPT;
    SpeechEncoder.startEngine(format, 1);
    return format == ModelFormat.ONNX
        ? OnnxGraph.load(path, 1, Device.cpu())
        : TorchScriptGraph.load(path, Device.cpu());
  }

  private static SpeechEncoder with(SharedGraph graph, String graphFile, Path weights)
      throws EncodingException {
    return graph.with(Safetensors.read(weights), () -> TestModels.path(graphFile));
  }

  private static Frames frames(SpeechEncoder encoder) throws EncodingException {
    try (SpeechEncoder.Session session = encoder.open()) {
      return session.encode(
          new float[][] {TestModels.signal(0, SAMPLES), TestModels.signal(1, SAMPLES)}, null);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "weights_graph,            weights_a,      weights_a",
    "weights_graph,            weights_b,      weights_b",
    "weights_graph,            weights_a_f64,  weights_a_f64",
    "weights_graph,            weights_a_f16,  weights_a_f16",
    "weights_graph,            weights_a_bf16, weights_a_bf16",
    "weights_half_graph,       weights_a,      weights_half",
    "weights_half_graph,       weights_a_f64,  weights_half",
    "weights_half_graph,       weights_a_f16,  weights_a_f16",
  })
  void framesAreThoseThatPyTorchComputesWithTheseWeights(
      String graphName, String weights, String expected) throws Exception {
    for (String file : new String[] {graphName + ".onnx", graphName + ".pt"}) {
      try (SharedGraph graph = load(file);
          SpeechEncoder encoder = with(graph, file, TestModels.path(weights + ".safetensors"))) {
        TestModels.assertEqual(TestModels.expected(expected), frames(encoder));
      }
    }
  }

  @Test
  void aGraphInBfloat16IsGivenWeightsAsOnnxAndRefusedAsTorchScript() throws Exception {
    String file = "weights_bfloat_graph.onnx";
    try (SharedGraph graph = load(file);
        SpeechEncoder encoder = with(graph, file, TestModels.path("weights_a.safetensors"))) {
      TestModels.assertEqual(TestModels.expected("weights_bfloat"), frames(encoder));
    }
    assertThatThrownBy(() -> load("weights_bfloat_graph.pt").close())
        .isInstanceOf(EncodingException.class)
        .hasMessageContaining("Parameter up.weight of the TorchScript module is of a type that");
  }

  @ParameterizedTest
  @ValueSource(strings = {"weights_graph.onnx", "weights_graph.pt"})
  void framesAreThoseOfTheCheckpointThatWasExportedWhole(String file) throws Exception {
    String whole = file.replace("graph", "a");
    ModelFormat format = file.endsWith(".onnx") ? ModelFormat.ONNX : ModelFormat.TORCHSCRIPT;
    try (SharedGraph graph = load(file);
        SpeechEncoder swapped = with(graph, file, TestModels.path("weights_a.safetensors"));
        SpeechEncoder reloaded = SpeechEncoder.load(TestModels.path(whole), format, 1)) {
      Frames expected = frames(reloaded);
      Frames actual = frames(swapped);
      for (int layer = 0; layer < 2; layer++) {
        assertThat(actual.values()[layer])
            .usingComparatorWithPrecision(1e-5f)
            .containsExactly(expected.values()[layer]);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"weights_graph.onnx", "weights_graph.pt"})
  void checkpointsInUseKeepTheirWeightsWhileOthersAreSet(String file) throws Exception {
    Path a = TestModels.path("weights_a.safetensors");
    Path b = TestModels.path("weights_b.safetensors");
    double[][][][] ofA = TestModels.expected("weights_a");
    double[][][][] ofB = TestModels.expected("weights_b");
    try (SharedGraph graph = load(file);
        SpeechEncoder first = with(graph, file, a)) {
      try (SpeechEncoder second = with(graph, file, b);
          SpeechEncoder third = with(graph, file, a)) {
        TestModels.assertEqual(ofA, frames(first));
        TestModels.assertEqual(ofB, frames(second));
        TestModels.assertEqual(ofA, frames(third));
      }
      try (SpeechEncoder later = with(graph, file, b)) {
        TestModels.assertEqual(ofB, frames(later));
        TestModels.assertEqual(ofA, frames(first));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"weights_graph.onnx", "weights_graph.pt"})
  void anEncoderOutlivesItsGraph(String file) throws Exception {
    SharedGraph graph = load(file);
    try (SpeechEncoder encoder = with(graph, file, TestModels.path("weights_a.safetensors"))) {
      graph.close();
      TestModels.assertEqual(TestModels.expected("weights_a"), frames(encoder));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"weights_graph.onnx", "weights_graph.pt"})
  void wholeNumbersNeedNotMatch(String file) throws Exception {
    Path weights =
        WeightsFile.of("weights_a.safetensors")
            .without("batch.num_batches_tracked")
            .with("steps", "I32", new long[] {3}, new byte[12])
            .write(folder.resolve("w.safetensors"));
    try (SharedGraph graph = load(file);
        SpeechEncoder encoder = with(graph, file, weights)) {
      TestModels.assertEqual(TestModels.expected("weights_a"), frames(encoder));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"weights_graph.onnx", "weights_graph.pt"})
  void tensorsThatAreNotAlignedAreRead(String file) throws Exception {
    WeightsFile tensors = new WeightsFile().with("odd", "BOOL", new long[] {3}, new byte[3]);
    Path weights =
        tensors.and(WeightsFile.of("weights_a.safetensors")).write(folder.resolve("w.safetensors"));
    try (SharedGraph graph = load(file);
        SpeechEncoder encoder = with(graph, file, weights)) {
      TestModels.assertEqual(TestModels.expected("weights_a"), frames(encoder));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"weights_graph.onnx", "weights_graph.pt"})
  void weightsThatDoNotFitAreRefusedWithEachOfThem(String file) throws Exception {
    Path weights =
        WeightsFile.of("weights_a.safetensors")
            .renamed("up.weight", "head.weight")
            .without("norm.bias")
            .with("mask", 9)
            .with("front.bias", "I32", new long[] {8}, new byte[32])
            .write(folder.resolve("w.safetensors"));
    try (SharedGraph graph = load(file)) {
      assertThatThrownBy(() -> with(graph, file, weights))
          .isInstanceOf(EncodingException.class)
          .hasMessageStartingWith(
              "The weights do not fit the graph. Not in the file: 2 of the graph's 14 (norm.bias, up.weight). Not in the graph: 1 of the file's 14 (head.weight). Of another shape or type: 2 (front.bias: F32 [8] in the graph, I32 [8] in the file, mask: F32 [8] in the graph, F32 [9] in the file). Save the state_dict of the model that the graph was exported from.");
      try (SpeechEncoder encoder = with(graph, file, TestModels.path("weights_a.safetensors"))) {
        TestModels.assertEqual(TestModels.expected("weights_a"), frames(encoder));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "weights_transposed_graph.pt",
        "weights_inputs_graph.onnx",
        "weights_external_graph.onnx"
      })
  void otherWaysToSaveAGraphComeToTheSame(String file) throws Exception {
    try (SharedGraph graph = load(file);
        SpeechEncoder encoder = with(graph, file, TestModels.path("weights_a.safetensors"))) {
      TestModels.assertEqual(TestModels.expected("weights_a"), frames(encoder));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          weights_folded.onnx | Not in the file: 5 of the graph's 8 (onnx::Add_55, onnx::Conv_49 | exported with do_constant_folding=False
          weights_buffers.pt  | Not in the graph: 2 of the file's 15 (batch.running_mean, batch.running_var) | register its buffers as parameters
          weights_frozen.pt   | Not in the graph: 14 of the file's 15 (batch.bias, | do not freeze it
          """)
  void aGraphThatLostNamesIsRefusedWithHowToExportIt(String file, String lost, String advice)
      throws Exception {
    try (SharedGraph graph = load(file)) {
      assertThatThrownBy(() -> with(graph, file, TestModels.path("weights_a.safetensors")))
          .isInstanceOf(EncodingException.class)
          .hasMessageContaining(lost)
          .hasMessageContaining(advice)
          .hasMessageEndingWith(".");
    }
  }

  /** As for whole models: refused, or it runs; an engine that crashes would end the tests. */
  @ParameterizedTest
  @ValueSource(strings = {"weights_graph.onnx", "weights_graph.pt"})
  void aGraphWithFlippedBitsIsRefusedOrRuns(String file) throws Exception {
    byte[] whole = Files.readAllBytes(TestModels.path(file));
    Path weights = TestModels.path("weights_a.safetensors");
    int refused = 0;
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      byte[] damaged = whole.clone();
      for (int bit = 0; bit < 3; bit++) {
        damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      }
      Path copy = Files.write(folder.resolve(seed + file), damaged);
      try (SharedGraph graph = load(copy);
          SpeechEncoder encoder = graph.with(Safetensors.read(weights), () -> copy)) {
        frames(encoder);
      } catch (EncodingException e) {
        assertThat(e.getMessage()).endsWith(".");
        refused++;
      }
    }
    assertThat(refused).isBetween(1, 59);
  }

  @ParameterizedTest
  @CsvSource({
    "tuple.pt, ONNX",
    "weights_a.safetensors, ONNX",
    "expected.json, TORCHSCRIPT",
    "unsupported_operator.onnx, ONNX"
  })
  void whatIsNoModelOfItsFormatIsRefused(String file, ModelFormat format) {
    Path path = TestModels.path(file);
    assertThatThrownBy(
            () -> {
              SpeechEncoder.startEngine(format, 1);
              SharedGraph graph =
                  format == ModelFormat.ONNX
                      ? OnnxGraph.load(path, 1, Device.cpu())
                      : TorchScriptGraph.load(path, Device.cpu());
              graph.close();
            })
        .isInstanceOf(EncodingException.class)
        .hasMessageStartingWith("The model file cannot be loaded as " + format + " (");
  }
}
