package io.sounding.jobs.cli;

import static io.sounding.jobs.cli.Arguments.checkId;
import static io.sounding.jobs.cli.Arguments.unusable;

import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.publish.CheckpointFolder;
import io.sounding.jobs.publish.CheckpointPublisher;
import io.sounding.jobs.publish.CheckpointTopic;
import io.sounding.jobs.publish.CorpusLookup;
import io.sounding.jobs.publish.Decision;
import io.sounding.jobs.publish.SingleCheckpoint;
import io.sounding.jobs.publish.UnusableInputException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sounding publish checkpoint}: one checkpoint. */
@Command(
    name = "checkpoint",
    description =
        "Publishes one checkpoint of a training run. One that was published before is published again, with a higher attempt, only if it has changed.",
    footer = {
      "",
      "Examples:",
      "  sounding publish checkpoint step00400.onnx --run run1 --corpus dev \\",
      "    --loss 2.31 --bootstrap kafka:9092",
      "  sounding publish checkpoint checkpoint-400/model.safetensors \\",
      "    --graph encoder.onnx --run run1 --corpus dev --bootstrap kafka:9092",
      "",
      "Exit status: 0 it is in Kafka, 2 unusable arguments, 3 Kafka out of reach."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class PublishCheckpointCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "FILE",
      description =
          "A model: TorchScript (.pt .pth .ts .torchscript) or ONNX (.onnx); with --graph its weights alone (.safetensors).")
  private Path file;

  @Mixin private CheckpointOptions checkpoint;

  @Option(
      names = "--step",
      paramLabel = "STEP",
      description =
          "Training step (default: from FILE.json beside it, from its name, that of its folder, or trainer_state.json).")
  private Long step;

  @Option(
      names = "--loss",
      paramLabel = "X",
      converter = LossOption.class,
      description = "Training loss at that step (default: likewise, if it is there).")
  private Double loss;

  @Option(
      names = "--id",
      paramLabel = "NAME",
      description =
          "Name of the checkpoint within the run (default: the file's name; with its folder's if that holds the step).")
  private String id;

  @Option(
      names = "--attempt",
      paramLabel = "ATTEMPT",
      description =
          "Raise it to have a checkpoint evaluated again (default: 0, or one more if it has changed).")
  private Integer attempt;

  @Mixin private KafkaOptions kafka;

  @Override
  public Integer call() throws UnusableInputException {
    if (step != null && step < 0) {
      throw unusable(spec, "--step is %d; it must not be negative.".formatted(step));
    } else if (attempt != null && attempt < 0) {
      throw unusable(spec, "--attempt is %d; it must not be negative.".formatted(attempt));
    }
    if (Files.isDirectory(file)) {
      throw new UnusableInputException(file, "is a folder", "name a file in it");
    }
    PrintWriter terminal = spec.commandLine().getOut();
    CheckpointFolder.Entry entry = CheckpointFolder.entry(file);
    String name = id == null ? entry.checkpointId() : id;
    checkId(spec, "--id", name);
    KafkaClients clients = kafka.clients();
    checkpoint.findCorpus(clients, terminal::println);
    CheckpointPublisher.RunSettings run = checkpoint.settings();
    SingleCheckpoint single =
        new SingleCheckpoint(
            checkpoint.events(entry.folder()),
            entry,
            step,
            loss,
            sentence -> terminal.println(MetricRow.printable(sentence)));
    Decision decision;
    try (CheckpointTopic topic = new CheckpointTopic(clients, run.runId(), run.corpusId())) {
      decision = single.publish(topic, name, attempt);
    }
    terminal.println(MetricRow.printable(decision.told()));
    CorpusLookup.note(clients, run.corpusId()).ifPresent(terminal::println);
    return 0;
  }
}
