package io.sounding.jobs.publish;

import java.nio.file.Path;

/**
 * What the training run says of a checkpoint.
 *
 * @param step training step; null: not said anywhere
 * @param loss training loss; null: not known
 * @param awaited what is still to be written and may tell the loss, in words; null: nothing
 * @param finding what is wrong with a file that should have told, a sentence; null: nothing
 */
record TrainingFacts(Long step, Double loss, String awaited, String finding) {

  /** What to do about a checkpoint whose step is not known. */
  static final String NO_STEP =
      "no training step is in its name or in a file beside it. Rename it, for example to step00400.pt, if it is a checkpoint of its own.";

  /**
   * Where facts are looked for. Steps: a sidecar, the file's name, the name of its folder, the
   * state of Hugging Face's Trainer. Losses: a sidecar, the table of losses, the Trainer's state,
   * the file's name. The first that says something counts.
   */
  static final class Source {

    private static final Sidecar SILENT = new Sidecar(null, null);

    private final LossFile table;

    private Source(LossFile table) {
      this.table = table;
    }

    /**
     * Of a run that is over.
     *
     * @param table a CSV of losses; null: none
     */
    static Source finished(Path table) throws UnusableInputException {
      return new Source(table == null ? null : LossFile.finished(table));
    }

    /**
     * Of a run that is still writing.
     *
     * @param table a CSV of losses that need not exist yet; null: none
     */
    static Source growing(Path table) {
      return new Source(table == null ? null : LossFile.growing(table));
    }

    /** Reads the table of losses again if it has changed. */
    void refresh() {
      if (table != null) {
        table.refresh();
      }
    }

    /** What is wrong with the table of losses, a sentence; null: nothing. */
    String finding() {
      return table == null ? null : table.finding();
    }

    /** The facts of a checkpoint, as far as they can be known now. */
    TrainingFacts of(CheckpointFolder.Entry entry) {
      try {
        Sidecar sidecar = Sidecar.of(entry.path());
        Long named = sidecar.step() == null ? stepInName(entry) : sidecar.step();
        Sidecar trainer = Sidecar.ofTrainer(entry.path(), named);
        return facts(entry, sidecar, trainer, null);
      } catch (UnusableInputException e) {
        return facts(entry, SILENT, SILENT, e.getMessage());
      }
    }

    private TrainingFacts facts(
        CheckpointFolder.Entry entry, Sidecar sidecar, Sidecar trainer, String finding) {
      Long step = first(sidecar.step(), stepInName(entry), trainer.step());
      Double listed = table == null || step == null ? null : table.losses().get(step);
      Double loss =
          first(sidecar.loss(), listed, trainer.loss(), CheckpointFiles.loss(entry.path()));
      return new TrainingFacts(step, loss, awaited(entry, step, loss, finding), finding);
    }

    private String awaited(CheckpointFolder.Entry entry, Long step, Double loss, String finding) {
      boolean trainers = entry.isNested() && entry.checkpointId().startsWith("checkpoint-");
      if (finding != null) {
        return "what stands beside it to be readable";
      } else if (loss != null || step == null) {
        return null;
      } else if (table != null && table.mayReach(step)) {
        return "the loss of step %d in %s".formatted(step, table.file());
      }
      return trainers && !Sidecar.hasTrainerState(entry.path())
          ? "its " + Sidecar.TRAINER_STATE
          : null;
    }

    private static Long stepInName(CheckpointFolder.Entry entry) {
      try {
        return entry.step();
      } catch (UnusableInputException e) {
        return null; // what else says it is looked at
      }
    }

    @SafeVarargs
    private static <T> T first(T... values) {
      for (T value : values) {
        if (value != null) {
          return value;
        }
      }
      return null;
    }
  }
}
