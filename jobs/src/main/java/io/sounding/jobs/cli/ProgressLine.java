package io.sounding.jobs.cli;

import java.io.PrintWriter;
import java.util.function.Supplier;

/**
 * A line that tells how far a long work is: rewritten in place on a terminal, elsewhere a new one
 * every few seconds.
 */
final class ProgressLine {

  private static final double SECONDS_BETWEEN_LINES = 5;
  private static final double SECONDS_BETWEEN_REWRITES = 0.1;

  private final PrintWriter terminal;
  private final boolean interactive = System.console() != null;
  private final double interval = interactive ? SECONDS_BETWEEN_REWRITES : SECONDS_BETWEEN_LINES;
  private long last = System.nanoTime();
  private boolean shown;

  ProgressLine(PrintWriter terminal) {
    this.terminal = terminal;
  }

  /** Shows it, if it is time. */
  void show(Supplier<String> line) {
    long now = System.nanoTime();
    if ((now - last) * 1e-9 < interval) {
      return;
    }
    last = now;
    if (interactive) {
      terminal.printf("\r%-100s", line.get());
      shown = true;
    } else {
      terminal.println(line.get());
    }
    terminal.flush();
  }

  /** Takes it away, to make room for other lines. */
  void erase() {
    if (shown) {
      terminal.printf("\r%-100s\r", "");
      terminal.flush();
      shown = false;
    }
  }
}
