package io.sounding.operators.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlusPlusSeedingTest {

  /**
   * Tiles that are full and one that is not, dimensions that fill no step, fewer points than a
   * tile.
   */
  @ParameterizedTest
  @CsvSource({"1300, 33, 40", "512, 8, 12", "5, 2, 5", "1025, 1, 9"})
  void seedsAreThoseOfThePlainRace(int points, int d, int k) {
    float[] frames = SyntheticFrames.blobs(points, d, 7, 3, 5);
    double[] weights = new SplittableRandom(8).doubles(points, 0.5, 20).toArray();
    double[] all = IntStream.range(0, frames.length).mapToDouble(i -> frames[i]).toArray();
    PointCloud cloud = PointCloud.of(frames, points, d).alongside(all, weights);
    PlusPlusSeeding seeding = new PlusPlusSeeding(cloud);
    for (long seed = 1; seed <= 3; seed++) {
      assertThat(seeding.choose(k, 4, new SplittableRandom(seed)))
          .as("seed %d", seed)
          .containsExactly(plain(cloud, k, 4, new SplittableRandom(seed)));
    }
  }

  /** All in float64, by differences: who arrives first is drawn, who leaves the least is taken. */
  private static int[] plain(PointCloud cloud, int k, int draws, SplittableRandom random) {
    int n = cloud.size();
    double[] nearest = new double[n];
    Arrays.fill(nearest, Double.POSITIVE_INFINITY);
    int[] seeds = new int[k];
    double[] uniform = random.doubles(n).toArray();
    for (int chosen = 0; chosen < k; chosen++) {
      double[] times = new double[n];
      for (int i = 0; i < n; i++) {
        times[i] = -Math.log(1 - uniform[i]) / cloud.weight(i) / (chosen == 0 ? 1 : nearest[i]);
      }
      int[] drawn =
          IntStream.range(0, n)
              .boxed()
              .sorted((a, b) -> Double.compare(times[a], times[b]))
              .limit(draws)
              .mapToInt(i -> i)
              .filter(i -> Double.isFinite(times[i]))
              .toArray();
      double least = Double.POSITIVE_INFINITY;
      for (int candidate : drawn) {
        double potential = 0;
        for (int i = 0; i < n; i++) {
          potential += cloud.weight(i) * Math.min(nearest[i], cloud.squaredDistance(i, candidate));
        }
        if (potential < least) {
          least = potential;
          seeds[chosen] = candidate;
        }
      }
      for (int i = 0; i < n; i++) {
        nearest[i] = Math.min(nearest[i], cloud.squaredDistance(i, seeds[chosen]));
      }
      uniform = random.doubles(n).toArray();
    }
    return seeds;
  }

  @Test
  void seedsAreDistinctWhereDirectionsHoldLittleAndFramesRepeatThemselves() {
    int d = 64;
    int repeated = 900;
    int others = 20;
    SplittableRandom random = new SplittableRandom(3);
    float[] frames = new float[(repeated + others) * d];
    for (int i = 0; i < frames.length; i++) {
      frames[i] = i < repeated * d ? 2 : (float) random.nextGaussian();
    }
    PointCloud cloud = PointCloud.of(frames, repeated + others, d);
    float[] one = new float[d];
    one[5] = 1;
    PointCloud along = cloud.along(new PrincipalDirections(one, 1, d));
    int[] seeds = new PlusPlusSeeding(cloud, along).choose(100, 5, new SplittableRandom(1));
    assertThat(seeds).hasSize(others + 1).doesNotHaveDuplicates();
    assertThat(Arrays.stream(seeds).filter(seed -> seed < repeated)).hasSize(1);
  }
}
