package io.sounding.jobs.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Lets a command end in good order, with status 0, when the process is told to (SIGINT, SIGTERM).
 * The thread that makes one is interrupted; the process ends when it is closed, or after a while.
 */
final class Interruption implements AutoCloseable {

  private static final Duration USUAL_LIMIT = Duration.ofSeconds(10);

  private final AtomicBoolean told = new AtomicBoolean();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread worker = Thread.currentThread();
  private final Runnable listener = this::interrupt;
  private final Duration limit;

  Interruption() {
    this(USUAL_LIMIT);
  }

  /**
   * @param limit how long the process waits for the end in good order
   */
  Interruption(Duration limit) {
    this.limit = limit;
    EndSignals.tell(listener);
  }

  /** Whether the process, or the thread, was told to end. */
  boolean happened() {
    return told.get() || worker.isInterrupted();
  }

  private void interrupt() {
    told.set(true);
    worker.interrupt();
    try {
      closed.await(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(0); // the JVM's own status would be that of a killed process
  }

  @Override
  public void close() {
    EndSignals.forget(listener);
    closed.countDown();
  }
}
