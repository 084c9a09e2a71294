package io.sounding.operators.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The tiny models of {@code tests/models/make_test_models.py}, and what PyTorch made of them. */
final class TestModels {

  /** Samples between two frames of every model. */
  static final int HOP = 160;

  /** The one length that {@code refuses_one_length.pt} throws on, samples. */
  static final int REFUSED_SAMPLES = 7 * HOP;

  /** Two implementations in float32 over a few hundred terms of order one: measured below 1e-6. */
  private static final double TOLERANCE = 1e-5;

  private TestModels() {}

  static Path path(String name) {
    try {
      return Path.of(TestModels.class.getResource("/models/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Signal {@code index} of the script: integer arithmetic, so equal to the last bit. */
  static float[] signal(int index, int samples) {
    float[] signal = new float[samples];
    for (int i = 0; i < samples; i++) {
      signal[i] = ((7919 * i + 104_729 * index) % 2001 - 1000) / 1000f;
    }
    return signal;
  }

  /** Layers {@code [layer][signal][frame][dimension]} that PyTorch computed from two signals. */
  static double[][][][] expected(String model) throws IOException {
    ObjectMapper json = new ObjectMapper();
    JsonNode all = json.readTree(path("expected.json").toFile());
    List<double[][][]> layers = new ArrayList<>();
    for (JsonNode layer : all.get(model)) {
      layers.add(json.treeToValue(layer, double[][][].class));
    }
    return layers.toArray(double[][][][]::new);
  }

  /** The frames of one member of a batch in one layer, {@code [T * d]}. */
  static float[] member(Frames frames, int position, int member) {
    return Arrays.copyOfRange(
        frames.values()[position], frames.begin(member), frames.begin(member + 1));
  }

  /** The frames are those that PyTorch computed. */
  static void assertEqual(double[][][][] expected, Frames frames) {
    assertThat(frames.layers()).hasSize(expected.length);
    assertThat(frames.batch()).isEqualTo(expected[0].length);
    assertThat(frames.frames()).isEqualTo(expected[0][0].length);
    assertThat(frames.dimension()).isEqualTo(expected[0][0][0].length);
    for (int layer = 0; layer < expected.length; layer++) {
      for (int signal = 0; signal < expected[layer].length; signal++) {
        float[] actual = member(frames, layer, signal);
        double[] flat =
            Arrays.stream(expected[layer][signal]).flatMapToDouble(Arrays::stream).toArray();
        assertThat(actual).hasSize(flat.length);
        for (int i = 0; i < flat.length; i++) {
          assertThat((double) actual[i]).isCloseTo(flat[i], within(TOLERANCE));
        }
      }
    }
  }
}
