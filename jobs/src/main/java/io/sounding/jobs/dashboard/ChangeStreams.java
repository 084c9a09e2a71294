package io.sounding.jobs.dashboard;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The clients that are told of changes: so many at a time. Thread-safe. */
final class ChangeStreams implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ChangeStreams.class);

  private static final Duration GOOD_ORDER = Duration.ofSeconds(1);

  private final Board board;
  private final ServerLimits limits;
  private final Set<ChangeStream> streams = new HashSet<>();
  private boolean closed;

  ChangeStreams(Board board, ServerLimits limits) {
    this.board = board;
    this.limits = limits;
  }

  /** Another one, which {@link #serve} must follow; null: there are as many as are let in. */
  synchronized ChangeStream open() {
    if (closed || streams.size() >= limits.streams()) {
      return null;
    }
    ChangeStream stream = new ChangeStream(board, limits);
    streams.add(stream);
    board.listen(stream);
    return stream;
  }

  /** Tells the client until it is gone or all are closed. */
  void serve(ChangeStream stream, OutputStream out) {
    try {
      stream.serve(out);
    } catch (IOException e) {
      LOG.debug("A client that was told of changes is gone.", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      end(stream);
    }
  }

  private synchronized void end(ChangeStream stream) {
    board.ignore(stream);
    streams.remove(stream);
    notifyAll();
  }

  /** How many there are. */
  synchronized int size() {
    return streams.size();
  }

  int limit() {
    return limits.streams();
  }

  /** Ends them all, and waits a moment for their last words. */
  @Override
  public synchronized void close() {
    closed = true;
    streams.forEach(ChangeStream::close);
    long deadline = System.nanoTime() + GOOD_ORDER.toNanos();
    try {
      long left = GOOD_ORDER.toMillis();
      while (!streams.isEmpty() && left > 0) {
        wait(left);
        left = (deadline - System.nanoTime()) / 1_000_000;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
