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

  /** A line that is longer than the terminal is wide cannot be rewritten. */
  private static final int COLUMNS = 79;

  private static final String LINE_AGAIN = "\r\u001b[K";

  private final PrintWriter terminal;
  private final boolean interactive = Terminal.isThere();
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
      String text = line.get();
      terminal.print(LINE_AGAIN + text.substring(0, Math.min(COLUMNS, text.length())));
      shown = true;
    } else {
      terminal.println(line.get());
    }
    terminal.flush();
  }

  /** Takes it away, to make room for other lines. */
  void erase() {
    if (shown) {
      terminal.print(LINE_AGAIN);
      terminal.flush();
      shown = false;
    }
  }
}
