package io.sounding.tests.speed.waiting;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.NoopTranslator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WaitingModelTest {

  private static final int SAMPLES = 10 * WaitingBlock.HOP + 7;
  private static final int DIMENSION = 5;

  @TempDir private Path folder;

  @Test
  void aBatchGivesTheFramesOfItsMembersAlone() throws Exception {
    float[] samples = new float[2 * SAMPLES];
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) random.nextDouble(-1, 1);
    }
    float[] first = Arrays.copyOf(samples, SAMPLES);
    float[] second = Arrays.copyOfRange(samples, SAMPLES, 2 * SAMPLES);

    NDArray both = run(samples, 2);

    assertThat(both.getShape()).isEqualTo(new Shape(2, 10, DIMENSION));
    float[] frames = both.toFloatArray();
    int half = frames.length / 2;
    assertThat(Arrays.copyOf(frames, half)).isEqualTo(run(first, 1).toFloatArray());
    assertThat(Arrays.copyOfRange(frames, half, 2 * half))
        .isEqualTo(run(second, 1).toFloatArray())
        .isNotEqualTo(Arrays.copyOf(frames, half));
  }

  private NDArray run(float[] samples, int batch) throws Exception {
    Path file = Files.writeString(folder.resolve("model.onnx"), "1e6 " + DIMENSION + " 1");
    WaitingEngine engine = new WaitingEngine();
    try (Model model = engine.newModel("model", Device.cpu())) {
      model.load(file, null, null);
      try (Predictor<NDList, NDList> predictor = model.newPredictor(new NoopTranslator())) {
        NDArray in = model.getNDManager().create(samples, new Shape(batch, SAMPLES));
        return predictor.predict(new NDList(in)).get(0);
      }
    }
  }
}
