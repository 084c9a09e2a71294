package io.sounding.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.jobs.watch.Events;
import io.sounding.schemas.AlarmEvent;
import io.sounding.schemas.AlarmState;
import io.sounding.schemas.RankFamily;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunSummaryTest {

  private static CheckpointResult checkpoint(long step, Double loss, double rankMe, double same) {
    RankFamily rank = Events.rank(rankMe);
    rank.setAnisotropy(same);
    CheckpointResult result = new CheckpointResult(Events.finished("a", step, 0).build());
    result.add(Events.finished("a", step, 0).setTrainingLoss(loss).build());
    result.add(Events.finished("a", step, 1).setTrainingLoss(loss).setRank(rank).build());
    return result;
  }

  private static RunSummary summary(List<CheckpointResult> checkpoints, AlarmEvent... alarms) {
    return new RunSummary(new RunHistory("a", "dev", checkpoints, List.of(alarms)));
  }

  @Test
  void itsNumbersAreThoseOfTheLastLayerFromTheFirstStepToTheLast() {
    RunSummary summary =
        summary(
            List.of(
                checkpoint(800, Double.NaN, 16, 0.75),
                checkpoint(0, 6.5, 32, 0.25),
                checkpoint(400, 4.25, 64, 0.5)));
    assertThat(summary.layer()).isEqualTo("1");
    assertThat(summary.steps()).isEqualTo("0 to 800");
    assertThat(summary.loss()).isEqualTo("6.500 \u2192 NaN");
    assertThat(summary.rankMe()).isEqualTo("32.0 \u2192 16.0");
    assertThat(summary.rankMePeak()).isEqualTo("64.0 at step 400 (now 75 % below)");
    assertThat(summary.anisotropy()).isEqualTo("0.250 \u2192 0.750");
    assertThat(summary.checkpoints()).isEqualTo("3 FINAL");
    assertThat(summary.alarms()).isEqualTo("none");
  }

  @Test
  void whereNothingIsFinalThereIsADash() {
    CheckpointResult failed = new CheckpointResult(Events.failed("a", 8, "Gone.").build());
    failed.add(Events.failed("a", 8, "Gone.").build());
    RunSummary summary = summary(List.of(failed));
    assertThat(summary.layer()).isEqualTo("-");
    assertThat(summary.loss()).isEqualTo("-");
    assertThat(summary.rankMe()).isEqualTo("-");
    assertThat(summary.rankMePeak()).isEqualTo("-");
    assertThat(summary.checkpoints()).isEqualTo("0 FINAL, 1 FAILED");
    assertThat(RunSummary.number("%.1f", Double.NEGATIVE_INFINITY)).isEqualTo("-Infinity");
  }

  @Test
  void anAlarmIsRaisedUntilItIsCleared() {
    List<CheckpointResult> one = List.of(checkpoint(400, 2.5, 32, 0.5));
    AlarmEvent raised = Events.alarm(AlarmState.RAISED, "a", 100, 1).build();
    AlarmEvent cleared = Events.alarm(AlarmState.CLEARED, "a", 200, 1).build();
    AlarmEvent ofAnotherLayer = Events.alarm(AlarmState.RAISED, "a", 300, 0).build();
    AlarmEvent ofTheLoss =
        Events.alarm(AlarmState.RAISED, "a", 300, null).setMetric("trainingLoss").build();
    assertThat(summary(one, raised).alarms()).isEqualTo("1 raised");
    assertThat(summary(one, raised, cleared).alarms()).isEqualTo("0 raised, 1 cleared");
    assertThat(summary(one, raised, cleared, raised).alarms()).isEqualTo("1 raised, 1 cleared");
    assertThat(summary(one, raised, ofAnotherLayer, ofTheLoss, cleared).alarms())
        .isEqualTo("2 raised, 1 cleared");
  }
}
