package io.sounding.tests.accuracy;

import io.sounding.operators.assemble.Shards;
import io.sounding.operators.statistics.ClusterMetrics;
import io.sounding.operators.statistics.LayerAccumulator;
import io.sounding.operators.statistics.LayerSummary;
import io.sounding.operators.statistics.RankMetrics;
import io.sounding.operators.statistics.StatisticsSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Prints the metrics of frames that lie in a file, as the job would compute them: utterances go to
 * {@value #SHARDS} shards by the hash of their id, every shard is folded on its own, its summary
 * travels as bytes, and the summaries are merged in the order of the shards.
 *
 * <p>Arguments: a NumPy file of float32 frames; a file with a line {@code utterance,frames} for
 * each utterance in the order of the frames; the values of k. Everything else is as by default. The
 * output is one line of JSON, the rank family once and the cluster family for each k.
 */
public final class MeasureFrames {
  private static final int SHARDS = 32;

  private record Piece(String utterance, int from, int rows) {}

  private MeasureFrames() {}

  public static void main(String[] arguments) throws IOException {
    FrameFile frames = FrameFile.read(Path.of(arguments[0]));
    List<List<Piece>> shards = shards(Files.readAllLines(Path.of(arguments[1])), frames.rows());
    StringBuilder json = new StringBuilder("{");
    for (String clusters : Arrays.asList(arguments).subList(2, arguments.length)) {
      StatisticsSettings settings = settings(Integer.parseInt(clusters));
      long start = System.nanoTime();
      LayerSummary summary = fold(frames, shards, settings);
      double foldSeconds = seconds(start);
      if (json.length() == 1) {
        long rankStart = System.nanoTime();
        json.append("\"rank\": ").append(RecordJson.of(RankMetrics.of(summary)));
        json.append(", \"rankSeconds\": ").append(seconds(rankStart));
      }
      long clusterStart = System.nanoTime();
      String metrics = RecordJson.of(ClusterMetrics.of(summary, settings));
      json.append(", \"k").append(clusters).append("\": {\"clusters\": ").append(metrics);
      json.append(", \"settings\": ").append(RecordJson.of(settings));
      json.append(", \"foldSeconds\": ").append(foldSeconds);
      json.append(", \"clusterSeconds\": ").append(seconds(clusterStart)).append('}');
    }
    System.out.println(json.append('}'));
  }

  private static StatisticsSettings settings(int clusters) {
    StatisticsSettings defaults = StatisticsSettings.defaults();
    return new StatisticsSettings(
        clusters,
        defaults.sampleFrames(),
        defaults.microCentroids(),
        defaults.silhouetteFrames(),
        defaults.restarts(),
        defaults.seed(),
        defaults.sketch(),
        defaults.sketchRows());
  }

  private static List<List<Piece>> shards(List<String> lines, int rows) {
    List<List<Piece>> shards = new ArrayList<>();
    for (int shard = 0; shard < SHARDS; shard++) {
      shards.add(new ArrayList<>());
    }
    int from = 0;
    for (String line : lines) {
      String[] fields = line.split(",");
      Piece piece = new Piece(fields[0], from, Integer.parseInt(fields[1]));
      shards.get(Shards.of(piece.utterance(), SHARDS)).add(piece);
      from += piece.rows();
    }
    if (from != rows) {
      throw new IllegalArgumentException(
          "The utterances have " + from + " frames, the matrix has " + rows + ".");
    }
    return shards;
  }

  private static LayerSummary fold(
      FrameFile frames, List<List<Piece>> shards, StatisticsSettings settings) {
    List<LayerSummary> summaries = new ArrayList<>();
    int d = frames.dimension();
    for (List<Piece> shard : shards) {
      int shardRows = shard.stream().mapToInt(Piece::rows).sum();
      if (shardRows == 0) {
        continue;
      }
      double share = (double) shardRows / frames.rows();
      LayerAccumulator accumulator = new LayerAccumulator(d, settings, share);
      for (Piece piece : shard) {
        float[] rows =
            Arrays.copyOfRange(
                frames.values(), piece.from() * d, (piece.from() + piece.rows()) * d);
        accumulator.addUtterance(piece.utterance(), rows, piece.rows());
      }
      summaries.add(LayerSummary.fromBytes(accumulator.snapshot().toBytes()));
    }
    return LayerSummary.mergeAll(summaries);
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) * 1e-9;
  }
}
