package io.sounding.operators.statistics;

import io.sounding.tests.accuracy.FrameFile;
import io.sounding.tests.speed.ProductRate;
import io.sounding.tests.speed.SideBySide;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * Our side of {@code tests/speed/compare}: a process that stays warm and takes the measurement that
 * a line of its input names. It lives in this package because final clustering and eigenvalues are
 * not public.
 *
 * <pre>
 *   fold MICRO shards     all frames into the summaries of shards, each thread a share of them
 *   products              rates of float64 and float32 products, operations per second
 *   lloyd ITERATIONS      k-means on the sample from the given centroids
 *   eigenvalues           of the second moments of the sample
 * </pre>
 *
 * <p>Arguments: NumPy files of all frames, of the sample, of the centroids to start from; the
 * number of threads. Each answer is a line of numbers, the first one in seconds, except for {@code
 * products}.
 */
public final class SpeedProbe {
  private static final int UTTERANCE_FRAMES = 300;

  private final int dimension;
  private final List<float[]> utterances = new ArrayList<>();
  private final FrameFile sample;
  private final FrameFile start;
  private final int threads;
  private final ProductRate products;

  private SpeedProbe(FrameFile frames, FrameFile sample, FrameFile start, int threads) {
    dimension = frames.dimension();
    int values = UTTERANCE_FRAMES * dimension;
    // each in an array of its own, as models give them
    for (int from = 0; from < frames.values().length; from += values) {
      int to = Math.min(from + values, frames.values().length);
      utterances.add(Arrays.copyOfRange(frames.values(), from, to));
    }
    this.sample = sample;
    this.start = start;
    this.threads = threads;
    products = new ProductRate(threads);
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    SpeedProbe probe =
        new SpeedProbe(
            FrameFile.read(Path.of(arguments[0])),
            FrameFile.read(Path.of(arguments[1])),
            FrameFile.read(Path.of(arguments[2])),
            Integer.parseInt(arguments[3]));
    System.out.println("ready");
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      System.out.println(probe.measure(line.split(" ")));
    }
  }

  private String measure(String[] words) throws InterruptedException {
    return switch (words[0]) {
      case "fold" -> fold(Integer.parseInt(words[1]), Integer.parseInt(words[2]));
      case "products" -> products.float64() + " " + products.float32();
      case "lloyd" -> lloyd(Integer.parseInt(words[1]));
      case "eigenvalues" -> eigenvalues();
      default -> throw new IllegalArgumentException("There is no measurement " + words[0] + ".");
    };
  }

  /** Seconds, and the frames the summaries hold. */
  private String fold(int microCentroids, int shards) throws InterruptedException {
    StatisticsSettings defaults = StatisticsSettings.defaults();
    StatisticsSettings settings =
        new StatisticsSettings(
            defaults.clusters(),
            defaults.sampleFrames(),
            microCentroids,
            defaults.silhouetteFrames(),
            defaults.restarts(),
            defaults.seed(),
            defaults.sketch(),
            defaults.sketchRows());
    List<Callable<Long>> shares = new ArrayList<>();
    for (int thread = 0; thread < threads; thread++) {
      int first = thread;
      shares.add(() -> foldShards(first, shards, settings));
    }
    long begun = System.nanoTime();
    List<Long> folded = SideBySide.run(shares);
    return seconds(begun) + " " + folded.stream().mapToLong(Long::longValue).sum();
  }

  /** Every shard from this one on in steps of the number of threads, pending rows folded too. */
  private long foldShards(int first, int shards, StatisticsSettings settings) {
    long folded = 0;
    HostProducts products = new HostProducts();
    for (int shard = first; shard < shards; shard += threads) {
      LayerAccumulator accumulator = new LayerAccumulator(dimension, settings, 1.0 / shards);
      for (int i = shard; i < utterances.size(); i += shards) {
        float[] rows = utterances.get(i);
        accumulator.addUtterance("utterance-" + i, rows, 0, rows.length / dimension, products);
      }
      folded += accumulator.finish(products).frames();
    }
    return folded;
  }

  /**
   * Seconds of one clustering, which takes all processors of the process; iterations; and cost, the
   * mean squared distance to the nearest centroid.
   */
  private String lloyd(int iterations) {
    PointCloud cloud = PointCloud.of(sample.values(), sample.rows(), sample.dimension());
    double[] centroids = new double[start.values().length];
    for (int i = 0; i < centroids.length; i++) {
      double centre = cloud.centre()[i % start.dimension()];
      centroids[i] = (start.values()[i] - centre) / cloud.unit();
    }
    long begun = System.nanoTime();
    Clustering found = Lloyd.run(cloud, centroids, start.rows(), iterations);
    double seconds = seconds(begun);
    double cost = found.inertia() * cloud.unit() * cloud.unit() / sample.rows();
    return seconds + " " + found.iterations() + " " + cost;
  }

  /** Seconds, and the effective rank. */
  private String eigenvalues() {
    int d = sample.dimension();
    int rows = Math.min(4 * d, sample.rows());
    LayerAccumulator accumulator = new LayerAccumulator(d, StatisticsSettings.defaults());
    accumulator.addUtterance("head", Arrays.copyOf(sample.values(), rows * d), rows);
    LayerSummary summary = accumulator.snapshot().completed();
    long begun = System.nanoTime();
    double rankMe = summary.frameSketch().uncentredSpectrum().rankMe();
    return seconds(begun) + " " + rankMe;
  }

  private static double seconds(long begun) {
    return (System.nanoTime() - begun) * 1e-9;
  }
}
