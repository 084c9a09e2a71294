package io.sounding.operators.relate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RenewalsTest {

  private final Renewals renewals = new Renewals(Duration.ofMillis(10_000));

  @Test
  void stateIsWrittenAtTheFirstRecordAndOnceAHundredthOfItsTimeHasPassed() {
    assertThat(renewals.isDue("a", 1_000)).isTrue();
    assertThat(renewals.isDue("a", 1_099)).isFalse();
    assertThat(renewals.isDue("a", 1_100)).isTrue();
    assertThat(renewals.isDue("a", 1_199)).isFalse(); // since the last, not since the first
    assertThat(renewals.isDue("a", 1_200)).isTrue();
  }

  @Test
  void keysAreRenewedApart() {
    assertThat(renewals.isDue("a", 0)).isTrue();
    assertThat(renewals.isDue("b", 50)).isTrue();
    assertThat(renewals.isDue("a", 100)).isTrue();
    assertThat(renewals.isDue("b", 100)).isFalse();
  }

  @Test
  void aClockThatIsSetBackDoesNotPutItOff() {
    assertThat(renewals.isDue("a", 5_000)).isTrue();
    assertThat(renewals.isDue("a", 1_000)).isTrue();
    assertThat(renewals.isDue("a", 1_099)).isFalse();
  }

  @Test
  void ofVeryManyKeysThoseAreForgottenWhoseTurnIsFarthestBack() {
    for (int key = 0; key < 10_000; key++) {
      renewals.isDue("key " + key, 0);
    }
    assertThat(renewals.isDue("key 0", 100)).isTrue(); // now the newest
    assertThat(renewals.isDue("one more", 100)).isTrue();

    assertThat(renewals.isDue("key 0", 101)).isFalse();
    assertThat(renewals.isDue("key 2", 1)).isFalse();
    assertThat(renewals.isDue("key 1", 1)).isTrue();
  }
}
