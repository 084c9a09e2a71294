package io.sounding.jobs.cli;

import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.KafkaUnavailableException;
import io.sounding.jobs.publish.PendingEvaluations;
import io.sounding.schemas.CheckpointEvent;
import java.io.PrintWriter;
import java.time.Duration;

/** Shows evaluations as they end, a row each, and says so when none does. */
final class ReplayTable {

  private static final Duration TURN = Duration.ofMillis(200);
  private static final Duration SILENCE_TOLD = Duration.ofMinutes(1);

  private final KafkaClients kafka;
  private final PrintWriter terminal;
  private final Duration giveUpAfter;

  /**
   * On this terminal.
   *
   * @param giveUpAfter how long nothing may come; null: for ever
   */
  ReplayTable(KafkaClients kafka, PrintWriter terminal, Duration giveUpAfter) {
    this.kafka = kafka;
    this.terminal = terminal;
    this.giveUpAfter = giveUpAfter;
  }

  /**
   * Returns when every evaluation has ended, or nobody reads it any more.
   *
   * @return how many of them FAILED, were rejected or have not ended
   * @throws KafkaUnavailableException if nothing came for too long
   */
  int show(PendingEvaluations pending) {
    MetricTable table = new MetricTable(terminal, 0, System.nanoTime());
    ProgressLine progress = new ProgressLine(terminal);
    int all = pending.size();
    int failed = 0;
    boolean told = false;
    table.header();
    while (pending.size() > 0 && !terminal.checkError()) {
      for (PendingEvaluations.Ended ended : pending.poll(TURN)) {
        progress.erase();
        failed += ended.failed() ? 1 : 0;
        if (ended.rejection() == null) {
          table.row(ended.attempt().closing());
        } else {
          CheckpointEvent event = ended.decision().event();
          terminal.printf(
              "%-14s %8d REJECTED: %s%n",
              event.getRunId(), event.getStep(), MetricRow.printable(ended.rejection()));
          terminal.flush();
        }
      }
      told = told && pending.silence().compareTo(SILENCE_TOLD) > 0;
      if (!told && pending.silence().compareTo(SILENCE_TOLD) > 0) {
        progress.erase();
        told = true;
        terminal.println(silence());
        terminal.flush();
      }
      if (giveUpAfter != null && pending.silence().compareTo(giveUpAfter) > 0) {
        progress.erase();
        throw new KafkaUnavailableException(
            "No metric event came for %d s; %s still open. %s"
                .formatted(
                    giveUpAfter.toSeconds(),
                    pending.size() == 1 ? "1 checkpoint is" : pending.size() + " checkpoints are",
                    remedy()),
            null);
      }
      String at = pending.underWay();
      progress.show(
          () ->
              "  %d of %d checkpoints done%s"
                  .formatted(
                      all - pending.size(), all, at == null ? "" : "; " + MetricRow.printable(at)));
    }
    progress.erase();
    return failed + pending.size();
  }

  private String silence() {
    try {
      kafka.require(kafka.topics().metrics());
    } catch (KafkaUnavailableException e) {
      return e.getMessage();
    }
    return "No metric event came for a minute. " + remedy();
  }

  private String remedy() {
    return "See in Flink's web interface that the job runs and reads topic %s, and in topic %s what it could not use. Interrupting does no harm: the next replay goes on from here."
        .formatted(kafka.topics().checkpoints(), kafka.topics().deadLetters());
  }
}
