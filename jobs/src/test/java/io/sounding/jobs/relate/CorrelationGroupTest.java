package io.sounding.jobs.relate;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.schemas.CorrelationEvent;
import io.sounding.schemas.CorrelationScope;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class CorrelationGroupTest {

  private static CorrelationEvent.Builder alongRun(String metric, Double spearman, Double given) {
    return CorrelationEvent.newBuilder()
        .setScope(CorrelationScope.ALONG_RUN)
        .setRunId("a")
        .setFromStep(320)
        .setFromShare(0.1)
        .setCorpusId("dev")
        .setLayer(4)
        .setMetric(metric)
        .setTask("digits")
        .setPairs(7)
        .setSpearman(spearman)
        .setSpearmanGivenStep(given)
        .setEmittedAt(Instant.EPOCH);
  }

  private static List<CorrelationGroup> groups(CorrelationEvent.Builder... events) {
    return CorrelationGroup.of(Arrays.stream(events).map(CorrelationEvent.Builder::build).toList());
  }

  @Test
  void theStrongestGivenTheStepComeFirstAndUndefinedOnesLast() {
    CorrelationGroup group =
        groups(
                alongRun("undefined", null, null),
                alongRun("strongAlone", 1.0, null),
                alongRun("weakAlone", -0.2, null),
                alongRun("weakGiven", 0.9, 0.3),
                alongRun("strongGiven", -0.1, -0.8),
                alongRun("trainingLoss", -0.9, 0.99).setLayer(null),
                alongRun("logStep", 1.0, null).setLayer(null))
            .get(0);

    assertThat(group.ranked())
        .extracting(CorrelationEvent::getMetric)
        .containsExactly("strongGiven", "weakGiven", "strongAlone", "weakAlone", "undefined");
    assertThat(group.trainingLoss().getSpearman()).isEqualTo(-0.9);
    assertThat(group.logStep().getSpearman()).isEqualTo(1.0);
  }

  @Test
  void layersOfTheSameQuestionStandTogetherAndOtherQuestionsApart() {
    List<CorrelationGroup> groups =
        groups(
            alongRun("rankMe", 1.0, null),
            alongRun("rankMe", 1.0, null).setLayer(0),
            // one checkpoint more is known of this layer, so that its first tenth is longer
            alongRun("rankMe", 1.0, null).setLayer(1).setFromStep(330).setPairs(8),
            alongRun("rankMe", 1.0, null).setFromStep(0).setFromShare(null),
            alongRun("rankMe", 1.0, null).setTask("speakers"),
            alongRun("rankMe", 1.0, null).setRunId("b"),
            alongRun("rankMe", 1.0, null).setCorpusId("test"));

    assertThat(groups).hasSize(5);
    assertThat(groups).filteredOn(group -> group.ranked().size() == 3).hasSize(1);
    assertThat(groups.get(0).differsInFirstStepOnly(groups.get(1))).isTrue();
    for (int other = 2; other < 5; other++) { // another task, run, corpus
      assertThat(groups.get(0).differsInFirstStepOnly(groups.get(other))).isFalse();
    }
  }

  @Test
  void theyStandByScopeCorpusRunTaskAndSteps() {
    CorrelationEvent.Builder[] inOrder = {
      alongRun("rankMe", 1.0, null).setFromShare(null).setFromStep(0),
      alongRun("rankMe", 1.0, null).setFromShare(null).setFromStep(100),
      alongRun("rankMe", 1.0, null).setFromShare(null),
      alongRun("rankMe", 1.0, null).setFromShare(0.1),
      alongRun("rankMe", 1.0, null).setFromShare(0.2),
      alongRun("rankMe", 1.0, null).setTask("speakers"),
      alongRun("rankMe", 1.0, null).setRunId("b"),
      alongRun("rankMe", 1.0, null).setCorpusId("test"),
      acrossRuns(1_000, 9_000),
      acrossRuns(2_000, 8_000),
      acrossRuns(2_000, 9_000)
    };
    List<CorrelationEvent.Builder> events = new ArrayList<>(Arrays.asList(inOrder));
    Collections.reverse(events);
    assertThat(groups(events.toArray(CorrelationEvent.Builder[]::new)))
        .extracting(CorrelationGroup::title)
        .containsExactly(
            Arrays.stream(inOrder)
                .map(event -> groups(event).get(0).title())
                .toArray(String[]::new));
  }

  private static CorrelationEvent.Builder acrossRuns(long step, long scoreStep) {
    return alongRun("rankMe", 1.0, null)
        .setScope(CorrelationScope.ACROSS_RUNS)
        .setRunId(null)
        .setStep(step)
        .setScoreStep(scoreStep);
  }

  @Test
  void idsThatHoldCommasAreNotConfused() {
    assertThat(
            groups(
                alongRun("rankMe", 1.0, null).setCorpusId("dev, test").setTask("digits"),
                alongRun("rankMe", 1.0, null).setCorpusId("dev").setTask("test, digits")))
        .hasSize(2);
  }

  @Test
  void titlesTellWhatThePairsAre() {
    assertThat(groups(alongRun("rankMe", 1.0, null)).get(0).title())
        .isEqualTo(
            "Task digits along run a on corpus dev: 7 checkpoints from step 320 on (the first 10 % of the run is left out).");
    assertThat(groups(alongRun("rankMe", 1.0, null).setFromShare(null)).get(0).title())
        .isEqualTo("Task digits along run a on corpus dev: 7 checkpoints from step 320 on.");
    assertThat(groups(acrossRuns(50_000, 200_000)).get(0).title())
        .isEqualTo(
            "Task digits across 7 runs on corpus dev: metrics at step 50000 against scores at step 200000.");
  }
}
