package io.sounding.operators.relate;

import java.time.Duration;

/**
 * Cuts the work of all keys of a subtask into slices with pauses between them, in which the task
 * answers barriers and takes input. Timers of many keys that are due together fire in one go: the
 * first may work, the others find that the pause is not over and come again.
 *
 * <p>A slice is over after its time, when the group of pairs that is being computed then is done.
 * Only when work is done depends on the clock, not what comes of it.
 */
final class WorkSlices {

  /** How long after a slice the next timer is due. */
  static final int PAUSE_MILLIS = 10;

  static final Duration SLICE = Duration.ofMillis(50);

  private static final long PAUSE_NANOS = Duration.ofMillis(PAUSE_MILLIS / 2).toNanos();

  private final long sliceNanos;
  private long begun;
  private long ended = System.nanoTime() - PAUSE_NANOS;

  /** Slices of about this length. */
  WorkSlices(Duration slice) {
    sliceNanos = slice.toNanos();
  }

  boolean mayBegin() {
    return System.nanoTime() - ended >= PAUSE_NANOS;
  }

  void begin() {
    begun = System.nanoTime();
  }

  boolean isOver() {
    return System.nanoTime() - begun >= sliceNanos;
  }

  void end() {
    ended = System.nanoTime();
  }
}
