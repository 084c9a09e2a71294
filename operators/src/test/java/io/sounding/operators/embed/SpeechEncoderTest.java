package io.sounding.operators.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sounding.schemas.ModelFormat;
import java.io.IOException;
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

/** The tiny models through DJL, against what PyTorch itself computed (expected.json). */
class SpeechEncoderTest {

  private static final int SAMPLES = 800;

  private static ModelFormat format(String file) {
    return file.endsWith(".onnx") ? ModelFormat.ONNX : ModelFormat.TORCHSCRIPT;
  }

  private static Frames encode(String file, int[] layers, float[]... windows)
      throws EncodingException {
    try (SpeechEncoder encoder = SpeechEncoder.load(TestModels.path(file), format(file), 1);
        SpeechEncoder.Session session = encoder.open()) {
      return session.encode(windows, layers);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "one_tensor.pt",
        "one_tensor.onnx",
        "tuple.pt",
        "tuple.onnx",
        "stacked.pt",
        "stacked.onnx",
        "dimension_1.pt"
      })
  void framesAreThoseThatPyTorchComputes(String file) throws Exception {
    Frames frames =
        encode(file, null, TestModels.signal(0, SAMPLES), TestModels.signal(1, SAMPLES));
    TestModels.assertEqual(TestModels.expected(file.substring(0, file.indexOf('.'))), frames);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tuple.pt", "stacked.pt", "tuple.onnx", "stacked.onnx"})
  void chosenLayersComeInTheOrderAskedFor(String file) throws Exception {
    double[][][][] all = TestModels.expected("tuple");
    Frames frames =
        encode(
            file, new int[] {-1, 0}, TestModels.signal(0, SAMPLES), TestModels.signal(1, SAMPLES));
    assertThat(frames.layers()).containsExactly(2, 0);
    TestModels.assertEqual(new double[][][][] {all[2], all[0]}, frames);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tuple.pt", "tuple.onnx"})
  void aBatchGivesWhatEachSignalGivesAlone(String file) throws Exception {
    float[][] signals = new float[5][];
    for (int i = 0; i < signals.length; i++) {
      signals[i] = TestModels.signal(i, 1_600);
    }
    Frames together = encode(file, null, signals);
    for (int i = 0; i < signals.length; i++) {
      Frames alone = encode(file, null, signals[i]);
      for (int layer = 0; layer < 3; layer++) {
        float[] expected = alone.values()[layer];
        float[] actual = TestModels.member(together, layer, i);
        assertThat(actual).hasSize(expected.length);
        for (int j = 0; j < expected.length; j++) {
          assertThat(actual[j]).isCloseTo(expected[j], within(1e-5f));
        }
      }
    }
  }

  @Test
  void anyLengthIsTaken() throws Exception {
    assertThat(encode("one_tensor.pt", null, TestModels.signal(0, 160)).frames()).isOne();
    assertThat(encode("one_tensor.onnx", null, TestModels.signal(0, 48_123)).frames())
        .isEqualTo(300);
  }

  @Test
  void aSessionGoesOnAfterALengthThatTheModelRefuses() throws Exception {
    Path file = TestModels.path("refuses_one_length.pt");
    try (SpeechEncoder encoder = SpeechEncoder.load(file, ModelFormat.TORCHSCRIPT, 1);
        SpeechEncoder.Session session = encoder.open()) {
      float[][] refused = {TestModels.signal(0, TestModels.REFUSED_SAMPLES)};
      assertThatThrownBy(() -> session.encode(refused, null))
          .isInstanceOf(EncodingException.class)
          .hasMessageStartingWith("The model failed on 1 x 1120 samples (")
          .hasMessageEndingWith("of any length, and nothing else.");
      assertThat(session.encode(new float[][] {TestModels.signal(0, SAMPLES)}, null).frames())
          .isEqualTo(5);
    }
  }

  @Test
  void aModelThatGivesOtherFramesIsRefusedEachTime() throws Exception {
    float[][] windows = {TestModels.signal(0, SAMPLES)};
    Path file = TestModels.path("dropout_on.pt");
    try (SpeechEncoder encoder = SpeechEncoder.load(file, ModelFormat.TORCHSCRIPT, 1);
        SpeechEncoder.Session one = encoder.open();
        SpeechEncoder.Session another = encoder.open()) {
      for (SpeechEncoder.Session session : List.of(one, one, another)) {
        assertThatThrownBy(() -> session.encode(windows, null))
            .hasMessageStartingWith("The model gives other frames");
      }
    }
  }

  @Test
  void whichAxisOfAModelIsFixedIsTold() {
    assertThatThrownBy(() -> encode("fixed_axes.onnx", null, TestModels.signal(0, SAMPLES + 80)))
        .isInstanceOf(EncodingException.class)
        .hasMessageStartingWith("The model failed on 1 x 880 samples (")
        .hasMessageEndingWith(
            "index: 1 Got: 880 Expected: 800). Models take float32 samples (batch, samples) of any length, and nothing else.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          rank_1.pt           | Layer 0 of the model has shape [8] for a batch of 1
          other_dimensions.pt | Layer 1 of the model has dimension 6 where layer 0 has 8
          wants_channels.pt   | The model failed on 1 x 800 samples (RuntimeError: Dimension
          text.pt             | (its output 0 is of type string, and
          complex.pt          | (its output 0 is of type complex64, and
          labels.pt           | (its output 0 is of type int64, and
          with_none.pt        | (Unsupported IValue type. It returns something beside tensors, such as None
          dictionary.pt       | (it returns a dict of layer_0, layer_1, layer_2, whose order is lost: let it return a tuple)
          dropout_on.pt       | The model gives other frames when it is given the same samples again (a relative distance of
          dimension_first.pt  | The model gives layers [0] of dimension 5 for 800 samples, and [0] of dimension 2 for the first 400 of them.
          frames_first.pt     | The model gives layers [0, 1, 2, 3, 4] of dimension 8 for 800 samples, and [0, 1] of dimension 8 for
          enormous.pt         | (what is wanted of its outputs [(1, 268435456, 8)] takes 8589934592 bytes
          """)
  void aModelThatGivesNoFramesIsRefused(String file, String sentence) {
    assertThatThrownBy(() -> encode(file, null, TestModels.signal(0, SAMPLES)))
        .isInstanceOf(EncodingException.class)
        .hasMessageContaining(sentence);
  }

  @ParameterizedTest
  @CsvSource({
    "fixed_axes.onnx, 800, 5",
    "refuses_one_length.pt, 2240, 14",
    "padded.pt, 800, 10",
    "one_tensor.pt, 160, 1"
  })
  void aModelMayRefuseHalfOfAWindowOrPadIt(String file, int samples, int frames) throws Exception {
    assertThat(encode(file, null, TestModels.signal(0, samples)).frames()).isEqualTo(frames);
  }

  @Test
  void wholeNumbersBesideTheLayersThatAreWantedDoNoHarm() throws Exception {
    float[] signal = TestModels.signal(0, SAMPLES);
    assertThat(encode("with_lengths.pt", new int[] {0}, signal).frames()).isEqualTo(5);
    assertThat(encode("with_lengths.pt", new int[] {-2}, signal).frames()).isEqualTo(5);
    for (int[] wanted : new int[][] {null, {1}, {-1}}) {
      assertThatThrownBy(() -> encode("with_lengths.pt", wanted, signal))
          .isInstanceOf(EncodingException.class)
          .hasMessageContaining("its output 1 is of type int64, and");
    }
  }

  @Test
  void layersOfOtherDimensionsMayBeEvaluatedOneByOne() throws Exception {
    float[] signal = TestModels.signal(0, SAMPLES);
    assertThat(encode("other_dimensions.pt", new int[] {1}, signal).dimension()).isEqualTo(6);
    assertThat(encode("other_dimensions.pt", new int[] {0, 2}, signal).dimension()).isEqualTo(8);
  }

  @Test
  void notANumberIsHandedOnForTheFoldToRefuse() throws Exception {
    Frames frames = encode("not_a_number.pt", null, TestModels.signal(0, SAMPLES));
    assertThat(frames.values()[0]).contains(Float.NaN);
  }

  @ParameterizedTest
  @CsvSource({
    "no_torchscript.pt, TORCHSCRIPT",
    "expected.json, TORCHSCRIPT",
    "one_tensor.onnx, TORCHSCRIPT",
    "one_tensor.pt, ONNX",
    "expected.json, ONNX",
    "unsupported_operator.onnx, ONNX"
  })
  void whatIsNoModelOfItsFormatIsRefused(String file, ModelFormat format) {
    assertRefused(TestModels.path(file), format);
  }

  @ParameterizedTest
  @CsvSource({
    "torch_saved.pt, constants.pkl, what torch.save wrote",
    "weights_external_graph.onnx, weights_gone, Its weights lie in another file"
  })
  void whatIsKnownToBeWrongWithAModelFileIsToldWithItsRemedy(
      String file, String saidByTheEngine, String means) {
    assertThatThrownBy(() -> SpeechEncoder.load(TestModels.path(file), format(file), 1))
        .isInstanceOf(EncodingException.class)
        .hasMessageStartingWith("The model file cannot be loaded as " + format(file) + " (")
        .hasMessageContaining(saidByTheEngine)
        .hasMessageContaining(means);
  }

  @ParameterizedTest
  @ValueSource(strings = {"one_tensor.pt", "one_tensor.onnx"})
  void aTruncatedModelIsRefused(String file, @TempDir Path folder) throws IOException {
    byte[] whole = Files.readAllBytes(TestModels.path(file));
    for (int length : new int[] {1, whole.length / 2, whole.length - 10}) {
      Path cut = folder.resolve(length + file.substring(file.indexOf('.')));
      Files.write(cut, Arrays.copyOf(whole, length));
      assertRefused(cut, format(file));
    }
  }

  /** Where a weight was hit it still runs; an engine that crashes would end the tests. */
  @ParameterizedTest
  @ValueSource(strings = {"one_tensor.pt", "tuple.onnx"})
  void aModelWithFlippedBitsIsRefusedOrRuns(String file, @TempDir Path folder) throws IOException {
    byte[] whole = Files.readAllBytes(TestModels.path(file));
    int refused = 0;
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      byte[] damaged = whole.clone();
      for (int bit = 0; bit < 3; bit++) {
        damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      }
      Path model = folder.resolve(seed + file.substring(file.indexOf('.')));
      Files.write(model, damaged);
      try (SpeechEncoder encoder = SpeechEncoder.load(model, format(file), 1);
          SpeechEncoder.Session session = encoder.open()) {
        session.encode(new float[][] {TestModels.signal(0, SAMPLES)}, null);
      } catch (EncodingException e) {
        assertThat(e.getMessage()).endsWith(".");
        refused++;
      }
    }
    assertThat(refused).isBetween(1, 59);
  }

  private static void assertRefused(Path file, ModelFormat format) {
    assertThatThrownBy(() -> SpeechEncoder.load(file, format, 1))
        .isInstanceOf(EncodingException.class)
        .hasMessageStartingWith("The model file cannot be loaded as " + format + " (")
        .hasMessageEndingWith("Export it again, or correct its format.");
  }
}
