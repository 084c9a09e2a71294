package io.sounding.operators.relate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Shares that are exact in binary, so that the bounds themselves are in the tests. */
class AlarmBoundTest {

  private static AlarmBound bound(AlarmMetric metric, double threshold, double... values) {
    AlarmBound bound = new AlarmBound(metric, threshold);
    for (int step = 0; step < values.length; step++) {
      bound.take(step, values[step]);
    }
    return bound;
  }

  @Test
  void rankIsOutAtItsShareOfThePeakAndBackAtTwoThirdsOfTheFall() {
    AlarmBound rank = bound(AlarmMetric.RANK_ME, 0.75, 32, 64, 64, 48);
    assertThat(rank.best()).isEqualTo(64);
    assertThat(rank.threshold()).isEqualTo(0.75);
    assertThat(rank.isOut(16)).isTrue();
    assertThat(rank.isOut(16.01)).isFalse();
    assertThat(rank.isBack(32)).isTrue();
    assertThat(rank.isBack(31.99)).isFalse();
    assertThat(rank.fallen(3, 9, 16))
        .startsWith(
            "RankMe of layer 3 fell to 16.0 at step 9, 75 % below its peak of 64.0 at step 1:");
    assertThat(rank.back(3, 9, 32))
        .isEqualTo(
            "RankMe of layer 3 is back at 32.0 at step 9, 50 % below its peak of 64.0 at step 1");
  }

  /** Of 0.25 that was left at best a tenth is less than the quarter of the threshold. */
  @Test
  void anisotropyIsOutAtATenthOfTheBestRoomAndBackAtTwiceThat() {
    AlarmBound wide = bound(AlarmMetric.ANISOTROPY, 0.96875, 0.5, 0.75);
    assertThat(wide.best()).isEqualTo(0.5);
    assertThat(wide.threshold()).isEqualTo(0.96875);
    assertThat(wide.isOut(0.96875)).isTrue();
    assertThat(wide.isOut(0.9687)).isFalse();
    assertThat(wide.isBack(0.9375)).isTrue();
    assertThat(wide.isBack(0.9376)).isFalse();
    AlarmBound narrow = bound(AlarmMetric.ANISOTROPY, 0.75, 0.75);
    assertThat(narrow.isOut(0.9749)).isFalse();
    assertThat(narrow.isOut(0.9751)).isTrue();
    assertThat(narrow.isBack(0.9499)).isTrue();
    assertThat(narrow.isBack(0.9501)).isFalse();
    assertThat(narrow.back(0, 9, 0.9))
        .isEqualTo("Anisotropy of layer 0 is back at 0.9000 at step 9");
  }

  @Test
  void deadClustersAreOutAtHalfOfTheBestRoomAndBackAtThreeQuarters() {
    AlarmBound dead = bound(AlarmMetric.DEAD_CLUSTERS, 0.25, 0.5);
    assertThat(dead.threshold()).isEqualTo(0.75);
    assertThat(dead.isOut(0.75)).isTrue();
    assertThat(dead.isOut(0.7499)).isFalse();
    assertThat(dead.isBack(0.625)).isTrue();
    assertThat(dead.isBack(0.6251)).isFalse();
    assertThat(dead.back(2, 9, 0.625))
        .isEqualTo("63 % of the clusters of layer 2 have no frame at step 9");
  }

  @Test
  void aLossIsOutUnlessItIsFinite() {
    AlarmBound loss = bound(AlarmMetric.TRAINING_LOSS, Double.NaN, 2.5);
    assertThat(loss.best()).isNaN();
    assertThat(loss.isOut(Double.NaN)).isTrue();
    assertThat(loss.isOut(Double.POSITIVE_INFINITY)).isTrue();
    assertThat(loss.isOut(1e300)).isFalse();
    assertThat(loss.isBack(Double.NaN)).isFalse();
    assertThat(loss.isBack(2.5)).isTrue();
  }

  @Test
  void whatHadNoRoomFromTheStartIsNeverOut() {
    assertThat(bound(AlarmMetric.ANISOTROPY, 0.75, 1).isOut(1)).isFalse();
    assertThat(bound(AlarmMetric.ANISOTROPY, 0.75).isOut(1)).isFalse();
  }
}
