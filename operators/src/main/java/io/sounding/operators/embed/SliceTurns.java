package io.sounding.operators.embed;

import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When a task works: in slices, one per mail of its mailbox. A slice is begun only after as many
 * turns of the mailbox without input as there are input channels, so that records go first, and the
 * barriers of all channels: a turn lets one through. Input that never pauses does not keep work
 * waiting for longer than a second. Used by the task's thread alone.
 */
final class SliceTurns {

  /** Works for about a slice. */
  interface Slice {
    /** False if there is nothing to do now. */
    boolean work() throws Exception;
  }

  private static final Logger LOG = LoggerFactory.getLogger(SliceTurns.class);

  private static final int LEAST_QUIET_TURNS = 4;
  private static final long MOST_NANOS_BETWEEN_SLICES = 1_000_000_000L;

  private final MailboxExecutor mailbox;
  private final int quietTurns;
  private final BooleanSupplier hasWork;
  private final Slice slice;

  private boolean mailed;
  private long lastSlice;
  private int turnsWithoutInput;

  SliceTurns(MailboxExecutor mailbox, int inputChannels, BooleanSupplier hasWork, Slice slice) {
    this.mailbox = mailbox;
    this.quietTurns = LEAST_QUIET_TURNS + inputChannels;
    this.hasWork = hasWork;
    this.slice = slice;
  }

  /** Input came: it goes first. */
  void inputCame() {
    turnsWithoutInput = 0;
    wake();
  }

  /** What the work waited for is there. */
  void goOn() {
    turnsWithoutInput = quietTurns;
    wake();
  }

  /** There may be work. */
  void wake() {
    if (!mailed && hasWork.getAsBoolean()) {
      try {
        mailbox.execute(MailboxExecutor.MailOptions.deferrable(), this::turn, "embed a slice");
        mailed = true;
      } catch (RejectedExecutionException stopped) {
        // with a savepoint, which holds what is left: no more mails are taken
        LOG.debug("The task has stopped with work left.", stopped);
      }
    }
  }

  /** One mail: either lets input through, or works for a slice. */
  private void turn() throws Exception {
    mailed = false;
    if (turnsWithoutInput < quietTurns
        && System.nanoTime() - lastSlice < MOST_NANOS_BETWEEN_SLICES) {
      turnsWithoutInput++;
      wake();
      return;
    }
    boolean more = slice.work();
    lastSlice = System.nanoTime();
    if (more) {
      inputCame();
    }
  }
}
