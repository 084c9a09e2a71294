package io.sounding.jobs;

import java.util.Optional;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ReadableConfig;

/** Warns whoever submits a job of which Flink would keep the checkpoints in memory. */
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
}
