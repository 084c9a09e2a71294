package io.sounding.jobs;

import java.time.Duration;
import java.util.Optional;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ReadableConfig;

/**
 * Warns whoever submits a job of which Flink would keep the checkpoints in memory, and refuses one
 * whose checkpoints come too seldom for Kafka.
 */
final class CheckpointAdvice {

  private CheckpointAdvice() {}

  /** A sentence, unless there is a place for the checkpoints; of a job with this configuration. */
  static Optional<String> of(ReadableConfig configuration) {
    boolean hasPlace =
        configuration.getOptional(CheckpointingOptions.CHECKPOINTS_DIRECTORY).isPresent();
    boolean isOwnStorage =
        configuration
            .getOptional(CheckpointingOptions.CHECKPOINT_STORAGE)
            .filter(storage -> !storage.equals("jobmanager"))
            .isPresent();
    return hasPlace || isOwnStorage
        ? Optional.empty()
        : Optional.of(
            "execution.checkpointing.dir is not set here. Unless the cluster sets it, Flink keeps its checkpoints in the job manager's memory, which takes 5 MB of each subtask: with more audio than a few minutes they fail, the job starts again and again, and nothing is published. Set it to a folder or bucket that job manager and task managers share.");
  }

  /**
   * A sentence, unless Flink's checkpoints come before Kafka gives the transactions up that they
   * commit. What is given up is lost where the checkpoint comes after all, and restarts the job
   * where another event comes before it, again and again.
   *
   * @param interval of the checkpoints
   * @param transactionTimeout how long Kafka keeps a transaction open
   */
  static Optional<String> ofTransactions(Duration interval, Duration transactionTimeout) {
    return interval.compareTo(transactionTimeout) < 0
        ? Optional.empty()
        : Optional.of(
            "execution.checkpointing.interval is %d s, and Kafka gives up transactions after %d s (transaction.timeout.ms): metric events, which are committed with Flink's checkpoints, would be lost. Set the interval to a fraction of that, or name a longer time in --kafka-properties; brokers allow transaction.max.timeout.ms, 15 minutes by default."
                .formatted(interval.toSeconds(), transactionTimeout.toSeconds()));
  }
}
