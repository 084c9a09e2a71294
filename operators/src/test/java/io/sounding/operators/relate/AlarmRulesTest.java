package io.sounding.operators.relate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AlarmRulesTest {

  @Test
  void thresholdsAreSetAndAlarmsSwitchedOffByName() {
    AlarmRules rules = AlarmRules.DEFAULT.with("rankMe=0.8").with("anisotropy=off");
    assertThat(rules.thresholds())
        .containsEntry(AlarmMetric.RANK_ME, 0.8)
        .containsOnlyKeys(
            AlarmMetric.RANK_ME, AlarmMetric.DEAD_CLUSTERS, AlarmMetric.TRAINING_LOSS);
    assertThat(AlarmRules.DEFAULT.thresholds()).containsEntry(AlarmMetric.RANK_ME, 0.75).hasSize(4);
    AlarmRules none = rules.with("rankMe=off").with("deadClusters=off").with("trainingLoss=off");
    assertThat(none.thresholds()).isEmpty();
    assertThat(none.with("rankMe=0.5").thresholds()).containsOnlyKeys(AlarmMetric.RANK_ME);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rankMe | 'rankMe' sets no alarm; write METRIC=THRESHOLD or METRIC=off.",
        "rankMe=high | 'rankMe=high' sets no alarm; write METRIC=THRESHOLD or METRIC=off.",
        "rankMe=1.5 | The alarm threshold of rankMe is 1.5; it must lie between 0 and 1.",
        "anisotropy=NaN | The alarm threshold of anisotropy is NaN; it must lie between 0 and 1.",
        "rank=0.5 | There is no alarm on 'rank'; there are rankMe, anisotropy, deadClusters, trainingLoss.",
        "trainingLoss=3 | The alarm on trainingLoss has no threshold; write trainingLoss=off, or leave it out."
      })
  void whatCannotWorkIsRefusedWithASentence(String assignment, String sentence) {
    assertThatThrownBy(() -> AlarmRules.DEFAULT.with(assignment))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(sentence);
  }

  @Test
  void conditionsAreChecked() {
    assertThatThrownBy(() -> AlarmRules.DEFAULT.with(0, 0, false))
        .hasMessage("Alarms are to be confirmed by 0 checkpoints; it must be at least 1.");
    assertThatThrownBy(() -> AlarmRules.DEFAULT.with(1, -1, false))
        .hasMessage("The grace of alarms is -1 steps; it must not be negative.");
  }
}
