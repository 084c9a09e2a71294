package io.sounding.operators.embed;

import ai.djl.Device;
import io.sounding.schemas.ModelFormat;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.ToDoubleFunction;

/**
 * Our side of {@code tests/speed/swap}: a process that takes one measurement and prints it as a row
 * of a Markdown table. It lives in this package because graphs are not public.
 *
 * <pre>
 *   FOLDER SIZE FORMAT compare N    weights for a graph beside whole models, N times
 *   FOLDER SIZE FORMAT memory N     resident memory after N / 5 and N swaps
 * </pre>
 */
public final class SwapProbe {

  private static final int SAMPLES = 2 * 16_000;
  private static final int PASSES = 7;

  private final Path folder;
  private final String size;
  private final ModelFormat format;

  private SwapProbe(Path folder, String size, ModelFormat format) {
    this.folder = folder;
    this.size = size;
    this.format = format;
  }

  /**
   * One repetition: seconds of each.
   *
   * @param whole loading the model exported whole
   * @param swap giving weights in float32 to the graph
   * @param swapHalf giving weights in bfloat16 to the graph
   * @param passWhole a forward pass of the model exported whole
   * @param passSwapped one of the graph with weights
   */
  private record Times(
      double whole, double swap, double swapHalf, double passWhole, double passSwapped) {}

  public static void main(String[] arguments) throws Exception {
    SwapProbe probe =
        new SwapProbe(Path.of(arguments[0]), arguments[1], ModelFormat.valueOf(arguments[2]));
    int times = Integer.parseInt(arguments[4]);
    if (arguments[3].equals("compare")) {
      probe.compare(times);
    } else {
      probe.swapManyTimes(times);
    }
  }

  private String engine() {
    return format == ModelFormat.ONNX ? "ONNX Runtime" : "PyTorch";
  }

  private Path file(String name) {
    return folder.resolve(name);
  }

  private Path model(String kind) {
    return file(size + "." + kind + (format == ModelFormat.ONNX ? ".onnx" : ".pt"));
  }

  private SharedGraph load() throws EncodingException {
    SpeechEncoder.startEngine(format, 1);
    Path graph = model("graph");
    return format == ModelFormat.ONNX
        ? OnnxGraph.load(graph, 1, Device.cpu())
        : TorchScriptGraph.load(graph, Device.cpu());
  }

  private void compare(int times) throws EncodingException {
    List<Times> all = new ArrayList<>();
    try (SharedGraph graph = load()) {
      for (int i = 0; i <= times; i++) {
        all.add(repetition(graph));
      }
    }
    List<Times> warm = all.subList(1, all.size());
    System.out.printf(
        Locale.ROOT,
        "| %s | %s | %s | %s | %s | %s | %s |%n",
        size,
        engine(),
        spread("%.1f", warm, t -> 1e3 * t.whole),
        spread("%.1f", warm, t -> 1e3 * t.swap),
        spread("%.2f", warm, t -> t.whole / t.swap),
        spread("%.2f", warm, t -> t.whole / t.swapHalf),
        spread("%.2f", warm, t -> t.passSwapped / t.passWhole));
  }

  private Times repetition(SharedGraph graph) throws EncodingException {
    long start = processorNanos();
    try (SpeechEncoder whole = SpeechEncoder.load(model("whole"), format, 1)) {
      double loading = secondsSince(start);
      double passWhole = pass(whole, SAMPLES, PASSES);
      start = processorNanos();
      SpeechEncoder half = swap(graph, "bf16");
      double swapHalf = secondsSince(start);
      half.close();
      start = processorNanos();
      try (SpeechEncoder swapped = swap(graph, "f32")) {
        double swap = secondsSince(start);
        return new Times(loading, swap, swapHalf, passWhole, pass(swapped, SAMPLES, PASSES));
      }
    }
  }

  private SpeechEncoder swap(SharedGraph graph, String type) throws EncodingException {
    Safetensors weights = Safetensors.read(file(size + "." + type + ".safetensors"));
    return graph.with(weights, () -> model("graph"));
  }

  private static double pass(SpeechEncoder encoder, int samples, int passes)
      throws EncodingException {
    float[] noise = new float[samples];
    Random random = new Random(3);
    for (int i = 0; i < samples; i++) {
      noise[i] = 0.1f * (float) random.nextGaussian();
    }
    try (SpeechEncoder.Session session = encoder.open()) {
      double[] seconds = new double[passes];
      for (int i = 0; i < passes; i++) { // the first ones of a model prepare it
        long start = processorNanos();
        session.encode(new float[][] {noise}, new int[] {-1});
        seconds[i] = secondsSince(start);
      }
      Arrays.sort(seconds);
      return seconds[passes / 2];
    }
  }

  private static long processorNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static double secondsSince(long start) {
    return (processorNanos() - start) * 1e-9;
  }

  private void swapManyTimes(int swaps) throws EncodingException, IOException {
    int settled = swaps / 5;
    long before = 0;
    SpeechEncoder earlier = null;
    try (SharedGraph graph = load()) {
      for (int i = 1; i <= swaps; i++) {
        SpeechEncoder next = swap(graph, i % 3 == 0 ? "bf16" : "f32");
        pass(next, 1_600, 1);
        if (earlier != null) {
          earlier.close();
        }
        earlier = next;
        if (i == settled) {
          before = residentBytes();
        }
      }
      long after = residentBytes();
      System.out.printf(
          Locale.ROOT,
          "| %s | %s | %d | %.0f | %d | %.0f | %+.1f %% |%n",
          size,
          engine(),
          settled,
          before / 1e6,
          swaps,
          after / 1e6,
          100.0 * (after - before) / before);
      earlier.close();
    }
  }

  private static long residentBytes() throws IOException {
    try (var lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
              .filter(line -> line.startsWith("VmRSS:"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
              .sum()
          * 1024;
    }
  }

  private static String spread(String format, List<Times> times, ToDoubleFunction<Times> value) {
    double[] sorted = times.stream().mapToDouble(value).sorted().toArray();
    return String.format(
        Locale.ROOT,
        format + " (" + format + " to " + format + ")",
        sorted[sorted.length / 2],
        sorted[sorted.length / 4],
        sorted[sorted.length - 1 - sorted.length / 4]);
  }
}
