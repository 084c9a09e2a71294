package io.sounding.jobs.dashboard;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Tells one client of changes, as server-sent events. What is not told yet is one change, into
 * which all that come meanwhile go: a client that reads slowly holds nothing. The thread of its
 * request writes; Jetty gives up one that reads nothing.
 *
 * @see <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">Server-sent
 *     events</a>
 */
final class ChangeStream implements Board.Listener {

  private final Board board;
  private final ServerLimits limits;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition news = lock.newCondition();
  private final Condition end = lock.newCondition();
  private Change change = new Change();
  private boolean fed = true;
  private boolean closed;

  ChangeStream(Board board, ServerLimits limits) {
    this.board = board;
    this.limits = limits;
  }

  @Override
  public void changed(Change more) {
    lock.lock();
    try {
      change.add(more);
      news.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void fed() {
    lock.lock();
    try {
      fed = true;
      news.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Ends it. */
  void close() {
    lock.lock();
    try {
      closed = true;
      news.signalAll();
      end.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Writes until it is closed.
   *
   * @throws IOException if the client is gone, or reads nothing
   */
  void serve(OutputStream out) throws IOException, InterruptedException {
    while (true) {
      String text = next();
      if (text == null) {
        return;
      }
      out.write(text.getBytes(StandardCharsets.UTF_8));
      out.flush();
      pause();
    }
  }

  /** What is to be told next; null: it is closed. */
  private String next() throws InterruptedException {
    lock.lock();
    try {
      long left = limits.ping().toNanos();
      while (!closed && !fed && change.isEmpty() && left > 0) {
        left = news.awaitNanos(left);
      }
      if (closed) {
        return null;
      }
      if (!fed && change.isEmpty()) {
        return ": nothing new\n\n";
      }
      StringBuilder text = new StringBuilder();
      if (fed) {
        text.append("event: feed\ndata: ")
            .append(JsonBody.line(FeedAnswer.of(board.feed())))
            .append("\n\n");
      }
      if (!change.isEmpty()) {
        text.append("event: changed\ndata: ").append(JsonBody.line(change.told())).append("\n\n");
      }
      fed = false;
      change = new Change();
      return text.toString();
    } finally {
      lock.unlock();
    }
  }

  private void pause() throws InterruptedException {
    lock.lock();
    try {
      long left = TimeUnit.NANOSECONDS.convert(limits.changesApart());
      while (!closed && left > 0) {
        left = end.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }
}
