package io.sounding.jobs.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Tells that the job failed and is started again, and when it runs again: once, however often it
 * fails in between.
 */
final class RestartTold {

  /** After the last failure: what fails at once has then failed. */
  static final Duration RUNS = Duration.ofSeconds(20);

  private final PrintWriter terminal;
  private final Path log;
  private boolean told;
  private long lastNanos;

  RestartTold(PrintWriter terminal, Path log) {
    this.terminal = terminal;
    this.log = log;
  }

  /**
   * To be called again and again.
   *
   * @param reason what failed the job that is about to be started again; empty: it runs
   */
  void look(Optional<String> reason, long nowNanos) {
    if (reason.isPresent()) {
      lastNanos = nowNanos;
      if (!told) {
        told = true;
        terminal.printf(
            "The job failed, and is started again until it runs (%s). The log %s tells more.%n",
            reason.get(), log);
      }
    } else if (told && nowNanos - lastNanos >= RUNS.toNanos()) {
      told = false;
      terminal.println("The job runs again.");
    }
    terminal.flush();
  }
}
