package io.sounding.tests.accuracy;

import io.sounding.operators.statistics.ClusterMetrics;
import io.sounding.operators.statistics.LayerAccumulator;
import io.sounding.operators.statistics.LayerSummary;
import io.sounding.operators.statistics.RankMeError;
import io.sounding.operators.statistics.RankMetrics;
import io.sounding.operators.statistics.StatisticsSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Compares standard errors with what they tell: metrics of draws of utterances, without
 * replacement, spread so far; of all utterances u / U are drawn, and the spread is divided by
 * {@code sqrt(1 - u / U)}, as the errors are those of a corpus without end.
 *
 * <p>Arguments: a NumPy file of float32 frames; a file with a line {@code utterance,frames} for
 * each utterance in the order of the frames; how many are drawn; how often; the values of k. Prints
 * a line of a table for each k: spread over error (the root mean square of the draws' errors).
 */
public final class MeasureErrors {
  private static final int SHARDS = 16;
  private static final int SEED = 1;

  private record Piece(String utterance, int from, int rows) {}

  private MeasureErrors() {}

  public static void main(String[] arguments) throws IOException {
    FrameFile frames = FrameFile.read(Path.of(arguments[0]));
    List<Piece> pieces = pieces(Files.readAllLines(Path.of(arguments[1])));
    int drawn = Integer.parseInt(arguments[2]);
    int draws = Integer.parseInt(arguments[3]);
    for (String clusters : Arrays.asList(arguments).subList(4, arguments.length)) {
      Random random = new Random(SEED);
      Estimates rankMe = new Estimates();
      Estimates inertia = new Estimates();
      Estimates silhouette = new Estimates();
      int k = 0;
      for (int draw = 0; draw < draws; draw++) {
        Collections.shuffle(pieces, random);
        StatisticsSettings settings = settings(Integer.parseInt(clusters));
        List<LayerSummary> shards = fold(frames, pieces.subList(0, drawn), settings);
        LayerSummary summary = LayerSummary.mergeAll(shards);
        ClusterMetrics metrics = ClusterMetrics.of(summary, settings);
        rankMe.add(RankMetrics.of(summary).rankMe(), RankMeError.of(shards));
        inertia.add(metrics.inertiaPerFrame(), metrics.inertiaStdErr());
        silhouette.add(metrics.silhouette(), metrics.silhouetteStdErr());
        k = metrics.k();
      }
      double part = (double) drawn / pieces.size();
      System.out.printf(
          Locale.ROOT,
          "| %s | %d | %s | %s | %s |%n",
          Path.of(arguments[0]).getFileName().toString().replace(".npy", ""),
          k,
          rankMe.ratio(part),
          inertia.ratio(part),
          silhouette.ratio(part));
    }
  }

  private static StatisticsSettings settings(int clusters) {
    StatisticsSettings defaults = StatisticsSettings.defaults();
    return defaults.with(clusters, defaults.sampleFrames());
  }

  private static List<Piece> pieces(List<String> lines) {
    List<Piece> pieces = new ArrayList<>();
    int from = 0;
    for (String line : lines) {
      String[] fields = line.split(",");
      pieces.add(new Piece(fields[0], from, Integer.parseInt(fields[1])));
      from += Integer.parseInt(fields[1]);
    }
    return pieces;
  }

  private static List<LayerSummary> fold(
      FrameFile frames, List<Piece> pieces, StatisticsSettings settings) {
    int d = frames.dimension();
    List<LayerSummary> shards = new ArrayList<>();
    for (int shard = 0; shard < SHARDS; shard++) {
      LayerAccumulator accumulator = new LayerAccumulator(d, settings);
      for (int i = shard; i < pieces.size(); i += SHARDS) {
        Piece piece = pieces.get(i);
        float[] rows =
            Arrays.copyOfRange(
                frames.values(), piece.from() * d, (piece.from() + piece.rows()) * d);
        accumulator.addUtterance(piece.utterance(), rows, piece.rows());
      }
      shards.add(accumulator.snapshot());
    }
    return shards;
  }

  /** Values of the draws, with their errors. */
  private static final class Estimates {
    private final List<Double> values = new ArrayList<>();
    private double squaredErrors;

    void add(double value, double error) {
      values.add(value);
      squaredErrors += error * error;
    }

    /** Spread over error, with its own standard error as of normal values. */
    String ratio(double part) {
      int n = values.size();
      double mean = values.stream().mapToDouble(value -> value).sum() / n;
      double squares =
          values.stream().mapToDouble(value -> (value - mean) * (value - mean)).sum() / (n - 1);
      double ratio = Math.sqrt(squares / (1 - part) / (squaredErrors / n));
      return String.format(Locale.ROOT, "%.2f ± %.2f", ratio, ratio / Math.sqrt(2.0 * (n - 1)));
    }
  }
}
