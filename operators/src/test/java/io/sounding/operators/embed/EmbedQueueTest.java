package io.sounding.operators.embed;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.operators.Examples;
import io.sounding.operators.admit.CheckpointRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.Test;

class EmbedQueueTest {

  private static final BiPredicate<String, Integer> ALL = (corpus, shard) -> true;

  private final CheckpointRequest early = request("early", 1, "dev");
  private final CheckpointRequest late = request("late", 2, "test");
  private final EmbedQueue queue = new EmbedQueue();

  private static CheckpointRequest request(String id, long offset, String corpus) {
    return Examples.request(id, offset, corpus, Path.of("/model.pt"));
  }

  @Test
  void workIsTakenCheckpointByCheckpointAndShardByShard() {
    queue.add(late, 0);
    queue.add(late, 2);
    queue.add(early, 3);
    queue.add(early, 1);
    assertThat(queue.size()).isEqualTo(4);
    List<String> order = new ArrayList<>();
    for (var work = queue.first(ALL); work.isPresent(); work = queue.first(ALL)) {
      order.add(work.get().request().checkpointId() + work.get().shard());
      queue.remove(work.get().request(), work.get().shard());
    }
    assertThat(order).containsExactly("early1", "early3", "late0", "late2");
    assertThat(queue.size()).isZero();
  }

  @Test
  void whatIsNotReadyIsPassedOver() {
    queue.add(early, 0);
    queue.add(early, 1);
    queue.add(late, 0);
    assertThat(queue.first((corpus, shard) -> shard == 1)).contains(new EmbedQueue.Work(early, 1));
    assertThat(queue.first((corpus, shard) -> corpus.equals("test")))
        .contains(new EmbedQueue.Work(late, 0));
    assertThat(queue.first((corpus, shard) -> false)).isEmpty();
    assertThat(queue.size()).isEqualTo(3);
  }

  @Test
  void theNextCheckpointIsOneWithReadyWork() {
    CheckpointRequest last = request("last", 3, "dev");
    queue.add(early, 0);
    queue.add(late, 0);
    queue.add(last, 0);
    assertThat(queue.next(early, ALL)).contains(late);
    assertThat(queue.next(early, (corpus, shard) -> corpus.equals("dev"))).contains(last);
    assertThat(queue.next(last, ALL)).isEmpty();
  }

  @Test
  void afterAShardComesTheNextOneOfItsCheckpointOrElseTheFirstOther() {
    queue.add(early, 0);
    queue.add(early, 2);
    queue.add(late, 0);
    queue.add(late, 1);
    assertThat(queue.after(late, 0, ALL)).contains(new EmbedQueue.Work(late, 1));
    assertThat(queue.after(late, 1, ALL)).contains(new EmbedQueue.Work(early, 0));
    assertThat(queue.after(early, 2, ALL)).contains(new EmbedQueue.Work(early, 0));
    queue.remove(early, 0);
    assertThat(queue.after(early, 2, ALL)).contains(new EmbedQueue.Work(late, 0));
    assertThat(queue.after(early, 2, (corpus, shard) -> shard == 1))
        .contains(new EmbedQueue.Work(late, 1));
    assertThat(queue.after(early, 2, (corpus, shard) -> shard == 2)).isEmpty();
  }

  @Test
  void ofRequestsWithEqualTimestampAndOffsetTheIdDecides() {
    queue.add(request("b", 5, "dev"), 0);
    queue.add(request("a", 5, "dev"), 0);
    assertThat(queue.first(ALL).orElseThrow().request().checkpointId()).isEqualTo("a");
    assertThat(queue.size()).isEqualTo(2);
  }

  @Test
  void addingTwiceIsAddingOnceAndRemovingWhatIsNotThereIsHarmless() {
    queue.add(early, 0);
    queue.add(request("early", 1, "dev"), 0); // another object, as after a restore
    assertThat(queue.size()).isOne();
    queue.remove(late, 0);
    queue.remove(request("early", 1, "dev"), 0);
    queue.remove(early, 0);
    assertThat(queue.size()).isZero();
    assertThat(queue.first(ALL)).isEmpty();
  }

  /** Offsets of two partitions say nothing about each other. */
  @Test
  void checkpointsOfSeveralPartitionsAreTakenInTheOrderInWhichTheyWerePublished() {
    CheckpointRequest first = publishedAt(1_000, 70);
    CheckpointRequest second = publishedAt(2_000, 5);
    CheckpointRequest third = publishedAt(2_000, 6);
    queue.add(third, 0);
    queue.add(second, 0);
    queue.add(first, 0);
    assertThat(queue.first(ALL)).contains(new EmbedQueue.Work(first, 0));
    queue.remove(first, 0);
    assertThat(queue.first(ALL)).contains(new EmbedQueue.Work(second, 0));
  }

  private static CheckpointRequest publishedAt(long millis, long offset) {
    return Examples.request("at" + offset, offset, "dev", Path.of("/model.pt"), millis);
  }
}
