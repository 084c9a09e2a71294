package io.sounding.jobs.cli;

import static io.sounding.jobs.cli.Arguments.checkNotEmpty;
import static io.sounding.jobs.cli.Arguments.unusable;

import io.sounding.jobs.configuration.Configured;
import io.sounding.jobs.configuration.DurationOption;
import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.TopicAdvice;
import io.sounding.jobs.publish.CheckpointEvents;
import io.sounding.jobs.publish.CheckpointWatch;
import io.sounding.jobs.publish.Counted;
import io.sounding.jobs.publish.FolderWatch;
import io.sounding.jobs.publish.UnusableInputException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sounding watch}: publishes the checkpoints of a run as they are written. */
@Command(
    name = "watch",
    description =
        "Publishes each checkpoint of a training run once it is completely written, until it is interrupted. What was published is remembered by Kafka: stop and start it at will.",
    footer = {
      "",
      "Example:",
      "  sounding watch run1/ --run run1 --corpus dev --loss run1/loss.csv \\",
      "    --bootstrap kafka:9092",
      "",
      "Files directly in DIR and in folders such as checkpoint-400 are watched: TorchScript (.pt .pth .ts .torchscript), ONNX (.onnx), or with --graph weights (.safetensors). Step and loss are read from FILE.json beside a checkpoint, its name (step00400-loss=2.31.pt) or that of its folder, trainer_state.json, and --loss. A checkpoint that is written again is published again.",
      "",
      "Exit status: 0 all published, or interrupted; with --once or --until-idle 1 if a file could not be published; 2 unusable arguments, 3 Kafka out of reach."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class WatchCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "DIR",
      description = "The folder that the run writes to; it may appear later.")
  private Path folder;

  @Mixin private CheckpointOptions checkpoints;

  @Configured
  @Option(
      names = "--loss",
      paramLabel = "CSV",
      description = "Training losses: a CSV file with the columns step and loss, which may grow.")
  private Path loss;

  @Configured
  @Option(
      names = "--settle",
      defaultValue = "5s",
      paramLabel = "DURATION",
      converter = DurationOption.class,
      description =
          "A file is complete when its size and time did not change for so long, and it looks whole (default: ${DEFAULT-VALUE}).")
  private Duration settling;

  @Configured
  @Option(
      names = "--done-marker",
      paramLabel = "SUFFIX",
      description =
          "Instead: a file is complete when FILE with this suffix (such as .done) is there, and not older.")
  private String doneMarker;

  @Configured
  @Option(
      names = "--loss-wait",
      defaultValue = "1m",
      paramLabel = "DURATION",
      converter = DurationOption.class,
      description =
          "How long a complete checkpoint waits for its loss, if that is still to be written (default: ${DEFAULT-VALUE}).")
  private Duration lossWait;

  @Configured
  @Option(
      names = "--poll",
      defaultValue = "2s",
      paramLabel = "DURATION",
      converter = DurationOption.class,
      description = "Time between two looks at the folder (default: ${DEFAULT-VALUE}).")
  private Duration pause;

  /** When it ends by itself. */
  static final class End {
    @Option(names = "--once", description = "End when all that is there now is published.")
    private boolean once;

    @Option(
        names = "--until-idle",
        paramLabel = "DURATION",
        converter = DurationOption.class,
        description = "End when nothing was written for so long.")
    private Duration untilIdle;
  }

  @ArgGroup private End end = new End();

  @Mixin private KafkaOptions kafka;

  @Override
  public Integer call() throws UnusableInputException {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new UnusableInputException(folder, "is a file", "name the folder that it lies in");
    } else if (pause.toMillis() == 0) {
      throw unusable(spec, "--poll is less than 1ms; say how long to wait, such as 2s.");
    }
    checkNotEmpty(spec, "--done-marker", doneMarker);
    CheckpointEvents events = checkpoints.events(folder);
    Consumer<String> terminal = terminal();
    FolderWatch watched =
        new FolderWatch(
            checkpoints.in(folder),
            loss,
            new FolderWatch.Patience(settling, doneMarker, lossWait),
            terminal);
    KafkaClients clients = kafka.clients();
    TopicAdvice.beforePublishing(
        clients, clients.topics().checkpoints(), spec.commandLine().getErr()::println);
    CheckpointWatch watch =
        new CheckpointWatch(
            clients,
            events,
            () -> checkpoints.findCorpus(clients, terminal),
            watched,
            new CheckpointWatch.Pace(pause, end.once ? Duration.ZERO : end.untilIdle),
            terminal);
    try (Interruption interruption = new Interruption()) {
      CheckpointWatch.Outcome outcome = watch.run();
      boolean interrupted = interruption.happened();
      for (String file : outcome.unpublished()) {
        terminal.accept("Not published: " + file + (file.endsWith(".") ? "" : "."));
      }
      if (outcome.waiting() > 0) {
        terminal.accept(
            "Not published yet: %s; the next watch publishes them."
                .formatted(Counted.of(outcome.waiting(), "checkpoint")));
      }
      terminal.accept(
          "%s Published: %s."
              .formatted(
                  interrupted ? "Interrupted." : "Done.",
                  Counted.of(outcome.published(), "checkpoint")));
      return interrupted || outcome.unpublished().isEmpty() ? 0 : 1;
    }
  }

  private Consumer<String> terminal() {
    PrintWriter out = spec.commandLine().getOut();
    return sentence -> {
      out.println(MetricRow.printable(sentence));
      if (out.checkError()) {
        Thread.currentThread().interrupt(); // nobody reads it any more
      }
    };
  }
}
