package io.sounding.tests;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits for a condition until a deadline, instead of sleeping for a guessed time. */
public final class Await {

  /**
   * Generous, because test machines are slow and shared; a condition that holds ends it at once.
   */
  public static final Duration LIMIT = Duration.ofMinutes(4);

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private Await() {}

  /**
   * Returns when the condition holds; fails with the sentence and what was seen at the deadline.
   */
  public static void until(String sentence, Callable<Boolean> condition, Supplier<?> seen) {
    until(LIMIT, sentence, condition, seen);
  }

  /** The same with a limit of its own, for what takes longer even on a fast machine. */
  public static void until(
      Duration limit, String sentence, Callable<Boolean> condition, Supplier<?> seen) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!holds(sentence, condition)) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(
            "Not within " + limit.toSeconds() + " s: " + sentence + "; seen: " + seen.get());
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  /** Returns when the condition holds; fails with the sentence at the deadline. */
  public static void until(String sentence, Callable<Boolean> condition) {
    until(sentence, condition, () -> "nothing more");
  }

  private static boolean holds(String sentence, Callable<Boolean> condition) {
    try {
      return condition.call();
    } catch (Exception failure) {
      throw new AssertionError("While waiting until " + sentence, failure);
    }
  }
}
