package io.sounding.operators.relate;

import io.sounding.operators.statistics.KendallTau;
import io.sounding.operators.statistics.PearsonCorrelation;
import io.sounding.operators.statistics.SpearmanBootstrap;
import io.sounding.operators.statistics.SpearmanCorrelation;
import io.sounding.schemas.CorrelationEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The correlations of the metrics of one layer with a task's scores over a set of pairs, as events.
 */
final class CorrelationTable {

  private final PairSet pairs;
  private final long seed;
  private final int resamples;

  private CorrelationTable(PairSet pairs, long seed, int resamples) {
    this.pairs = pairs;
    this.seed = seed;
    this.resamples = resamples;
  }

  /**
   * An event per metric.
   *
   * @param layer null for the loss and the step
   * @param resamples bootstrap resamples
   */
  static List<CorrelationEvent> of(
      PairSet pairs, String corpusId, Integer layer, int resamples, Instant emittedAt) {
    CorrelationEvent.Builder group =
        CorrelationEvent.newBuilder()
            .setScope(pairs.group().scope())
            .setRunId(pairs.group().runId())
            .setStep(pairs.scoreStep() == null ? null : pairs.group().step())
            .setScoreStep(pairs.scoreStep())
            .setFromStep(pairs.fromStep())
            .setFromShare(pairs.fromShare())
            .setCorpusId(corpusId)
            .setLayer(layer)
            .setTask(pairs.group().task())
            .setSeed(pairs.seed(corpusId))
            .setEmittedAt(emittedAt);
    return new CorrelationTable(pairs, pairs.seed(corpusId), resamples).events(group);
  }

  private List<CorrelationEvent> events(CorrelationEvent.Builder group) {
    double[][] columns = pairs.columns();
    // columns without a gap share their draws
    int[] whole = IntStream.range(0, columns.length).filter(c -> isWhole(columns[c])).toArray();
    SpearmanBootstrap.Interval[] intervals =
        SpearmanBootstrap.intervals(
            Arrays.stream(whole).mapToObj(c -> columns[c]).toArray(double[][]::new),
            pairs.scores(),
            resamples,
            seed);
    List<CorrelationEvent> events = new ArrayList<>();
    for (int c = 0; c < columns.length; c++) {
      group.setMetric(pairs.metrics().get(c));
      int at = Arrays.binarySearch(whole, c);
      events.add(
          at >= 0
              ? event(group, columns[c], pairs.scores(), pairs.logSteps(), intervals[at])
              : withoutGaps(group, columns[c]));
    }
    return events;
  }

  private CorrelationEvent withoutGaps(CorrelationEvent.Builder group, double[] column) {
    int[] there = IntStream.range(0, column.length).filter(i -> !Double.isNaN(column[i])).toArray();
    double[] x = picked(column, there);
    double[] y = picked(pairs.scores(), there);
    double[] z = pairs.logSteps() == null ? null : picked(pairs.logSteps(), there);
    return event(
        group, x, y, z, SpearmanBootstrap.intervals(new double[][] {x}, y, resamples, seed)[0]);
  }

  private static CorrelationEvent event(
      CorrelationEvent.Builder group,
      double[] x,
      double[] y,
      double[] logSteps,
      SpearmanBootstrap.Interval interval) {
    boolean enough = x.length >= PairTable.LEAST_PAIRS;
    return group
        .setPairs(x.length)
        .setPearson(enough ? orNull(PearsonCorrelation.of(x, y)) : null)
        .setSpearman(enough ? orNull(SpearmanCorrelation.of(x, y)) : null)
        .setKendall(enough ? orNull(KendallTau.of(x, y)) : null)
        .setSpearmanLow(orNull(interval.low()))
        .setSpearmanHigh(orNull(interval.high()))
        .setResamples(interval.resamples())
        .setSpearmanGivenStep(
            logSteps == null ? null : orNull(SpearmanCorrelation.given(x, y, logSteps)))
        .build();
  }

  private static boolean isWhole(double[] column) {
    return Arrays.stream(column).noneMatch(Double::isNaN);
  }

  private static double[] picked(double[] values, int[] indices) {
    return Arrays.stream(indices).mapToDouble(i -> values[i]).toArray();
  }

  private static Double orNull(double value) {
    return Double.isNaN(value) ? null : value;
  }
}
