package io.sounding.operators.embed;

import io.sounding.operators.assemble.Downtime;
import java.time.Duration;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.Triggerable;

/** One processing-time timer per waiting (shard, checkpoint); they are part of Flink's state. */
final class CorpusTimeouts {

  /** What is done when a checkpoint has waited long enough. */
  interface Action {
    void run(int key, String evaluationId, long timestamp) throws Exception;
  }

  private final InternalTimerService<String> timers;
  private final Duration timeout;

  CorpusTimeouts(InternalTimerService<String> timers, Duration timeout) {
    this.timers = timers;
    this.timeout = timeout;
  }

  /** Starts the timer of the evaluation for the current key. */
  void start(String evaluationId) {
    timers.registerProcessingTimeTimer(
        evaluationId, timers.currentProcessingTime() + timeout.toMillis());
  }

  /**
   * Whether a timer due at {@code timestamp} fires because the job was down; then it starts anew.
   */
  boolean isLate(long timestamp) {
    return Downtime.isLate(timestamp, timers.currentProcessingTime());
  }

  static Triggerable<Integer, String> calling(Action action) {
    return new Triggerable<>() {
      @Override
      public void onEventTime(InternalTimer<Integer, String> timer) {
        throw new IllegalStateException("No event-time timer is ever registered here.");
      }

      @Override
      public void onProcessingTime(InternalTimer<Integer, String> timer) throws Exception {
        action.run(timer.getKey(), timer.getNamespace(), timer.getTimestamp());
      }
    };
  }
}
