package io.sounding.operators.embed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LoaderThreadTest {

  private final LoaderThread loader = new LoaderThread();
  private final CountDownLatch nobodyCountsDown = new CountDownLatch(1);

  /** A load that waits for {@code end}, and completes what it returns with how it ended. */
  private CompletableFuture<String> load(String name, CountDownLatch end) throws Exception {
    CompletableFuture<Void> begun = new CompletableFuture<>();
    CompletableFuture<String> ended = new CompletableFuture<>();
    loader.execute(
        name,
        () -> {
          begun.complete(null);
          try {
            end.await();
            ended.complete("whole");
          } catch (InterruptedException e) {
            ended.complete("interrupted");
          }
        });
    begun.get();
    return ended;
  }

  @Test
  void aLoadThatHangsIsInterruptedAndWhatWaitsBehindItRuns() throws Exception {
    CompletableFuture<String> hanging = load("hanging", nobodyCountsDown);
    CompletableFuture<Void> behind = new CompletableFuture<>();
    loader.execute("behind", () -> behind.complete(null));
    loader.replaceIfAt("hanging");
    assertThat(hanging.get()).isEqualTo("interrupted");
    behind.get();
  }

  @Test
  void aLoadWhoseTimeIsUpAsItEndsHasTheNextOneLeftAlone() throws Exception {
    load("late", new CountDownLatch(0)).get();
    CountDownLatch end = new CountDownLatch(1);
    CompletableFuture<String> next = load("next", end);
    loader.replaceIfAt("late");
    end.countDown();
    assertThat(next.get()).isEqualTo("whole");
  }

  @Test
  void aThreadThatWasGivenUpDoesNotKeepItsReplacementFromBeingReplaced() throws Exception {
    CountDownLatch deaf = new CountDownLatch(1);
    CompletableFuture<Thread> thread = new CompletableFuture<>();
    loader.execute(
        "deaf to interrupts",
        () -> {
          thread.complete(Thread.currentThread());
          while (deaf.getCount() > 0) {
            try {
              deaf.await();
            } catch (InterruptedException e) {
              continue; // as an engine does
            }
          }
        });
    thread.get();
    loader.replaceIfAt("deaf to interrupts");
    CompletableFuture<String> hanging = load("hanging", nobodyCountsDown);
    deaf.countDown();
    thread.get().join();
    loader.replaceIfAt("hanging");
    assertThat(hanging.get()).isEqualTo("interrupted");
  }
}
