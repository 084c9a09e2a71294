package io.sounding.operators.embed;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;

/**
 * The forward passes that a subtask has begun and not taken, in their order: one that the model is
 * at, and one that it goes on with at once, whatever the task does meanwhile. The first one is
 * waited for, until its time limit. Used by the task's thread alone.
 */
final class PassesUnderWay {

  /** What is done when a pass takes too long. */
  interface Overdue {
    void accept(ForwardPass pass) throws Exception;
  }

  private static final int MOST = 2;

  private final Queue<ForwardPass> passes = new ArrayDeque<>();
  private final ProcessingTimeService clock;
  private final Duration timeLimit;
  private final Runnable onDone;
  private final Overdue onOverdue;

  private ScheduledFuture<?> timeout;

  /**
   * None yet.
   *
   * @param timeLimit how long one may take
   * @param onDone called from any thread when a pass is done that was not done within its slice
   * @param onOverdue called by the task's thread when the time limit has passed before that
   */
  PassesUnderWay(
      ProcessingTimeService clock, Duration timeLimit, Runnable onDone, Overdue onOverdue) {
    this.clock = clock;
    this.timeLimit = timeLimit;
    this.onDone = onDone;
    this.onOverdue = onOverdue;
  }

  boolean isEmpty() {
    return passes.isEmpty();
  }

  boolean isFull() {
    return passes.size() == MOST;
  }

  void add(ForwardPass begun) {
    passes.add(begun);
  }

  /** Whether the first one is done; waits for that until {@code nanoTime}, but once only. */
  boolean firstIsDoneBy(long nanoTime) throws InterruptedException {
    ForwardPass pass = passes.element();
    if (timeout != null) {
      return pass.isDone();
    }
    if (pass.isDoneBy(nanoTime)) {
      return true;
    }
    long left = Math.max(0, timeLimit.toMillis() - pass.elapsedMillis());
    timeout =
        clock.registerTimer(
            clock.getCurrentProcessingTime() + left,
            time -> {
              if (passes.peek() == pass && !pass.isDone()) {
                onOverdue.accept(pass);
              }
            });
    pass.whenDone(onDone);
    return false;
  }

  /** Hands the first one out, done or given up. */
  ForwardPass takeFirst() {
    cancelTimeout();
    return passes.remove();
  }

  /** Gives all up. */
  void clear() {
    cancelTimeout();
    passes.forEach(ForwardPass::giveUp);
    passes.clear();
  }

  private void cancelTimeout() {
    if (timeout != null) {
      timeout.cancel(false);
      timeout = null;
    }
  }
}
