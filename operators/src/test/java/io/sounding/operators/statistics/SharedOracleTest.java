package io.sounding.operators.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The metrics of two really trained checkpoints against float64 references (scikit-learn full-batch
 * k-means, SVD). The data lies beside the checkout or where the system property sounding.shared
 * says; without it the tests are skipped.
 */
class SharedOracleTest {
  private static final int D = 128;
  private static final int SHARDS = 16;

  @ParameterizedTest
  @CsvSource({"A, 3200, A_step03200_dev_last.npy", "B, 800, B_step00800_dev_last.npy"})
  void agreesWithTheOracle(String run, int step, String embeddings) throws IOException {
    Path shared = shared();
    JsonNode oracle = oracle(shared.resolve("checkpoints/" + run + "/oracle.json"), step);
    LayerSummary summary =
        LayerSummary.mergeAll(shards(shared, embeddings, StatisticsSettings.defaults()));
    RankMetrics rank = RankMetrics.of(summary);
    relative(rank.rankMe(), oracle, "rankMe", 1e-6);
    relative(rank.rankMeCentred(), oracle, "rankMeCentred", 1e-6);
    relative(rank.rankMeUtterance(), oracle, "rankMeUtterance", 1e-6);
    relative(rank.effectiveRankSquared(), oracle, "effectiveRankSquared", 1e-6);
    relative(rank.stableRank(), oracle, "stableRank", 1e-6);
    relative(rank.participationRatio(), oracle, "participationRatio", 1e-6);
    relative(rank.alphaReQ(), oracle, "alphaReQ", 1e-6);
    relative(rank.anisotropy(), oracle, "anisotropy", 1e-6);
    relative(rank.meanNorm(), oracle, "meanNorm", 1e-6);
    relative(rank.normalisedStd(), oracle, "normalisedStd", 1e-6);
    for (int k : new int[] {32, 64}) {
      JsonNode expected = oracle.get("k" + k);
      ClusterMetrics clusters =
          ClusterMetrics.of(summary, new StatisticsSettings(k, 40_960, 256, 5_000, 4, 0));
      relative(clusters.inertiaPerFrame(), expected, "inertiaPerFrame", 0.02);
      relative(clusters.inertiaNormalised(), expected, "inertiaNormalised", 0.02);
      relative(clusters.daviesBouldin(), expected, "daviesBouldin", 0.04);
      relative(clusters.calinskiHarabasz(), expected, "calinskiHarabasz", 0.04);
      relative(clusters.usagePerplexity(), expected, "usagePerplexity", 0.04);
      assertThat(clusters.silhouette())
          .as("silhouette")
          .isCloseTo(expected.get("silhouette").asDouble(), within(0.015));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "A, 3200, A_step03200_dev_last.npy, 32, 0.05",
    "A, 3200, A_step03200_dev_last.npy, 64, 0.04",
    "B, 800, B_step00800_dev_last.npy, 32, 0.05",
    "B, 800, B_step00800_dev_last.npy, 64, 0.04"
  })
  void frequentDirectionsComeCloseToTheOracleAndTheirIntervalHoldsIt(
      String run, int step, String embeddings, int rows, double tolerance) throws IOException {
    Path shared = shared();
    JsonNode oracle = oracle(shared.resolve("checkpoints/" + run + "/oracle.json"), step);
    StatisticsSettings settings =
        StatisticsSettings.defaults().withSketch(SketchChoice.FREQUENT_DIRECTIONS, rows);
    RankMetrics rank = RankMetrics.of(LayerSummary.mergeAll(shards(shared, embeddings, settings)));
    assertThat(rank.sketch()).isEqualTo("frequent-directions-" + rows);
    assertThat(oracle.get("rankMe").asDouble()).isBetween(rank.rankMeLow(), rank.rankMeHigh());
    relative(rank.rankMe(), oracle, "rankMe", tolerance);
    relative(rank.rankMeCentred(), oracle, "rankMeCentred", tolerance);
    relative(rank.rankMeUtterance(), oracle, "rankMeUtterance", tolerance);
    relative(rank.stableRank(), oracle, "stableRank", 1e-3);
    relative(rank.participationRatio(), oracle, "participationRatio", tolerance);
    relative(rank.effectiveRankSquared(), oracle, "effectiveRankSquared", 0.1);
    relative(rank.anisotropy(), oracle, "anisotropy", 1e-6);
  }

  private static void relative(double actual, JsonNode oracle, String field, double tolerance) {
    assertThat(actual)
        .as(field)
        .isCloseTo(oracle.get(field).asDouble(), withinPercentage(100 * tolerance));
  }

  private static Path shared() {
    List<Path> places =
        Stream.of(System.getProperty("sounding.shared"), "../shared", "../../shared")
            .filter(place -> place != null)
            .map(Path::of)
            .filter(place -> Files.isDirectory(place.resolve("embeddings")))
            .toList();
    assumeTrue(!places.isEmpty(), "the reference embeddings are not there");
    return places.get(0);
  }

  private static JsonNode oracle(Path file, int step) throws IOException {
    for (JsonNode entry : new ObjectMapper().readTree(file.toFile())) {
      if (entry.get("step").asInt() == step) {
        return entry.get("layers").get("4");
      }
    }
    throw new IllegalStateException("No step " + step + " in " + file + ".");
  }

  private static List<LayerSummary> shards(
      Path shared, String embeddings, StatisticsSettings settings) throws IOException {
    List<LayerAccumulator> shards = new ArrayList<>();
    for (int i = 0; i < SHARDS; i++) {
      shards.add(new LayerAccumulator(D, settings));
    }
    float[] frames = floats(shared.resolve("embeddings").resolve(embeddings));
    int from = 0;
    List<String> manifest = Files.readAllLines(shared.resolve("speech/dev/manifest.csv"));
    for (String line : manifest.subList(1, manifest.size())) {
      String[] fields = line.split(",");
      int rows = (Integer.parseInt(fields[4]) - 400) / 320 + 1;
      shards
          .get(Math.floorMod(fields[0].hashCode(), SHARDS))
          .addUtterance(fields[0], SyntheticFrames.rows(frames, D, from, from + rows), rows);
      from += rows;
    }
    assertThat(from * D).isEqualTo(frames.length);
    return shards.stream().map(LayerAccumulator::snapshot).toList();
  }

  /** Values of a little-endian float32 .npy file of version 1. */
  private static float[] floats(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    bytes.position(10 + bytes.getShort(8));
    float[] values = new float[bytes.remaining() / Float.BYTES];
    bytes.asFloatBuffer().get(values);
    return values;
  }
}
