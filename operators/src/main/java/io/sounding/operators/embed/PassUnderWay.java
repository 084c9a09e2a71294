package io.sounding.operators.embed;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;

/** The forward pass that a subtask waits for, and until when. Used by the task's thread alone. */
final class PassUnderWay {

  /** What is done when a pass takes too long. */
  interface Overdue {
    void accept(ForwardPass pass) throws Exception;
  }

  private final ProcessingTimeService clock;
  private final Duration timeLimit;
  private final Runnable onDone;
  private final Overdue onOverdue;

  private ForwardPass pass;
  private ScheduledFuture<?> timeout;

  /**
   * No pass yet.
   *
   * @param timeLimit how long one may take
   * @param onDone called from any thread when a pass is done that was not done within its slice
   * @param onOverdue called by the task's thread when the time limit has passed before that
   */
  PassUnderWay(
      ProcessingTimeService clock, Duration timeLimit, Runnable onDone, Overdue onOverdue) {
    this.clock = clock;
    this.timeLimit = timeLimit;
    this.onDone = onDone;
    this.onOverdue = onOverdue;
  }

  boolean isNone() {
    return pass == null;
  }

  void begin(ForwardPass begun) {
    pass = begun;
  }

  /** Whether the pass is done; waits for that until {@code nanoTime}, but once only. */
  boolean isDoneBy(long nanoTime) throws InterruptedException {
    if (timeout != null) {
      return pass.isDone();
    }
    if (pass.isDoneBy(nanoTime)) {
      return true;
    }
    ForwardPass waitedFor = pass;
    long left = Math.max(0, timeLimit.toMillis() - pass.elapsedMillis());
    timeout =
        clock.registerTimer(
            clock.getCurrentProcessingTime() + left,
            time -> {
              if (waitedFor == pass && !pass.isDone()) {
                onOverdue.accept(pass);
              }
            });
    pass.whenDone(onDone);
    return false;
  }

  /** Hands the pass out, done or given up; then there is none. */
  ForwardPass end() {
    ForwardPass ended = pass;
    if (timeout != null) {
      timeout.cancel(false);
    }
    pass = null;
    timeout = null;
    return ended;
  }
}
