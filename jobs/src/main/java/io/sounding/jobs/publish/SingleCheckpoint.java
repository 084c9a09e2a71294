package io.sounding.jobs.publish;

import io.sounding.schemas.CheckpointEvent;
import io.sounding.schemas.Sha256;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** One checkpoint's file, to be published by name. */
public final class SingleCheckpoint {

  /** Files that take more than a moment to read. */
  private static final long LARGE_BYTES = 1_000_000_000;

  private final CheckpointEvents events;
  private final Path file;
  private final long step;
  private final Double loss;
  private final FileStamp stamp;
  private final String sha256;
  private final Consumer<String> notes;

  /**
   * Reads the file.
   *
   * @param step training step; null: what the run says of it
   * @param loss training loss; null: likewise
   * @param notes takes a sentence on what could not be read of it
   * @throws UnusableInputException if it is no whole file of its kind, or its step is not known
   */
  public SingleCheckpoint(
      CheckpointEvents events,
      CheckpointFolder.Entry entry,
      Long step,
      Double loss,
      Consumer<String> notes)
      throws UnusableInputException {
    this.events = events;
    this.notes = notes;
    this.file = entry.path();
    if (!CheckpointFolder.isOfKind(file, events.areWeights())) {
      throw new UnusableInputException(
          file,
          "is not named like " + (events.areWeights() ? "weights" : "a model"),
          events.areWeights()
              ? "name a .safetensors file, or leave --graph out"
              : "name a .pt, .pth, .ts, .torchscript or .onnx file, or for a .safetensors file the model that it is for, with --graph");
    }
    CheckpointEvents.requireWhole(file);
    TrainingFacts facts = TrainingFacts.Source.finished(null).of(entry);
    if (facts.finding() != null) {
      notes.accept(facts.finding());
    }
    if (step == null && facts.step() == null) {
      throw new UnusableInputException(
          file, "has no training step in its name or in a file beside it", "say it with --step");
    }
    this.step = step == null ? facts.step() : step;
    this.loss = loss == null ? facts.loss() : loss;
    try {
      this.stamp = FileStamp.ofOpened(file);
      if (stamp.bytes() > LARGE_BYTES) {
        notes.accept("Reading %s, %.1f GB.".formatted(file, stamp.bytes() * 1e-9));
      }
      this.sha256 = Sha256.of(file);
      if (!FileStamp.ofOpened(file).equals(stamp)) {
        throw new UnusableInputException(
            file, "is still being written", "publish it when it is complete");
      }
    } catch (IOException e) {
      throw UnusableInputException.unreadable(file, e);
    }
  }

  /**
   * Publishes it, unless it was published before.
   *
   * @param checkpointId its name in the run
   * @param attempt the attempt; null: 0, or one more than before if it has changed
   * @return what was done
   * @throws UnusableInputException if the attempt was made with other contents
   */
  public Decision publish(CheckpointTopic topic, String checkpointId, Integer attempt)
      throws UnusableInputException {
    PublishedCheckpoints known = topic.refresh();
    CheckpointFolder.Entry named = new CheckpointFolder.Entry(checkpointId, file);
    CheckpointEvent event = events.of(named, step, loss, stamp, sha256);
    Decision decision =
        attempt == null
            ? Decision.once(known, event)
            : Decision.asked(known, CheckpointEvent.newBuilder(event).setAttempt(attempt).build());
    if (decision.action() == Decision.Action.PUBLISH) {
      topic.publish(decision.event());
    } else {
      known.find(checkpointId, decision.attempt()).ifPresent(before -> noteOtherLoss(before));
    }
    return decision;
  }

  private void noteOtherLoss(PublishedCheckpoints.Attempt before) {
    if (loss != null && before.event() != null && !loss.equals(before.event().getTrainingLoss())) {
      notes.accept(
          "Note: it was published with the training loss %s. To have it evaluated again with %s, say --attempt %d."
              .formatted(before.event().getTrainingLoss(), loss, before.number() + 1));
    }
  }
}
