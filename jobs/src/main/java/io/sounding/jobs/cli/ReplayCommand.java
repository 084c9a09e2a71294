package io.sounding.jobs.cli;

import static io.sounding.jobs.cli.Arguments.checkNotEmpty;
import static io.sounding.jobs.cli.Arguments.unusable;

import io.sounding.jobs.configuration.DurationOption;
import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.publish.CheckpointPublisher;
import io.sounding.jobs.publish.CheckpointTopic;
import io.sounding.jobs.publish.CorpusLookup;
import io.sounding.jobs.publish.Counted;
import io.sounding.jobs.publish.Decision;
import io.sounding.jobs.publish.PendingEvaluations;
import io.sounding.jobs.publish.PublishedCheckpoints;
import io.sounding.jobs.publish.Replay;
import io.sounding.jobs.publish.ReplayOrder;
import io.sounding.jobs.publish.ReplaySource;
import io.sounding.jobs.publish.UnusableInputException;
import io.sounding.schemas.CheckpointEvent;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sounding replay}: the checkpoints that a run has left, evaluated after the event. */
@Command(
    name = "replay",
    description =
        "Has the checkpoints of a run evaluated that are not evaluated yet, and waits for them. Interrupted, it goes on where it was when it is called again; what is FINAL is not evaluated again.",
    footer = {
      "",
      "Examples:",
      "  sounding replay --run run1 --from run1/ --corpus dev --order bisect \\",
      "    --bootstrap kafka:9092",
      "  sounding replay --run run1 --from topic --corpus test \\",
      "    --bootstrap kafka:9092",
      "",
      "A checkpoint is left alone if its latest attempt on the corpus is FINAL, and file, step, layers, sample rate and normalisation are the same; it is published again with a higher attempt if it has changed or FAILED. bisect: first, last, middle, quarters, ...: the shape of the curve shows early.",
      "",
      "Exit status: 0 all FINAL, 1 at least one FAILED or could not be published, 2 unusable arguments, 3 Kafka out of reach, or nothing came for as long as --give-up-after says."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class ReplayCommand implements Callable<Integer> {

  private static final String TOPIC = "topic";

  @Spec private CommandSpec spec;

  @Option(
      names = "--from",
      required = true,
      paramLabel = "DIR|topic[:NAME]",
      description =
          "A folder of checkpoint files, as for watch; topic: the events of the run that are in Kafka; topic:NAME: those in another topic.")
  private String from;

  @Mixin private CheckpointOptions checkpoints;

  @Option(
      names = "--loss",
      paramLabel = "CSV",
      description = "Training losses of the files: a CSV with the columns step and loss.")
  private Path loss;

  @Option(
      names = "--order",
      defaultValue = "step",
      paramLabel = "step|bisect",
      description = "In which order they are evaluated (default: ${DEFAULT-VALUE}).")
  private String order;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      converter = MomentOption.class,
      description =
          "Only files written, or events published, at or after this time, e.g. 2026-11-22T17:05:00Z.")
  private Instant since;

  @Option(
      names = "--until",
      paramLabel = "TIME",
      converter = MomentOption.class,
      description = "Only those before this time.")
  private Instant until;

  @Option(
      names = "--force",
      description = "Evaluate again what is FINAL or under way, with a higher attempt.")
  private boolean force;

  @Option(names = "--no-wait", description = "Publish, and end.")
  private boolean noWait;

  @Option(
      names = "--give-up-after",
      paramLabel = "DURATION",
      converter = DurationOption.class,
      description = "End with status 3 when nothing came for so long (default: wait).")
  private Duration giveUpAfter;

  @Mixin private KafkaOptions kafka;

  /** Shows how far the reading of files is, and what is wrong with them. */
  private static final class Reading implements ReplaySource.Listener {
    private final PrintWriter terminal;
    private final ProgressLine progress;
    private final List<String> problems = new ArrayList<>();

    private Reading(PrintWriter terminal) {
      this.terminal = terminal;
      this.progress = new ProgressLine(terminal);
    }

    @Override
    public void read(int files, int all) {
      progress.show(() -> "  %d of %d files read".formatted(files, all));
    }

    @Override
    public void note(String sentence) {
      progress.erase();
      terminal.println(MetricRow.printable(sentence));
    }

    @Override
    public void problem(String sentence) {
      problems.add(sentence);
      note(sentence);
    }

    private void end() {
      progress.erase();
    }
  }

  @Override
  public Integer call() throws UnusableInputException {
    checkNotEmpty(spec, "--from", from);
    ReplayOrder inOrder = parseOrder();
    PrintWriter terminal = spec.commandLine().getOut();
    KafkaClients clients = kafka.clients();
    checkpoints.findCorpus(clients, terminal::println);
    CheckpointPublisher.RunSettings run = checkpoints.settings();
    ReplaySource source = source(clients, run);
    try (CheckpointTopic topic = new CheckpointTopic(clients, run.runId(), run.corpusId())) {
      PublishedCheckpoints known = topic.refresh();
      Reading reading = new Reading(terminal);
      List<CheckpointEvent> events = source.events(known, reading);
      reading.end();
      topic.refresh(); // reading files takes long: others may have published meanwhile
      Replay replay = Replay.plan(events, known, inOrder, force);
      tell(replay, run, terminal);
      replay.publish(topic);
      List<Decision> awaited = replay.awaited();
      if (!awaited.isEmpty()) {
        CorpusLookup.note(clients, run.corpusId()).ifPresent(terminal::println);
      }
      int failed = 0;
      if (!noWait && !awaited.isEmpty()) {
        try (PendingEvaluations pending = new PendingEvaluations(clients, topic, awaited)) {
          failed = new ReplayTable(clients, terminal, giveUpAfter).show(pending);
        }
        terminal.printf("Done: %d FINAL, %d FAILED.%n", awaited.size() - failed, failed);
      }
      return failed == 0 && reading.problems.isEmpty() ? 0 : 1;
    }
  }

  private ReplaySource source(KafkaClients clients, CheckpointPublisher.RunSettings run)
      throws UnusableInputException {
    ReplaySource.Span span = new ReplaySource.Span(since, until);
    if (!from.equals(TOPIC) && !from.startsWith(TOPIC + ":")) {
      Path folder = Path.of(from);
      return ReplaySource.folder(checkpoints.in(folder), checkpoints.events(folder), loss, span);
    } else if (loss != null || checkpoints.areAboutFiles()) {
      throw unusable(
          spec,
          "--loss, --graph, --graph-uri and --uri-prefix are about files; with --from %s, events keep theirs."
              .formatted(from));
    }
    String topic =
        from.equals(TOPIC) || from.equals(TOPIC + ":")
            ? clients.topics().checkpoints()
            : from.substring(TOPIC.length() + 1);
    return ReplaySource.topic(clients, topic, run, span, checkpoints::override);
  }

  private static void tell(
      Replay replay, CheckpointPublisher.RunSettings run, PrintWriter terminal) {
    for (Decision decision : replay.decisions()) {
      if (decision.isWorthTelling()) {
        terminal.println(MetricRow.printable(decision.told()));
      }
    }
    terminal.printf(
        "Run %s on corpus %s, %s: %d published now, %d under way, %d left alone.%n",
        run.runId(),
        run.corpusId(),
        Counted.of(replay.decisions().size(), "checkpoint"),
        replay.decisions(Decision.Action.PUBLISH).size(),
        replay.decisions(Decision.Action.WAIT).size(),
        replay.decisions(Decision.Action.SKIP).size());
    terminal.flush();
  }

  private ReplayOrder parseOrder() {
    return switch (order) {
      case "step" -> ReplayOrder.STEP;
      case "bisect" -> ReplayOrder.BISECT;
      default -> throw unusable(spec, "--order is '%s'; say step or bisect.".formatted(order));
    };
  }
}
