package io.sounding.operators.embed;

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
 * Our side of {@code tests/speed/swap}: measures the models of a folder and prints the result as
 * Markdown. It lives in this package because graphs are not public.
 *
 * <p>Arguments: the folder, the number of repetitions, the number of swaps of the large model.
 */
public final class SwapProbe {

  private static final int SWAPS = 500;
  private static final int SAMPLES = 2 * 16_000;
  private static final int PASSES = 7;
  private static final int MORE_OF_DEMO = 10;

  private static final List<ModelFormat> FORMATS =
      List.of(ModelFormat.ONNX, ModelFormat.TORCHSCRIPT);

  private final Path folder;
  private final int repetitions;

  private SwapProbe(Path folder, int repetitions) {
    this.folder = folder;
    this.repetitions = repetitions;
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
    SwapProbe probe = new SwapProbe(Path.of(arguments[0]), Integer.parseInt(arguments[1]));
    System.out.printf(
        Locale.ROOT,
        """
        # Weights for a loaded graph, or a whole model for each checkpoint

        Made by `tests/speed/swap`; do not edit. demo: an encoder of the demo, 4 layers, d = 64, %.1f MB of weights. base:
        wav2vec 2.0 base, 12 layers, d = 768, %.0f MB. All weights are random. Java %s.

        Resident memory of the process while one graph is given the weights of one checkpoint after the other, in float32
        and bfloat16, two being loaded at any time, with a forward pass over 0.1 s of audio each:

        | model | engine | swaps | then, MB | swaps | then, MB | growth |
        | --- | --- | ---: | ---: | ---: | ---: | ---: |
        """,
        Files.size(probe.file("demo.f32.safetensors")) / 1e6,
        Files.size(probe.file("base.f32.safetensors")) / 1e6,
        System.getProperty("java.version"));
    for (ModelFormat format : FORMATS) {
      probe.swapManyTimes("demo", format, SWAPS);
    }
    for (ModelFormat format : FORMATS) {
      probe.swapManyTimes("base", format, Integer.parseInt(arguments[2]));
    }
    System.out.printf(
        """

        Processor time of the one thread that does it all, on a shared, noisy machine, files in the operating system's
        cache: times say little, ratios were taken within each repetition. Median (lower to upper quartile) of %d repetitions
        (demo: %d) after a first one that warms up. Fetching the files is not counted; forward passes are over %d s of audio,
        the median of %d.

        | model | engine | whole model, ms | weights, ms | whole / weights | whole / weights in bfloat16 | forward pass with weights / whole |
        | --- | --- | ---: | ---: | ---: | ---: | ---: |
        """,
        probe.repetitions, MORE_OF_DEMO * probe.repetitions, SAMPLES / 16_000, PASSES);
    for (String size : List.of("demo", "base")) {
      for (ModelFormat format : FORMATS) {
        probe.compare(
            size,
            format,
            size.equals("demo") ? MORE_OF_DEMO * probe.repetitions : probe.repetitions);
      }
    }
  }

  private static String name(ModelFormat format) {
    return format == ModelFormat.ONNX ? "ONNX Runtime" : "PyTorch";
  }

  private Path file(String name) {
    return folder.resolve(name);
  }

  private Path model(String size, String kind, ModelFormat format) {
    return file(size + "." + kind + (format == ModelFormat.ONNX ? ".onnx" : ".pt"));
  }

  private SharedGraph load(String size, ModelFormat format) throws EncodingException {
    SpeechEncoder.startEngine(format, 1);
    Path graph = model(size, "graph", format);
    return format == ModelFormat.ONNX ? OnnxGraph.load(graph, 1) : TorchScriptGraph.load(graph);
  }

  private void compare(String size, ModelFormat format, int times) throws EncodingException {
    List<Times> all = new ArrayList<>();
    try (SharedGraph graph = load(size, format)) {
      for (int i = 0; i <= times; i++) {
        all.add(repetition(graph, size, format));
      }
    }
    List<Times> warm = all.subList(1, all.size());
    System.out.printf(
        Locale.ROOT,
        "| %s | %s | %s | %s | %s | %s | %s |%n",
        size,
        name(format),
        spread("%.1f", warm, t -> 1e3 * t.whole),
        spread("%.1f", warm, t -> 1e3 * t.swap),
        spread("%.2f", warm, t -> t.whole / t.swap),
        spread("%.2f", warm, t -> t.whole / t.swapHalf),
        spread("%.2f", warm, t -> t.passSwapped / t.passWhole));
  }

  private Times repetition(SharedGraph graph, String size, ModelFormat format)
      throws EncodingException {
    long start = processorNanos();
    try (SpeechEncoder whole = SpeechEncoder.load(model(size, "whole", format), format, 1)) {
      double loading = secondsSince(start);
      double passWhole = pass(whole, SAMPLES, PASSES);
      start = processorNanos();
      SpeechEncoder half = swap(graph, size, format, "bf16");
      double swapHalf = secondsSince(start);
      half.close();
      start = processorNanos();
      try (SpeechEncoder swapped = swap(graph, size, format, "f32")) {
        double swap = secondsSince(start);
        return new Times(loading, swap, swapHalf, passWhole, pass(swapped, SAMPLES, PASSES));
      }
    }
  }

  private SpeechEncoder swap(SharedGraph graph, String size, ModelFormat format, String type)
      throws EncodingException {
    Safetensors weights = Safetensors.read(file(size + "." + type + ".safetensors"));
    return graph.with(weights, () -> model(size, "graph", format));
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

  private void swapManyTimes(String size, ModelFormat format, int swaps)
      throws EncodingException, IOException {
    int settled = swaps / 5;
    long before = 0;
    SpeechEncoder earlier = null;
    try (SharedGraph graph = load(size, format)) {
      for (int i = 1; i <= swaps; i++) {
        SpeechEncoder next = swap(graph, size, format, i % 3 == 0 ? "bf16" : "f32");
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
          name(format),
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
