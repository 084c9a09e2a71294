package io.sounding.jobs.relate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sounding.schemas.CorrelationEvent;
import io.sounding.schemas.CorrelationScope;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CorrelationWordsTest {

  private static CorrelationEvent.Builder event(String metric, int pairs, double spearman) {
    return CorrelationEvent.newBuilder()
        .setScope(CorrelationScope.ALONG_RUN)
        .setRunId("a")
        .setFromStep(320)
        .setFromShare(0.1)
        .setCorpusId("dev")
        .setLayer(4)
        .setMetric(metric)
        .setTask("digits")
        .setPairs(pairs)
        .setPearson(spearman)
        .setSpearman(spearman)
        .setKendall(spearman)
        .setEmittedAt(Instant.EPOCH);
  }

  private static String words(CorrelationEvent.Builder... events) {
    List<CorrelationEvent> built = new ArrayList<>();
    for (CorrelationEvent.Builder event : events) {
      built.add(event.build());
    }
    List<CorrelationGroup> groups = CorrelationGroup.of(built);
    assertThat(groups).hasSize(1);
    return String.join("\n", CorrelationWords.of(groups.get(0)));
  }

  /** Enumerates all orders, and finds where chance ends: at most 5 % lie there or beyond. */
  @ParameterizedTest
  @ValueSource(ints = {6, 7, 8})
  void chanceIsWhatEnumerationSays(int n) {
    List<Double> sizes = new ArrayList<>();
    permute(new int[n], new boolean[n], 0, sizes);
    sizes.sort(null);
    double lastByChance = sizes.get((int) Math.ceil(0.95 * sizes.size()) - 1);

    assertThat(CorrelationWords.chance(n, 0)).isCloseTo(lastByChance, within(0.06));
  }

  private static void permute(int[] order, boolean[] used, int at, List<Double> sizes) {
    int n = order.length;
    if (at == n) {
      double squares = 0;
      for (int i = 0; i < n; i++) {
        squares += (order[i] - i) * (order[i] - i);
      }
      sizes.add(Math.abs(1 - 6 * squares / (n * (n * n - 1.0))));
      return;
    }
    for (int value = 0; value < n; value++) {
      if (!used[value]) {
        used[value] = true;
        order[at] = value;
        permute(order, used, at + 1, sizes);
        used[value] = false;
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"3, 3", "4, 12"})
  void withFewPairsNothingCanBeTold(int pairs, int cases) {
    assertThat(words(event("rankMe", pairs, 1)))
        .contains(
            "With %d pairs nothing can be told from luck: %d pairs stand in perfect order, up or down, in 1 of %d cases."
                .formatted(pairs, pairs, cases))
        .doesNotContain("beyond");
  }

  @ParameterizedTest
  @CsvSource({"5, 0.98", "7, 0.80", "12, 0.59", "50, 0.28"})
  void withMorePairsItIsToldWhatLuckReaches(int pairs, String chance) {
    assertThat(words(event("rankMe", pairs, 0.5)))
        .contains("beyond \u00b1" + chance + " in 1 of 20 cases");
  }

  @Test
  void wideIntervalsTellNothingApart() {
    assertThat(
            words(
                event("rankMe", 7, 0.3).setSpearmanLow(-0.5).setSpearmanHigh(0.9),
                event("anisotropy", 7, 0.3).setSpearmanLow(0.1).setSpearmanHigh(0.9)))
        .contains(
            "Half of the intervals are \u00b10.70 or wider, which does not tell one metric from the other; 1 of 2 leave out zero.");
  }

  @Test
  void anIntervalBelowZeroLeavesItOutToo() {
    assertThat(
            words(
                event("rankMe", 12, -0.5).setSpearmanLow(-0.9).setSpearmanHigh(-0.1),
                event("anisotropy", 12, -0.5).setSpearmanLow(-0.8).setSpearmanHigh(-0.2),
                event("silhouette", 12, -0.5).setSpearmanLow(-0.9).setSpearmanHigh(0.1),
                event("daviesBouldin", 12, -0.5)))
        .contains("; 2 of 3 leave out zero.");
  }

  @Test
  void anIntervalThatEndsAtZeroHoldsIt() {
    assertThat(
            words(
                event("rankMe", 12, -0.5).setSpearmanLow(-0.9).setSpearmanHigh(0.0),
                event("anisotropy", 12, 0.5).setSpearmanLow(0.0).setSpearmanHigh(0.9)))
        .contains("; 0 of 2 leave out zero.");
  }

  @Test
  void anIntervalWithoutWidthIsNoCertainty() {
    assertThat(words(event("rankMe", 7, 1).setSpearmanLow(1.0).setSpearmanHigh(1.0)))
        .contains("is no certainty");
    assertThat(words(event("rankMe", 7, 1).setSpearmanLow(0.9).setSpearmanHigh(1.0)))
        .doesNotContain("is no certainty");
  }

  @Test
  void alongARunTheStepAloneTellsNearlyAll() {
    CorrelationEvent.Builder step = event("logStep", 12, 0.97).setLayer(null);
    CorrelationEvent.Builder loss = event("trainingLoss", 12, -0.8).setLayer(null);

    assertThat(
            words(
                step,
                loss,
                event("rankMe", 12, 0.9).setSpearmanGivenStep(0.4),
                event("anisotropy", 12, -0.97), // no more
                event("silhouette", 12, -0.98)))
        .contains(
            "The step alone has 0.97 with the score: along one run whatever moves with time looks good. 1 of 3 metrics have more, 3 have more than the training loss (-0.80).")
        .contains("there luck alone goes beyond \u00b10.62 in 1 of 20 cases");
    assertThat(words(step, event("rankMe", 12, 0.9)))
        .contains("is empty: the step orders metric or score completely");
  }

  @ParameterizedTest
  @CsvSource({
    "3, , is empty: it takes 4 pairs.",
    "4, , is empty: the step orders metric or score completely",
    "4, 0.5, takes that out; with 4 pairs nothing in it can be told from luck.",
    "5, 0.5, takes that out; with 5 pairs nothing in it can be told from luck.",
    "6, 0.5, there luck alone goes beyond \u00b10.98 in 1 of 20 cases"
  })
  void noCorrelationIsSaidToGoBeyondOne(int pairs, Double givenStep, String expected) {
    assertThat(
            words(
                event("logStep", pairs, 0.8).setLayer(null),
                event("rankMe", pairs, 0.9).setSpearmanGivenStep(givenStep)))
        .contains(expected)
        .doesNotContain("beyond \u00b11");
  }

  @Test
  void luckIsThatOfTheMetricWithTheFewestPairs() {
    assertThat(words(event("rankMe", 12, 0.5), event("silhouette", 7, 0.5)))
        .contains(
            "With 7 pairs, as the metric that is known of the fewest has, unrelated series have a Spearman correlation beyond \u00b10.80");
    assertThat(
            words(event("rankMe", 12, 0.5), event("silhouette", 2, 0.5).setSpearman((Double) null)))
        .contains("With 12 pairs, unrelated");
  }

  @Test
  void aStepThatTellsLittleIsNotBlamed() {
    assertThat(
            words(
                event("logStep", 12, 0.2).setLayer(null),
                event("rankMe", 12, 0.9).setSpearmanGivenStep(0.8)))
        .contains("The step alone has 0.20 with the score. 1 of 1 metrics have more.")
        .doesNotContain("looks good");
  }

  /** A run whose losses nobody told, and one whose scores are all the same. */
  @Test
  void whatIsNotDefinedIsNoRival() {
    CorrelationEvent.Builder noLoss =
        event("trainingLoss", 0, 0).setLayer(null).setSpearman((Double) null);
    CorrelationEvent.Builder noStep =
        event("logStep", 12, 0).setLayer(null).setSpearman((Double) null);

    assertThat(
            words(
                event("logStep", 12, 0.2).setLayer(null),
                noLoss,
                event("rankMe", 12, 0.9).setSpearmanGivenStep(0.8)))
        .contains("1 of 1 metrics have more.")
        .doesNotContain("training loss");
    assertThat(words(noStep, noLoss, event("rankMe", 12, 0).setSpearman((Double) null)))
        .startsWith("With 12 pairs, unrelated")
        .doesNotContain("step alone");
  }

  @Test
  void manyComparisonsFlatterTheBest() {
    CorrelationEvent.Builder[] events = new CorrelationEvent.Builder[90];
    for (int i = 0; i < events.length; i++) {
      events[i] = event("metric" + i % 18, 12, 0.01 * i).setLayer(i / 18);
    }

    assertThat(words(events))
        .contains("90 correlations stand side by side")
        .contains("of 90 independent unrelated ones about 5 would be beyond chance");
    assertThat(words(events[0], events[1]))
        .contains("of 2 independent unrelated ones the best is beyond chance in 10 of 100 cases");
  }

  @Test
  void untrainedCheckpointsAreWarnedOf() {
    assertThat(words(event("rankMe", 12, 0.5).setFromStep(0).setFromShare(null)))
        .startsWith("Every checkpoint is in, untrained ones too if there are any");
    assertThat(words(event("rankMe", 12, 0.5))).doesNotContain("untrained");
  }

  @Test
  void acrossRunsTheStepIsNoRival() {
    assertThat(
            words(
                event("rankMe", 5, 0.9)
                    .setScope(CorrelationScope.ACROSS_RUNS)
                    .setRunId(null)
                    .setFromStep(0)
                    .setFromShare(null)
                    .setStep(50_000L)
                    .setScoreStep(200_000L)))
        .startsWith("With 5 pairs")
        .doesNotContain("step alone", "untrained");
  }
}
