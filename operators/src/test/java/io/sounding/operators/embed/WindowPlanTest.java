package io.sounding.operators.embed;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.operators.embed.WindowPlan.Batch;
import io.sounding.operators.embed.WindowPlan.Item;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class WindowPlanTest {

  private static List<List<String>> ids(List<Batch> plan) {
    return plan.stream().map(b -> b.items().stream().map(Item::utteranceId).toList()).toList();
  }

  @Test
  void utterancesOfEqualLengthShareABatchUpToItsLimit() {
    List<Item> items =
        List.of(
            new Item("e", 100),
            new Item("d", 100),
            new Item("c", 100),
            new Item("b", 99),
            new Item("a", 100),
            new Item("f", 100));
    assertThat(ids(WindowPlan.of(items, 1_000, 399)))
        .containsExactly(List.of("b"), List.of("a", "c", "d"), List.of("e", "f"));
    assertThat(ids(WindowPlan.of(items, 1_000, 400)))
        .containsExactly(List.of("b"), List.of("a", "c", "d", "e"), List.of("f"));
    assertThat(ids(WindowPlan.of(items, 1_000, 1)))
        .as("a batch holds at least one utterance")
        .hasSize(6);
  }

  @Test
  void aLongUtteranceIsABatchOfItsOwnCutEvenly() {
    List<Batch> plan =
        WindowPlan.of(List.of(new Item("x", 29), new Item("y", 29), new Item("z", 10)), 10, 1_000);
    assertThat(ids(plan)).containsExactly(List.of("z"), List.of("x"), List.of("y"));
    assertThat(plan.get(0).windows()).isOne();
    assertThat(plan.get(1).windows()).isEqualTo(3);
    assertThat(IntStream.rangeClosed(0, 3).map(plan.get(1)::start)).containsExactly(0, 10, 20, 29);
  }

  @Test
  void nothingMakesAnEmptyPlan() {
    assertThat(WindowPlan.of(List.of(), 10, 10)).isEmpty();
  }

  @Property(tries = 300, seed = "20100")
  void thePlanDoesNotDependOnTheOrderOfTheUtterances(
      @ForAll @Size(max = 30) List<@IntRange(min = 1, max = 12) Integer> lengths,
      @ForAll @IntRange(min = 1, max = 20) int maxWindow,
      @ForAll @IntRange(min = 1, max = 40) int maxBatch) {
    List<Item> items = items(lengths);
    List<Batch> plan = WindowPlan.of(items, maxWindow, maxBatch);
    List<Item> shuffled = new ArrayList<>(items);
    Collections.shuffle(shuffled, new Random(20_100));
    assertThat(WindowPlan.of(shuffled, maxWindow, maxBatch)).isEqualTo(plan);
  }

  @Property(tries = 500, seed = "20100")
  void everySampleOfEveryUtteranceIsInOneWindowThatIsNotTooLong(
      @ForAll @Size(max = 20) List<@IntRange(min = 1, max = 5_000) Integer> lengths,
      @ForAll @IntRange(min = 1, max = 300) int maxWindow,
      @ForAll @IntRange(min = 1, max = 2_000) int maxBatch) {
    List<Item> items = items(lengths);
    List<Batch> plan = WindowPlan.of(items, maxWindow, maxBatch);
    assertThat(plan.stream().flatMap(b -> b.items().stream()))
        .containsExactlyInAnyOrderElementsOf(items);
    for (Batch batch : plan) {
      long samples = batch.items().get(0).samples();
      assertThat(batch.items()).allMatch(item -> item.samples() == samples);
      assertThat(batch.items().size() == 1 || batch.items().size() * samples <= maxBatch).isTrue();
      assertThat(batch.windows()).isEqualTo((int) Math.ceil(samples / (double) maxWindow));
      assertThat(batch.windows() == 1 || batch.items().size() == 1).isTrue();
      assertThat(batch.start(0)).isZero();
      assertThat(batch.start(batch.windows())).isEqualTo((int) samples);
      int first = batch.start(1);
      for (int w = 0; w < batch.windows(); w++) {
        int length = batch.start(w + 1) - batch.start(w);
        assertThat(length).isBetween(Math.max(1, first - batch.windows() + 1), maxWindow);
        assertThat(w == batch.windows() - 1 || length == first).isTrue();
      }
    }
  }

  private static List<Item> items(List<Integer> lengths) {
    return IntStream.range(0, lengths.size())
        .mapToObj(i -> new Item("u" + (i * 7919) % 101, lengths.get(i)))
        .toList();
  }
}
