package io.sounding.jobs.cli;

import static io.sounding.jobs.cli.Arguments.checkId;
import static io.sounding.jobs.cli.Arguments.unusable;

import io.sounding.jobs.publish.Counted;
import io.sounding.jobs.publish.ScorePublisher;
import io.sounding.jobs.publish.ScoreTable;
import io.sounding.jobs.publish.UnusableInputException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sounding score}: what checkpoints achieved on downstream tasks. */
@Command(
    name = "score",
    description =
        "Publishes what checkpoints of a run achieved on a downstream task. A score replaces an earlier one of the same run, step and task.",
    footer = {
      "",
      "Examples:",
      "  sounding score --run run1 --step 400 --task asr-wer --value 7.3 \\",
      "    --bootstrap kafka:9092",
      "  sounding score --run run1 --from scores.csv --bootstrap kafka:9092",
      "",
      "Exit status: 0 Kafka has them, 2 unusable arguments, 3 Kafka out of reach."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class ScoreCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(names = "--run", required = true, paramLabel = "NAME", description = "The training run.")
  private String run;

  /** One score, or a table of them. */
  static final class Scores {
    @ArgGroup(exclusive = false)
    private One one;

    @Option(
        names = "--from",
        required = true,
        paramLabel = "CSV",
        description = "Several scores: a CSV file with the columns step, task and value.")
    private Path table;
  }

  /** One score. */
  static final class One {
    @Option(
        names = "--step",
        required = true,
        paramLabel = "STEP",
        description = "Training step of the checkpoint.")
    private long step;

    @Option(
        names = "--task",
        required = true,
        paramLabel = "NAME",
        description = "The task and its measure, for example asr-wer.")
    private String task;

    @Option(
        names = "--value",
        required = true,
        paramLabel = "X",
        description = "The score, in the task's unit.")
    private double value;
  }

  @ArgGroup(multiplicity = "1")
  private Scores scores;

  @Mixin private KafkaOptions kafka;

  @Override
  public Integer call() throws UnusableInputException {
    checkId(spec, "--run", run);
    List<ScoreTable.Score> given =
        scores.one == null
            ? ScoreTable.read(scores.table)
            : List.of(new ScoreTable.Score(scores.one.step, scores.one.task, scores.one.value));
    for (ScoreTable.Score score : given) {
      checkId(spec, "The task", score.task());
      if (score.step() < 0) {
        throw unusable(spec, "--step is %d; it must not be negative.".formatted(score.step()));
      } else if (!Double.isFinite(score.value())) {
        throw unusable(spec, "--value is %s; it must be a finite number.".formatted(score.value()));
      }
    }
    ScorePublisher.publish(kafka.clients(), run, given);
    spec.commandLine()
        .getOut()
        .printf("In Kafka now: %s of run %s.%n", Counted.of(given.size(), "score"), run);
    return 0;
  }
}
