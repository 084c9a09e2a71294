package io.sounding.operators.embed;

import io.sounding.operators.admit.CheckpointRequest;
import io.sounding.operators.admit.Manifest;

/**
 * What every subtask of the embedding stage is told: either a checkpoint or a manifest.
 *
 * @param checkpoint a checkpoint to evaluate; null in the other case
 * @param manifest a corpus that was sealed; null in the other case
 */
public record Control(CheckpointRequest checkpoint, Manifest manifest) {

  /** Tells of a checkpoint. */
  public static Control of(CheckpointRequest checkpoint) {
    return new Control(checkpoint, null);
  }

  /** Tells of a manifest. */
  public static Control of(Manifest manifest) {
    return new Control(null, manifest);
  }
}
