package io.sounding.operators.statistics;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ForkJoinTask;

/**
 * Reads summaries on all processors while the bytes of the next ones are fetched. Of the bytes,
 * which take as much room as what is read from them, a few are held at a time. One thread.
 */
public final class SummaryReader {
  private static final int MOST_WAITING = 4;

  private final Queue<ForkJoinTask<LayerSummary>> waiting = new ArrayDeque<>();
  private final List<LayerSummary> read = new ArrayList<>();

  /**
   * Takes the bytes of one more.
   *
   * @throws IllegalArgumentException when those of an earlier one are not a summary's
   */
  public void add(byte[] summary) {
    if (waiting.size() == MOST_WAITING) {
      read.add(waiting.remove().join());
    }
    waiting.add(Processors.meanwhile(() -> LayerSummary.fromBytes(summary)));
  }

  /**
   * The summaries of all bytes so far, in their order.
   *
   * @throws IllegalArgumentException when some are not a summary's
   */
  public List<LayerSummary> summaries() {
    while (!waiting.isEmpty()) {
      read.add(waiting.remove().join());
    }
    return List.copyOf(read);
  }
}
