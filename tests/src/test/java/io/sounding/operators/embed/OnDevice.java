package io.sounding.operators.embed;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.sounding.operators.embed.SpeechEncoder.Session;
import io.sounding.operators.statistics.ClusterMetrics;
import io.sounding.operators.statistics.FoldProducts;
import io.sounding.operators.statistics.HostProducts;
import io.sounding.operators.statistics.LayerAccumulator;
import io.sounding.operators.statistics.LayerSummary;
import io.sounding.operators.statistics.RankMetrics;
import io.sounding.operators.statistics.StatisticsSettings;
import io.sounding.schemas.ModelFormat;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What is different when a TorchScript model runs on a GPU, and not on the CPU: its frames, what is
 * folded of them, and memory that runs out. It lives in this package because sessions' products are
 * not public.
 */
public final class OnDevice {

  /** One layer is looked at, the last. */
  private static final int[] LAYERS = {-1};

  /** The same window so often: of 30 s, what wav2vec 2.0 base makes first takes 13 GB. */
  private static final int COPIES = 64;

  /** Of the device's memory, what is left for it. */
  private static final int GIBIBYTES_LEFT = 8;

  private static final long GIBIBYTE = 1L << 30;

  private OnDevice() {}

  /**
   * Frames of the GPU beside those of the CPU, and what comes of folding them.
   *
   * @param frames how many
   * @param relativeDifference largest difference of a frame, relative to the frame's norm
   * @param cpu RankMe of the CPU's frames, folded on the CPU
   * @param gpu RankMe of the GPU's frames, folded on the CPU
   * @param gpuFolded RankMe of the GPU's frames, folded on the GPU
   * @param cpuInertia, gpuInertia, gpuFoldedInertia the same of the inertia per frame
   * @param hostSeconds wall time of folding the GPU's frames on the CPU, one thread
   * @param deviceSeconds the same on the GPU
   */
  public record Comparison(
      int frames,
      double relativeDifference,
      double cpu,
      double gpu,
      double gpuFolded,
      double cpuInertia,
      double gpuInertia,
      double gpuFoldedInertia,
      double hostSeconds,
      double deviceSeconds) {}

  /**
   * What became of a batch that does not fit.
   *
   * @param windows in the batch
   * @param halvings how often it was halved
   * @param equal whether all windows, which are equal, have the frames of a batch that fits
   */
  public record Halved(int windows, int halvings, boolean equal) {}

  private record Fold(double rankMe, double inertia, double seconds) {}

  /** Runs the batches on both. */
  public static Comparison compare(Path model, List<float[][]> batches, StatisticsSettings settings)
      throws EncodingException {
    try (SpeechEncoder onCpu = SpeechEncoder.load(model, ModelFormat.TORCHSCRIPT, 1);
        SpeechEncoder onGpu = SpeechEncoder.load(model, ModelFormat.TORCHSCRIPT, 1, Device.gpu(0));
        Session cpu = onCpu.open();
        Session gpu = onGpu.open();
        FoldProducts host = new HostProducts()) {
      List<Frames> expected = new ArrayList<>();
      List<Frames> actual = new ArrayList<>();
      double difference = 0;
      for (float[][] batch : batches) {
        expected.add(cpu.encode(batch, LAYERS));
        actual.add(gpu.encode(batch, LAYERS));
        difference =
            Math.max(
                difference,
                difference(expected.get(expected.size() - 1), actual.get(actual.size() - 1)));
      }
      fold(actual, settings, gpu.products()); // the first time takes longer
      Fold ofCpu = fold(expected, settings, host);
      Fold ofGpu = fold(actual, settings, host);
      Fold folded = fold(actual, settings, gpu.products());
      return new Comparison(
          actual.stream().mapToInt(frames -> frames.batch() * frames.frames()).sum(),
          difference,
          ofCpu.rankMe(),
          ofGpu.rankMe(),
          folded.rankMe(),
          ofCpu.inertia(),
          ofGpu.inertia(),
          folded.inertia(),
          ofGpu.seconds(),
          folded.seconds());
    }
  }

  private static double difference(Frames expected, Frames actual) {
    float[] a = expected.values()[0];
    float[] b = actual.values()[0];
    double largest = 0;
    for (int from = 0; from < a.length; from += expected.dimension()) {
      double squares = 0;
      double norm = 0;
      for (int i = from; i < from + expected.dimension(); i++) {
        squares += (a[i] - b[i]) * (a[i] - b[i]);
        norm += a[i] * a[i];
      }
      largest = Math.max(largest, Math.sqrt(squares / norm));
    }
    return largest;
  }

  private static Fold fold(
      List<Frames> batches, StatisticsSettings settings, FoldProducts products) {
    int dimension = batches.get(0).dimension();
    long begun = System.nanoTime();
    LayerAccumulator accumulator = new LayerAccumulator(dimension, settings);
    int utterance = 0;
    for (Frames frames : batches) {
      for (int member = 0; member < frames.batch(); member++) {
        accumulator.addUtterance(
            "u" + utterance++, frames.values()[0], frames.begin(member), frames.frames(), products);
      }
    }
    LayerSummary summary = accumulator.finish(products);
    double seconds = (System.nanoTime() - begun) * 1e-9;
    return new Fold(
        RankMetrics.of(summary).rankMe(),
        ClusterMetrics.of(summary, settings).inertiaPerFrame(),
        seconds);
  }

  /** Gives a model more copies of a window than there is memory left for on the device. */
  public static Halved halve(Path model, float[] window) throws EncodingException {
    AtomicInteger halvings = new AtomicInteger();
    try (SpeechEncoder encoder =
            SpeechEncoder.load(model, ModelFormat.TORCHSCRIPT, 1, Device.gpu(0));
        Session session = encoder.open(halvings::incrementAndGet);
        NDManager taken = Engine.getEngine("PyTorch").newBaseManager(Device.gpu(0))) {
      takeAllBut(GIBIBYTES_LEFT, taken);
      float[][] windows = Collections.nCopies(COPIES, window).toArray(float[][]::new);
      Frames all = session.encode(windows, LAYERS);
      int fitting = COPIES >> halvings.get();
      Frames some = session.encode(Arrays.copyOf(windows, fitting), LAYERS);
      boolean equal = true;
      for (int member = 0; member < COPIES; member++) {
        int same = member % fitting;
        equal &=
            Arrays.equals(
                some.values()[0],
                some.begin(same),
                some.begin(same + 1),
                all.values()[0],
                all.begin(member),
                all.begin(member + 1));
      }
      return new Halved(COPIES, halvings.get(), equal);
    }
  }

  /** Fills the device's memory, and gives so much of it back. */
  private static void takeAllBut(int gibibytes, NDManager manager) {
    Deque<NDArray> blocks = new ArrayDeque<>();
    try {
      while (true) {
        blocks.push(manager.create(new Shape(GIBIBYTE / Float.BYTES)));
      }
    } catch (EngineException e) {
      if (!DeviceMemory.isExhausted(e)) {
        throw e;
      }
    }
    for (int i = 0; i < gibibytes; i++) {
      blocks.pop().close();
    }
  }
}
