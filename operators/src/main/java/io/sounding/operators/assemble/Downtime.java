package io.sounding.operators.assemble;

/**
 * Tells waiting from having been down. Processing-time timers that fell due while the job was down
 * fire at once when it is back, before the backlog is read; what they waited for may be in it.
 */
public final class Downtime {

  /** A running task fires its timers within a slice or two. */
  private static final long LATE_MILLIS = 30_000;

  private Downtime() {}

  /**
   * Whether a timer fires so late that the job must have been down.
   *
   * @param dueMillis when it was due
   * @param nowMillis when it fires
   */
  public static boolean isLate(long dueMillis, long nowMillis) {
    return nowMillis - dueMillis > LATE_MILLIS;
  }
}
