package io.sounding.jobs.cli;

import static io.sounding.jobs.cli.Arguments.checkRange;
import static io.sounding.jobs.cli.Arguments.unusable;

import io.sounding.jobs.configuration.Configured;
import io.sounding.jobs.dashboard.Dashboard;
import io.sounding.jobs.embedded.EmbeddedSounding;
import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.publish.AudioFiles;
import io.sounding.jobs.publish.CheckpointFiles;
import io.sounding.jobs.publish.CheckpointPublisher;
import io.sounding.jobs.publish.LossTable;
import io.sounding.jobs.publish.UnusableInputException;
import io.sounding.operators.EvaluationSettings;
import io.sounding.operators.embed.ModelSettings;
import io.sounding.operators.embed.TrustedArtifacts;
import io.sounding.operators.statistics.StatisticsSettings;
import io.sounding.schemas.InputNormalisation;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code sounding demo}: two training runs of a small speech encoder, evaluated before your eyes.
 */
@Command(
    name = "demo",
    description =
        "Shows it all on data that comes with the project: starts Kafka and Flink in this process, publishes 5 minutes of speech and the checkpoints of a healthy and a collapsing training run, and evaluates them.",
    footer = {"", "Example:", "  sounding demo"},
    sortOptions = false,
    mixinStandardHelpOptions = true)
@Configured
final class DemoCommand implements Callable<Integer> {

  private static final String CORPUS = "demo-speech";
  private static final List<String> RUNS = List.of("healthy", "collapse");
  private static final int SHARDS = 16;
  private static final int CLUSTERS = 64;

  @Spec private CommandSpec spec;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where the demo's data lies (default: jobs/demo beside the launcher).")
  private Path data = Path.of(System.getProperty("sounding.home", "."), "jobs", "demo");

  @Option(
      names = "--work",
      paramLabel = "DIR",
      description =
          "Where a new folder is made, the only one that is written to (default: the system's folder for temporary files).")
  private Path work;

  @Option(
      names = "--parallelism",
      paramLabel = "SUBTASKS",
      description = "Subtasks that embed side by side (default: processors, at most 8).")
  private Integer parallelism;

  @Mixin private DashboardOptions page;

  @Override
  public Integer call() throws Exception {
    PrintWriter terminal = spec.commandLine().getOut();
    page.check();
    List<AudioFiles.AudioFilePath> audio;
    List<EvaluationSession.Run> runs = new ArrayList<>();
    try {
      audio = AudioFiles.list(List.of(data.resolve("audio")));
      for (String name : RUNS) {
        Path folder = data.resolve("runs").resolve(name);
        runs.add(
            new EvaluationSession.Run(
                new CheckpointPublisher.RunSettings(
                    name, CORPUS, 16_000, InputNormalisation.NONE, List.of(-1)),
                CheckpointFiles.list(List.of(folder)),
                LossTable.read(folder.resolve("loss.csv"))));
      }
    } catch (UnusableInputException e) {
      throw unusable(spec, e.getMessage() + " The demo's data is named with --data.");
    }
    int subtasks = parallelism == null ? EmbeddedSounding.parallelism(SHARDS) : parallelism;
    checkRange(spec, "--parallelism", subtasks, 1, SHARDS);
    WorkFolder folder = WorkFolder.below(work);
    Path results = folder.path().resolve("metrics.jsonl");
    TrustedArtifacts published =
        TrustedArtifacts.of(
            runs.stream()
                .flatMap(run -> run.checkpoints().stream())
                .map(CheckpointFiles.CheckpointFile::uri)
                .toList());
    StatisticsSettings defaults = StatisticsSettings.defaults();
    EvaluationSettings settings =
        EvaluationSettings.defaults(ModelSettings.of(published, folder.models().toString()))
            .with(SHARDS, defaults.with(CLUSTERS, defaults.sampleFrames()));

    terminal.printf("Sounding demo: everything is written to %s%n", folder.path());
    terminal.flush();
    EvaluationSession session =
        new EvaluationSession(
            folder, subtasks, settings, terminal, sentence -> unusable(spec, sentence));
    try {
      return session.run(audio, CORPUS, runs, results, new Onlooker(session, results)).anyFailed()
          ? 1
          : 0;
    } finally {
      folder.clean();
    }
  }

  /** The page, and whoever looks at it: on a terminal it stays until they have seen enough. */
  private final class Onlooker implements EvaluationSession.Audience {

    private final EvaluationSession session;
    private final Path results;
    private Dashboard dashboard;

    private Onlooker(EvaluationSession session, Path results) {
      this.session = session;
      this.results = results;
    }

    @Override
    public void arrive(KafkaClients kafka) {
      dashboard = page.start(kafka);
      spec.commandLine().getOut().print(DashboardOptions.line(dashboard));
      spec.commandLine().getOut().flush();
    }

    @Override
    public void lookOn() throws IOException {
      PrintWriter terminal = spec.commandLine().getOut();
      new RunComparison(session.closing()).print(terminal, RUNS);
      terminal.printf("%nAll metrics of these checkpoints: %s%n", results);
      if (dashboard != null && Terminal.isThere()) {
        terminal.printf(
            "The dashboard stays at %s until you press Enter (or Ctrl+C).%n", dashboard.address());
        terminal.flush();
        Terminal.awaitEnter();
      }
    }

    @Override
    public void close() {
      if (dashboard != null) {
        dashboard.close();
      }
    }
  }
}
