package io.sounding.jobs.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReplayOrderTest {

  @Test
  void bisectingTakesFirstLastMiddleAndQuarters() {
    assertThat(ReplayOrder.BISECT.of(List.of(0, 1, 2, 3, 4, 5, 6, 7, 8)))
        .containsExactly(0, 8, 4, 2, 6, 1, 3, 5, 7);
    assertThat(ReplayOrder.BISECT.of(List.of("a", "b", "c", "d")))
        .containsExactly("a", "d", "b", "c");
  }

  @Test
  void everyOrderHoldsEveryCheckpointOnce() {
    for (int size = 0; size <= 40; size++) {
      List<Integer> steps = IntStream.range(0, size).boxed().toList();
      assertThat(ReplayOrder.STEP.of(steps)).isEqualTo(steps);
      assertThat(ReplayOrder.BISECT.of(steps)).containsExactlyInAnyOrderElementsOf(steps);
    }
  }

  @Test
  void atEveryMomentTheGapsAreAlike() {
    List<Integer> order = ReplayOrder.BISECT.of(IntStream.rangeClosed(0, 64).boxed().toList());
    for (int done = 2; done <= order.size(); done++) {
      List<Integer> seen = order.subList(0, done).stream().sorted().toList();
      int widest =
          IntStream.range(1, done).map(i -> seen.get(i) - seen.get(i - 1)).max().orElseThrow();
      int narrowest =
          IntStream.range(1, done).map(i -> seen.get(i) - seen.get(i - 1)).min().orElseThrow();
      assertThat(widest).isLessThanOrEqualTo(2 * narrowest);
    }
  }
}
