package io.sounding.operators.fold;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class EmbedTimingTest {

  @Test
  void shardsSideBySideTakeTheTimeFromTheFirstBeginToTheLastEnd() {
    EmbedTiming whole =
        EmbedTiming.over(
            List.of(
                new EmbedTiming(0, 2_000, 4_000),
                new EmbedTiming(1.5, 1_000, 3_000),
                new EmbedTiming(0.5, 1_500, 3_500)));
    assertThat(whole).isEqualTo(new EmbedTiming(1.5, 1_000, 4_000));
    assertThat(whole.audioSecondsPerSecond(60)).isEqualTo(20);
  }

  @Test
  void whatOneShardDoesNotKnowIsNotKnown() {
    assertThat(EmbedTiming.over(Arrays.asList(new EmbedTiming(0, 1, 2), null))).isNull();
    assertThat(EmbedTiming.over(List.of())).isNull();
  }

  @Test
  void clocksThatDoNotAgreeGiveNoRate() {
    assertThat(new EmbedTiming(0, 2_000, 1_999).audioSecondsPerSecond(60)).isNull();
    assertThat(new EmbedTiming(0, 2_000, 2_000).audioSecondsPerSecond(60)).isNull();
  }
}
