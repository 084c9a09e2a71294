package io.sounding.operators.statistics;

import com.sun.management.OperatingSystemMXBean;
import io.sounding.tests.accuracy.FrameFile;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * What is left to compute when the last shard of a layer is there: {@value #SHARDS} summaries as
 * bytes become one, its rank family and, beside it, its cluster family (k = 1024). Prints a
 * Markdown table of the parts: seconds that pass and processor seconds, medians over the
 * repetitions after one that warms up.
 *
 * <p>Run by {@code tests/speed/closing}. Arguments: the number of repetitions, then NumPy files of
 * frames; {@code speech} stands for frames made here, an hour of them: {@value #FRAMES} frames of
 * dimension {@value #DIMENSION}. It lives in this package because the parts are not public.
 */
public final class ClosingProbe {
  private static final int SHARDS = 32;
  private static final int FRAMES = 180_000;
  private static final int DIMENSION = 768;
  private static final int SOUNDS = 400;
  private static final int SOUND_FRAMES = 5;
  private static final int UTTERANCE_FRAMES = 300;

  private final Map<String, List<double[]>> parts = new LinkedHashMap<>();

  private ClosingProbe() {}

  public static void main(String[] arguments) throws IOException {
    for (String frames : Arrays.asList(arguments).subList(1, arguments.length)) {
      ClosingProbe probe = new ClosingProbe();
      List<byte[]> shards =
          probe.fold(frames.equals("speech") ? speech() : FrameFile.read(Path.of(frames)));
      System.out.printf("%n%s:%n%n", frames);
      probe.close(shards);
      probe.parts.clear();
      String last = "";
      for (int i = 0; i < Integer.parseInt(arguments[0]); i++) {
        last = probe.close(shards);
      }
      probe.print();
      System.out.println();
      System.out.println(last);
    }
  }

  private List<byte[]> fold(FrameFile frames) {
    List<byte[]> shards = new ArrayList<>();
    int d = frames.dimension();
    try (FoldProducts products = new HostProducts()) {
      for (int shard = 0; shard < SHARDS; shard++) {
        LayerAccumulator accumulator =
            new LayerAccumulator(d, StatisticsSettings.defaults(), 1.0 / SHARDS);
        for (int from = shard * UTTERANCE_FRAMES;
            from < frames.rows();
            from += SHARDS * UTTERANCE_FRAMES) {
          int to = Math.min(from + UTTERANCE_FRAMES, frames.rows());
          float[] rows = Arrays.copyOfRange(frames.values(), from * d, to * d);
          accumulator.addUtterance("utterance-" + from, rows, 0, to - from, products);
        }
        shards.add(accumulator.finish(products).toBytes());
      }
    }
    return shards;
  }

  private String close(List<byte[]> shards) {
    StatisticsSettings settings = StatisticsSettings.defaults();
    List<LayerSummary> parsed = part("shards from bytes", () -> read(shards));
    List<LayerSummary> ready = part("pending rows folded", () -> LayerSummary.readyToMerge(parsed));
    LayerSummary merged = part("merging", () -> LayerSummary.mergeAll(ready));
    part("error of RankMe", () -> RankMeError.of(ready) == null);
    byte[] bytes = part("merged one to bytes", merged::toBytes);
    LayerSummary summary = part("and back", () -> LayerSummary.fromBytes(bytes));
    LayerMetrics metrics = part("both families", () -> LayerMetrics.of(summary, settings));
    part("- rank family", () -> RankMetrics.of(summary));
    clusterParts(summary, settings);
    return metrics.rank() + "\n" + metrics.clusters();
  }

  /** The cluster family once more, part by part. */
  private void clusterParts(LayerSummary summary, StatisticsSettings settings) {
    FrameSample sample = summary.sample();
    int k = CentroidSearch.supportedClusters(sample, settings.clusters());
    PointCloud cloud =
        part(
            "- points centred",
            () -> PointCloud.of(sample.rows(), sample.size(), sample.dimension()));
    MicroCentroids micro =
        sample.complete()
            ? MicroCentroids.empty(sample.dimension())
            : MicroCentroids.union(sample.dimension(), List.of(summary.microCentroids()));
    Clustering found =
        part(
            "- search",
            () -> CentroidSearch.search(cloud, micro, k, settings.restarts(), settings.seed()));
    CentroidDistances distances =
        part("- distances", () -> CentroidDistances.of(sample, cloud, found));
    Partition partition =
        part(
            "- partition",
            () -> new Partition(sample.rows(), distances.labels(), k, cloud.centre()));
    part("- Davies-Bouldin", partition::daviesBouldin);
    part(
        "- silhouette",
        () ->
            Silhouette.of(
                sample.rows(),
                Math.min(sample.size(), settings.silhouetteFrames()),
                distances.labels(),
                k,
                cloud.centre()));
  }

  private <T> T part(String name, Supplier<T> work) {
    OperatingSystemMXBean process =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long cpu = process.getProcessCpuTime();
    long wall = System.nanoTime();
    T result = work.get();
    double[] seconds = {
      (System.nanoTime() - wall) * 1e-9, (process.getProcessCpuTime() - cpu) * 1e-9
    };
    parts.computeIfAbsent(name, key -> new ArrayList<>()).add(seconds);
    return result;
  }

  private void print() {
    System.out.println("| part | seconds | processor seconds |");
    System.out.println("| --- | ---: | ---: |");
    double[] sum = new double[2];
    parts.forEach(
        (name, times) -> {
          double[] median = {median(times, 0), median(times, 1)};
          if (name.startsWith("-")) {
            row("&nbsp; " + name.substring(2), median);
          } else {
            row(name, median);
            sum[0] += median[0];
            sum[1] += median[1];
          }
        });
    row("**all**", sum);
  }

  private static void row(String name, double[] seconds) {
    System.out.printf(Locale.ROOT, "| %s | %.3f | %.3f |%n", name, seconds[0], seconds[1]);
  }

  private static double median(List<double[]> times, int index) {
    return times.stream().mapToDouble(time -> time[index]).sorted().toArray()[times.size() / 2];
  }

  /**
   * Frames that pass from one of {@value #SOUNDS} sounds to the next in {@value #SOUND_FRAMES}
   * frames, frequent ones more often, and vary about them: standard deviations of coordinate j are
   * as j^-0.8.
   */
  private static FrameFile speech() {
    SplittableRandom random = new SplittableRandom(1);
    double[] deviations = new double[DIMENSION];
    for (int j = 0; j < DIMENSION; j++) {
      deviations[j] = Math.pow(1 + j, -0.8);
    }
    double[] sounds = new double[SOUNDS * DIMENSION];
    for (int i = 0; i < sounds.length; i++) {
      sounds[i] = random.nextGaussian() * deviations[i % DIMENSION];
    }
    float[] frames = new float[FRAMES * DIMENSION];
    int from = 0;
    int to = 0;
    for (int i = 0; i < FRAMES; i++) {
      if (i % SOUND_FRAMES == 0) {
        from = to;
        double draw = random.nextDouble();
        to = (int) (SOUNDS * draw * draw);
      }
      double share = (double) (i % SOUND_FRAMES) / SOUND_FRAMES;
      for (int j = 0; j < DIMENSION; j++) {
        double sound =
            (1 - share) * sounds[from * DIMENSION + j] + share * sounds[to * DIMENSION + j];
        frames[i * DIMENSION + j] = (float) (sound + random.nextGaussian(0, 0.5) * deviations[j]);
      }
    }
    return new FrameFile(frames, FRAMES, DIMENSION);
  }

  private static List<LayerSummary> read(List<byte[]> shards) {
    SummaryReader reader = new SummaryReader();
    shards.forEach(reader::add);
    return reader.summaries();
  }
}
