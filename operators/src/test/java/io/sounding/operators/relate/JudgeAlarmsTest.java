package io.sounding.operators.relate;

import static io.sounding.operators.relate.AlarmHarness.alarms;
import static io.sounding.operators.relate.AlarmHarness.brief;
import static io.sounding.operators.relate.AlarmHarness.lastOfEach;
import static io.sounding.operators.relate.TrainedRuns.measurement;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sounding.schemas.AlarmEvent;
import io.sounding.schemas.AlarmState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JudgeAlarmsTest {

  private static final AlarmRules RULES = AlarmRules.DEFAULT;
  private static final AlarmRules ALL_LAYERS = RULES.with(2, 0, true);
  private static final AlarmRules RANK_ME =
      RULES.with("anisotropy=off").with("deadClusters=off").with("trainingLoss=off");
  private static final long HISTORY = RelateSettings.DEFAULT.history().toMillis();

  /** A run that raises one alarm, at step 2. */
  private static final List<Measurement> FALLEN =
      List.of(
          measurement("r", 0, 1, 0, null, 60, 0.5),
          measurement("r", 0, 1, 1, null, 5, 0.5),
          measurement("r", 0, 1, 2, null, 5, 0.5));

  @ParameterizedTest
  @ValueSource(strings = {"A", "healthy"})
  void aHealthyRunRaisesNoAlarmOnAnyLayerAlthoughItsRankDips(String run) throws Exception {
    assertThat(alarms(RULES, TrainedRuns.inOrder(run))).isEmpty();
    assertThat(alarms(ALL_LAYERS, TrainedRuns.inOrder(run))).isEmpty();
  }

  @Test
  void aCollapsingRunRaisesAtTheSecondBadCheckpointAndOnlyOnce() throws Exception {
    List<AlarmEvent> events = alarms(RULES, TrainedRuns.inOrder("B"));
    assertThat(brief(events))
        .containsExactlyInAnyOrder("RAISED 4 rankMe @50", "RAISED 4 anisotropy @50");
    AlarmEvent rankMe =
        events.stream().filter(e -> e.getMetric().equals("rankMe")).findFirst().orElseThrow();
    assertThat(rankMe.getRunId()).isEqualTo("B");
    assertThat(rankMe.getCorpusId()).isEqualTo("dev");
    assertThat(rankMe.getCheckpointId()).isEqualTo("step00050.pt");
    assertThat(rankMe.getValue()).isCloseTo(2.5, within(0.05));
    assertThat(rankMe.getReference()).isCloseTo(93.8, within(0.05));
    assertThat(rankMe.getThreshold()).isEqualTo(0.75);
    assertThat(rankMe.getReason())
        .isEqualTo(
            "RankMe of layer 4 fell to 2.5 at step 50, 97 % below its peak of 93.8 at step 0: the frames span ever fewer directions. It has been out of bounds since step 25. The last checkpoint within bounds is step00012.pt (step 12): see what changed after it, and go back to it if the run does not recover.");
  }

  @Test
  void theSameWithoutTheCheckpointBetween() throws Exception {
    List<Measurement> without =
        TrainedRuns.inOrder("B").stream().filter(m -> m.step() != 12).toList();
    assertThat(brief(alarms(RULES, without)))
        .containsExactlyInAnyOrder("RAISED 4 rankMe @50", "RAISED 4 anisotropy @50");
  }

  @Test
  void theCollapsingRunOfTheDemoRaisesWithinTwoCheckpointsOfTheCollapse() throws Exception {
    assertThat(brief(alarms(RULES, TrainedRuns.inOrder("collapse"))))
        .containsExactly("RAISED 3 rankMe @50", "RAISED 3 anisotropy @100");
  }

  @Test
  void whenAllLayersAreJudgedEachThatCollapsesRaises() throws Exception {
    assertThat(brief(alarms(ALL_LAYERS, TrainedRuns.inOrder("B"))))
        .contains(
            "RAISED 0 rankMe @150",
            "RAISED 1 rankMe @100",
            "RAISED 2 rankMe @50",
            "RAISED 3 rankMe @50",
            "RAISED 4 rankMe @50",
            "RAISED 0 anisotropy @400")
        .hasSize(10);
  }

  @Test
  void anyOrderOfEvaluationComesToTheSameEnd() throws Exception {
    for (AlarmRules rules : List.of(RULES, ALL_LAYERS)) {
      List<Measurement> all = new ArrayList<>(TrainedRuns.inOrder("B"));
      all.addAll(recovering());
      Map<String, String> inOrder = lastOfEach(alarms(rules, all));
      assertThat(inOrder).hasSizeGreaterThan(2);
      for (int seed = 0; seed < 20; seed++) {
        Collections.shuffle(all, new Random(seed));
        Map<String, String> shuffled = lastOfEach(alarms(rules, all));
        shuffled.values().removeIf(event -> event.contains("is withdrawn"));
        assertThat(shuffled).as("seed %d", seed).isEqualTo(inOrder);
      }
    }
  }

  /** Down, up, and down again. */
  private static List<Measurement> recovering() {
    double[] rankMe = {50, 40, 5, 6, 5, 20, 31, 33, 30, 9, 8, 7};
    List<Measurement> run = new ArrayList<>();
    for (int i = 0; i < rankMe.length; i++) {
      run.add(measurement("recovering", 2, 1, 100L * i, 1.0, rankMe[i], 0.5));
    }
    return run;
  }

  @Test
  void anAlarmFiresOnceClearsOnceWhenWellBackAndMayFireAgain() throws Exception {
    List<AlarmEvent> events = alarms(RULES, recovering());
    assertThat(brief(events))
        .containsExactly("RAISED 2 rankMe @300", "CLEARED 2 rankMe @700", "RAISED 2 rankMe @1000");
    assertThat(events.get(1).getReason())
        .isEqualTo(
            "RankMe of layer 2 is back at 33.0 at step 700, 34 % below its peak of 50.0 at step 0: the alarm of step 300 is over.");
  }

  @Test
  void oneOddCheckpointIsNoAlarmAndBetweenTheBoundsNothingChanges() throws Exception {
    double[] rankMe = {50, 5, 40, 5, 20, 5, 45, 5, 13};
    List<Measurement> run = new ArrayList<>();
    for (int i = 0; i < rankMe.length; i++) {
      run.add(measurement("r", 0, 1, i, null, rankMe[i], 0.5));
    }
    assertThat(alarms(RULES, run)).isEmpty();
  }

  @Test
  void theBoundsAreHitAtTheThresholdItself() throws Exception {
    double[] rankMe = {64, 16, 16, 31.9, 31.9, 32, 32};
    List<Measurement> run = new ArrayList<>();
    for (int i = 0; i < rankMe.length; i++) {
      run.add(measurement("r", 0, 1, i, null, rankMe[i], 0.5));
    }
    assertThat(brief(alarms(RULES, run)))
        .containsExactly("RAISED 0 rankMe @2", "CLEARED 0 rankMe @6");
  }

  @Test
  void aLaterAttemptReplacesWhatWasMeasuredAndWithdrawsItsAlarm() throws Exception {
    try (AlarmHarness harness = AlarmHarness.open(RANK_ME)) {
      harness.take(FALLEN);
      Measurement repaired = TrainedRuns.withAttempt(measurement("r", 0, 1, 1, null, 55, 0.5), 1);
      harness.take(List.of(repaired));
      harness.take(FALLEN); // the attempt before does not count any more
      assertThat(brief(harness.events()))
          .containsExactly("RAISED 0 rankMe @2", "CLEARED 0 rankMe @1");
      assertThat(harness.events().get(1).getReason())
          .isEqualTo(
              "The alarm of step 2 is withdrawn: by all that is known at step 1, and the rules the job has now, it is none.");
    }
  }

  @Test
  void anAlarmOfLaterCheckpointsIsDatedBackWhenEarlierOnesAreEvaluated() throws Exception {
    List<AlarmEvent> events = new ArrayList<>();
    try (AlarmHarness harness = AlarmHarness.open(RANK_ME)) {
      for (long step : new long[] {0, 800, 400, 100, 50, 25, 12}) {
        harness.take(TrainedRuns.of("B").stream().filter(m -> m.step() == step).toList());
      }
      events.addAll(harness.events());
    }
    assertThat(brief(events))
        .containsExactly(
            "RAISED 4 rankMe @800",
            "RAISED 4 rankMe @400",
            "RAISED 4 rankMe @100",
            "RAISED 4 rankMe @50",
            "RAISED 4 rankMe @50"); // now that step 12 is known to be the last within bounds
  }

  @Test
  void aCheckpointIsNotJudgedBeforeAllItsLayersAreThere() throws Exception {
    List<Measurement> run = new ArrayList<>();
    for (int step = 0; step < 4; step++) {
      run.add(measurement("r", 0, 2, step, null, step == 0 ? 60 : 2, 0.5));
    }
    assertThat(alarms(RULES, run)).isEmpty();
    for (int step = 0; step < 4; step++) {
      run.add(measurement("r", 7, 2, step, null, 60 - step, 0.5));
    }
    assertThat(alarms(RULES, run)).isEmpty();
    assertThat(brief(alarms(ALL_LAYERS, run))).containsExactly("RAISED 0 rankMe @2");
  }

  @Test
  void aLossThatIsNoNumberIsAnAlarmAtOnceAlsoOfACheckpointThatFailed() throws Exception {
    List<Measurement> run =
        List.of(
            measurement("r", 0, 2, 10, 3.5, 60, 0.5),
            measurement("r", 1, 2, 10, 3.5, 60, 0.5),
            failed(20, Double.NaN),
            failed(30, Double.POSITIVE_INFINITY),
            failed(40, null),
            measurement("r", 0, 2, 50, 3.0, 60, 0.5),
            measurement("r", 0, 2, 60, 2.9, 60, 0.5));
    List<AlarmEvent> events = alarms(RULES, run);
    assertThat(brief(events))
        .containsExactly("RAISED null trainingLoss @20", "CLEARED null trainingLoss @60");
    assertThat(events.get(0).getReason())
        .isEqualTo(
            "The training loss is NaN at step 20. The last checkpoint within bounds is step00010.pt (step 10): see what changed after it, and go back to it if the run does not recover.");
    assertThat(events.get(0).getValue()).isNull();
    assertThat(events.get(0).getReference()).isNull();
    assertThat(events.get(0).getThreshold()).isNull();
  }

  private static Measurement failed(long step, Double loss) {
    return new Measurement(
        "r",
        "step%05d.pt".formatted(step),
        step,
        0,
        TrainedRuns.CORPUS,
        loss,
        Measurement.NO_LAYER,
        0,
        Double.NaN,
        new double[] {loss == null ? Double.NaN : loss});
  }

  @Test
  void aModelWhoseFramesAlwaysWereAlikeIsNoAlarm() throws Exception {
    List<Measurement> run = new ArrayList<>();
    for (int step = 0; step < 6; step++) {
      run.add(measurement("r", 0, 1, step, null, 60, 0.994 + 0.0005 * step));
    }
    assertThat(alarms(RULES, run)).isEmpty();
    run.add(measurement("r", 0, 1, 6, null, 60, 0.99945));
    run.add(measurement("r", 0, 1, 7, null, 60, 0.99945));
    AlarmEvent event = alarms(RULES, run).get(0);
    assertThat(event.getThreshold()).isCloseTo(0.9994, within(1e-9));
    assertThat(event.getReason())
        .contains("Anisotropy of layer 0 rose to 0.9995 at step 7, from 0.9940 at step 0:");
  }

  @Test
  void roundingIsNoAlarmWhereFramesWereTheSameFromTheStart() throws Exception {
    double[] anisotropy = {
      1 - 0x1p-53, 1, 1 + 0x1p-52, 1, 1, 1 - 0x1p-53, 1 - 0x1p-53, 1 + 0x1p-52, 1
    };
    List<Measurement> run = new ArrayList<>();
    for (int step = 0; step < anisotropy.length; step++) {
      run.add(measurement("r", 0, 1, step, null, 1, anisotropy[step]));
    }
    assertThat(alarms(RULES, run)).isEmpty();
  }

  @Test
  void deadClustersAreAnAlarm() throws Exception {
    double[] dead = {0, 0.1, Double.NaN, 0.5, Double.NaN, 0.6, 0.3, 0.25, 0.1}; // NaN: not known
    List<Measurement> run = new ArrayList<>();
    for (int step = 0; step < dead.length; step++) {
      run.add(TrainedRuns.withDeadShare(measurement("r", 3, 1, step, null, 60, 0.5), dead[step]));
    }
    List<AlarmEvent> events = alarms(RULES, run);
    assertThat(brief(events))
        .containsExactly("RAISED 3 deadClusters @5", "CLEARED 3 deadClusters @8");
    assertThat(events.get(0).getReason())
        .contains("60 % of the clusters of layer 3 have no frame at step 5, after 0 % at step 0");
    assertThat(events.get(0).getValue()).isEqualTo(0.6);
  }

  /** The share of 0.5 alone would have been an alarm of every checkpoint. */
  @Test
  void deadClustersOfAModelThatAlwaysHadSomeAreAnAlarmOnceTheOthersHaveHalved() throws Exception {
    double[] dead = {0.4, 0.65, 0.69, 0.71, 0.72, 0.56, 0.56, 0.54, 0.54};
    List<Measurement> run = new ArrayList<>();
    for (int step = 0; step < dead.length; step++) {
      run.add(TrainedRuns.withDeadShare(measurement("r", 3, 1, step, null, 60, 0.5), dead[step]));
    }
    assertThat(brief(alarms(RULES, run)))
        .containsExactly("RAISED 3 deadClusters @4", "CLEARED 3 deadClusters @8");
    assertThat(alarms(RULES.with("deadClusters=0.8"), run)).isEmpty();
  }

  @Test
  void duringGraceOnlyThePeakCounts() throws Exception {
    AlarmRules grace = RULES.with(2, 100, false);
    assertThat(brief(alarms(grace, TrainedRuns.inOrder("B"))))
        .containsExactlyInAnyOrder("RAISED 4 rankMe @150", "RAISED 4 anisotropy @150");
  }

  @Test
  void whatIsOffIsNotWatched() throws Exception {
    AlarmRules none = RANK_ME.with("rankMe=off");
    assertThat(alarms(none, TrainedRuns.inOrder("B"))).isEmpty();
    assertThat(brief(alarms(RANK_ME.with("rankMe=0.98"), TrainedRuns.inOrder("B"))))
        .containsExactly("RAISED 4 rankMe @200");
  }

  @Test
  void runsAndCorporaAreJudgedApart() throws Exception {
    List<Measurement> mixed = new ArrayList<>(TrainedRuns.of("A"));
    mixed.addAll(TrainedRuns.of("B"));
    assertThat(alarms(RULES, mixed)).hasSize(2).allMatch(event -> event.getRunId().equals("B"));
  }

  @Test
  void anAlarmOutlivesARestartAndIsNotRaisedAgain() throws Exception {
    List<Measurement> run = TrainedRuns.inOrder("B");
    OperatorSubtaskState midway;
    try (AlarmHarness harness = AlarmHarness.open(RULES)) {
      harness.take(run.subList(0, 4 * 5 + 2));
      assertThat(harness.events()).hasSize(2);
      midway = harness.snapshot();
    }
    try (AlarmHarness harness = AlarmHarness.restored(RULES, midway)) {
      harness.take(run.subList(4 * 5 + 2, run.size()));
      harness.take(run);
      assertThat(harness.events()).isEmpty();
    }
    try (AlarmHarness harness = AlarmHarness.open(RULES)) {
      harness.take(run.subList(0, 2 * 5 + 2));
      midway = harness.snapshot();
    }
    try (AlarmHarness harness = AlarmHarness.restored(RULES, midway)) {
      harness.take(run.subList(2 * 5 + 2, run.size()));
      assertThat(harness.events())
          .hasSize(2)
          .allMatch(e -> e.getState() == AlarmState.RAISED && e.getStep() == 50);
    }
  }

  @Test
  void aRunIsForgottenWhenNothingCameOfItForTheTimeOfHistories() throws Exception {
    List<Measurement> run = TrainedRuns.inOrder("B");
    try (AlarmHarness harness = AlarmHarness.open(RANK_ME)) {
      harness.setTime(0);
      harness.take(run.subList(0, 10));
      harness.setTime(HISTORY - 1);
      harness.take(run.subList(10, 20)); // keeps the beginning alive
      assertThat(brief(harness.events())).containsExactly("RAISED 4 rankMe @50");
      harness.setTime(3 * HISTORY);
      harness.take(run.subList(20, run.size()));
      assertThat(harness.events()).hasSize(1);
    }
  }

  @Test
  void aLayerThatIsEvaluatedNoMoreKeepsItsAlarmWhileTheRunLives() throws Exception {
    try (AlarmHarness harness = AlarmHarness.open(ALL_LAYERS)) {
      harness.setTime(0);
      harness.take(FALLEN);
      for (int i = 1; i < 5; i++) {
        harness.setTime(i * (HISTORY - 1));
        harness.take(List.of(measurement("r", 1, 1, 2 + i, null, 60, 0.5)));
      }
      assertThat(brief(harness.events())).containsExactly("RAISED 0 rankMe @2");
    }
  }

  @Test
  void anAlarmIsNotRaisedAgainAfterALongTimeOfRepetitions() throws Exception {
    try (AlarmHarness harness = AlarmHarness.open(ALL_LAYERS)) {
      for (int i = 0; i < 5; i++) {
        harness.setTime(i * (HISTORY - 1));
        harness.take(FALLEN);
      }
      harness.take(List.of(measurement("r", 0, 1, 3, null, 5, 0.5)));
      assertThat(brief(harness.events())).containsExactly("RAISED 0 rankMe @2");
    }
  }

  @Test
  void otherRulesAfterARestartWithdrawWhatIsNoAlarmByThemAndSaySo() throws Exception {
    OperatorSubtaskState saved;
    try (AlarmHarness harness = AlarmHarness.open(RANK_ME)) {
      harness.take(FALLEN);
      assertThat(harness.events()).hasSize(1);
      saved = harness.snapshot();
    }
    try (AlarmHarness harness = AlarmHarness.restored(RANK_ME.with("rankMe=0.95"), saved)) {
      harness.take(List.of(measurement("r", 0, 1, 3, null, 5, 0.5)));
      assertThat(brief(harness.events())).containsExactly("CLEARED 0 rankMe @3");
      assertThat(harness.events().get(0).getReason())
          .isEqualTo(
              "The alarm of step 2 is withdrawn: by all that is known at step 3, and the rules the job has now, it is none.");
    }
  }
}
