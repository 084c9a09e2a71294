package io.sounding.operators.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RankMeErrorTest {
  private static final int D = 12;
  private static final StatisticsSettings SETTINGS = new StatisticsSettings(2, 40, 8, 20, 1, 0);

  /** Leaving out one of many shards moves RankMe as far as its derivative says. */
  @ParameterizedTest
  @ValueSource(doubles = {0, 1_000})
  void isThatOfTheJackknifeWhichLeavesOutShards(double mean) {
    List<LayerSummary> shards = shards(new Random(3), 40, 60, mean);
    double[] without = new double[shards.size()];
    double sum = 0;
    for (int left = 0; left < without.length; left++) {
      List<LayerSummary> rest = new ArrayList<>(shards);
      rest.remove(left);
      without[left] = RankMetrics.of(LayerSummary.mergeAll(rest)).rankMe();
      sum += without[left];
    }
    double squares = 0;
    for (double each : without) {
      squares += Math.pow(each - sum / without.length, 2);
    }
    double jackknife = Math.sqrt(squares * (without.length - 1) / without.length);

    assertThat(RankMeError.of(shards)).isCloseTo(jackknife, withinPercentage(3));
  }

  @Test
  void isHowFarRankMeMovesWithOtherShards() {
    Random random = new Random(4);
    int draws = 300;
    double sum = 0;
    double squares = 0;
    double squaredErrors = 0;
    for (int draw = 0; draw < draws; draw++) {
      List<LayerSummary> shards = shards(random, 16, 60, 0);
      double rankMe = RankMetrics.of(LayerSummary.mergeAll(shards)).rankMe();
      sum += rankMe;
      squares += rankMe * rankMe;
      squaredErrors += Math.pow(RankMeError.of(shards), 2);
    }
    double spread = Math.sqrt((squares - sum * sum / draws) / (draws - 1));

    assertThat(Math.sqrt(squaredErrors / draws)).isCloseTo(spread, withinPercentage(15));
  }

  /** The derivative of the entropy by differences; where there is nothing, nothing changes. */
  @Test
  void derivativesAreThoseOfRankMe() {
    double[] eigenvalues = {5, 2, 1e-3, 1e-9, 0};
    double[] derivatives = Spectrum.rankMeByEigenvalue(eigenvalues);
    for (int i = 0; i < 4; i++) {
      double step = 1e-4 * eigenvalues[i];
      double[] more = eigenvalues.clone();
      double[] less = eigenvalues.clone();
      more[i] += step;
      less[i] -= step;
      double expected =
          (Spectrum.ofEigenvalues(more).rankMe() - Spectrum.ofEigenvalues(less).rankMe())
              / (2 * step);
      assertThat(derivatives[i]).isCloseTo(expected, withinPercentage(0.1));
    }
    assertThat(derivatives[4]).isZero();
  }

  /** Rows of three columns, and the same turned into twelve dimensions: nine have no frame. */
  @Test
  void directionsWithoutFramesChangeNothing() {
    double[][] axes = {
      {0.5, 0.5, 0.5, 0.5, 0, 0, 0, 0, 0, 0, 0, 0},
      {0.5, -0.5, 0.5, -0.5, 0, 0, 0, 0, 0, 0, 0, 0},
      {0, 0, 0, 0, 0.6, 0.8, 0, 0, 0, 0, 0, 0}
    };
    Random random = new Random(7);
    List<LayerSummary> narrow = new ArrayList<>();
    List<LayerSummary> wide = new ArrayList<>();
    for (int shard = 0; shard < 8; shard++) {
      float[] few = new float[50 * 3];
      float[] many = new float[50 * D];
      for (int row = 0; row < 50; row++) {
        for (int column = 0; column < 3; column++) {
          few[row * 3 + column] = (float) (random.nextGaussian() / (column + 1 + shard % 3));
          for (int j = 0; j < D; j++) {
            many[row * D + j] += (float) (few[row * 3 + column] * axes[column][j]);
          }
        }
      }
      narrow.add(SyntheticFrames.summary(few, 3, 50, SETTINGS));
      wide.add(SyntheticFrames.summary(many, D, 50, SETTINGS));
    }

    assertThat(RankMeError.of(wide)).isCloseTo(RankMeError.of(narrow), withinPercentage(0.01));
  }

  @Test
  void equalShardsTellNoError() {
    LayerSummary one = shards(new Random(5), 1, 90, 0).get(0);
    assertThat(RankMeError.of(List.of(one, one, one, one))).isCloseTo(0, within(1e-12));
  }

  @Test
  void withoutFourShardsWithFramesThereIsNone() {
    List<LayerSummary> shards = shards(new Random(6), 3, 30, 0);
    shards.add(LayerSummary.empty(D, SETTINGS));
    assertThat(RankMeError.of(shards)).isNull();
  }

  @Test
  void ofZerosItIsZero() {
    LayerSummary zeros = SyntheticFrames.summary(new float[40 * D], D, 10, SETTINGS);
    assertThat(RankMeError.of(List.of(zeros, zeros, zeros, zeros))).isZero();
  }

  @Test
  void ofEstimatesThereIsNone() {
    StatisticsSettings sketched = SETTINGS.withSketch(SketchChoice.FREQUENT_DIRECTIONS, 4);
    LayerSummary part =
        SyntheticFrames.summary(SyntheticFrames.arithmetic(90, D, 1), D, 30, sketched);
    assertThat(RankMeError.of(List.of(part, part, part, part))).isNull();
  }

  /**
   * Shards of other scales: rows times i^-1 in column i, each shard with a direction of its own.
   */
  private static List<LayerSummary> shards(Random random, int count, int rows, double mean) {
    List<LayerSummary> shards = new ArrayList<>();
    for (int shard = 0; shard < count; shard++) {
      int own = random.nextInt(D);
      float[] frames = new float[rows * D];
      for (int i = 0; i < frames.length; i++) {
        int column = i % D;
        double spread = (column == own ? 2.0 : 1.0) / (column + 1);
        frames[i] = (float) (mean + spread * random.nextGaussian());
      }
      shards.add(SyntheticFrames.summary(frames, D, rows, SETTINGS));
    }
    return shards;
  }
}
