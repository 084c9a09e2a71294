package io.sounding.tests.accuracy;

import io.sounding.operators.admit.Manifest;
import io.sounding.operators.assemble.Division;
import io.sounding.operators.statistics.ClusterMetrics;
import io.sounding.operators.statistics.LayerAccumulator;
import io.sounding.operators.statistics.LayerSummary;
import io.sounding.operators.statistics.RankMeError;
import io.sounding.operators.statistics.RankMetrics;
import io.sounding.operators.statistics.StatisticsSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Values of a corpus' frames with their standard errors, as the job computes them: utterances are
 * divided among shards by length, every shard is folded on its own, the summaries are merged.
 *
 * @param rankMe RankMe
 * @param rankMeErrors its error with each number of shards
 * @param clusters the cluster family, which does not depend on shards
 */
record CorpusEstimates(double rankMe, double[] rankMeErrors, ClusterMetrics clusters) {

  /**
   * Evaluates a corpus.
   *
   * @param utterances frames of each, {@code [frames * d]}, row-major
   * @param numbers of shards, each 4 to the number of utterances
   */
  static CorpusEstimates of(
      float[][] utterances, int dimension, StatisticsSettings settings, int... numbers) {
    String[] ids = new String[utterances.length];
    Arrays.setAll(ids, i -> "utterance " + i);
    LayerSummary whole = null;
    double[] errors = new double[numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      List<LayerSummary> shards = fold(ids, utterances, dimension, settings, numbers[i]);
      errors[i] = RankMeError.of(shards);
      whole = whole == null ? LayerSummary.mergeAll(shards) : whole;
    }
    double rankMe = RankMetrics.of(whole).rankMe();
    return new CorpusEstimates(rankMe, errors, ClusterMetrics.of(whole, settings));
  }

  private static List<LayerSummary> fold(
      String[] ids, float[][] utterances, int d, StatisticsSettings settings, int number) {
    Division division = Division.of(manifest(ids, utterances), number);
    List<LayerSummary> shards = new ArrayList<>();
    for (int shard = 0; shard < number; shard++) {
      LayerAccumulator accumulator = new LayerAccumulator(d, settings);
      for (int i = 0; i < ids.length; i++) {
        if (division.shardOf(ids[i]) == shard) {
          accumulator.addUtterance(ids[i], utterances[i], utterances[i].length / d);
        }
      }
      shards.add(accumulator.snapshot());
    }
    return shards;
  }

  /** Lengths alone: that is what a corpus is divided by. */
  private static Manifest manifest(String[] ids, float[][] utterances) {
    long[] lengths = Arrays.stream(utterances).mapToLong(frames -> frames.length).toArray();
    int[] rates = IntStream.generate(() -> 1).limit(ids.length).toArray();
    return new Manifest("simulated", null, ids, lengths, rates, null, null);
  }
}
