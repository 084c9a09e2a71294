package io.sounding.jobs.cli;

import static io.sounding.jobs.cli.Arguments.checkRange;
import static io.sounding.jobs.cli.Arguments.unusable;

import io.sounding.jobs.EvaluationOptions;
import io.sounding.jobs.WireFormatOptions;
import io.sounding.jobs.configuration.Configured;
import io.sounding.jobs.dashboard.Dashboard;
import io.sounding.jobs.embedded.EmbeddedException;
import io.sounding.jobs.embedded.EmbeddedSounding;
import io.sounding.operators.EvaluationSettings;
import io.sounding.schemas.registry.WireFormat;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobExecutionResult;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sounding serve}: Kafka, Flink and the job on this machine, for the other commands. */
@Command(
    name = "serve",
    description =
        "Runs Kafka, Flink and the job on this machine until it is stopped, for the other commands to publish to and to read from.",
    footer = {
      "",
      "Example:",
      "  sounding serve --models-from file:///home/me/runs/",
      "and in another terminal:",
      "  sounding publish audio recordings/ --corpus dev --bootstrap 127.0.0.1:9092",
      "",
      "Stopped and started again on the same folder it goes on where it was.",
      "Exit status: 0 stopped, 2 unusable arguments, 3 Kafka, Flink, the dashboard or the job failed."
    },
    sortOptions = false,
    showDefaultValues = true,
    mixinStandardHelpOptions = true)
@Configured
final class ServeCommand implements Callable<Integer> {

  /** The broker writes its log down, the job is cancelled, models are closed. */
  private static final Duration GOOD_ORDER = Duration.ofSeconds(60);

  /** Flink waits a second and more before it starts a job again. */
  private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

  @Spec private CommandSpec spec;

  @Option(
      names = "--work",
      paramLabel = "DIR",
      description = "Folder for all that is kept: Kafka's records, the job's state, models, log.")
  private Path work = Path.of("sounding-data");

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Kafka's port on 127.0.0.1; 0: one that is free.")
  private int port = 9_092;

  @Option(
      names = "--parallelism",
      paramLabel = "SUBTASKS",
      description = "Subtasks that embed side by side; 0: one per processor, at most 8.")
  private int parallelism;

  @Mixin private DashboardOptions page;
  @Mixin private WireFormatOptions wireFormat;
  @Mixin private EvaluationOptions evaluation;

  @Override
  public Integer call() throws Exception {
    PrintWriter terminal = spec.commandLine().getOut();
    checkRange(spec, "--port", port, 0, 65_535);
    page.check();
    WorkFolder folder = WorkFolder.at(work);
    EvaluationSettings settings;
    WireFormat wire;
    try {
      wire = wireFormat.format();
      settings = evaluation.settingsWithCache(folder.models().toString());
    } catch (IllegalArgumentException e) {
      throw unusable(spec, e.getMessage());
    }
    int subtasks = parallelism == 0 ? EmbeddedSounding.parallelism(settings.shards()) : parallelism;
    if (subtasks < 1 || subtasks > settings.shards()) {
      throw unusable(
          spec,
          "--parallelism is %d; it must lie in 1 to %d, the number of shards."
              .formatted(subtasks, settings.shards()));
    }
    try (Interruption interruption = new Interruption(GOOD_ORDER)) {
      try (EmbeddedSounding sounding =
          EmbeddedSounding.serve(folder.path(), port, subtasks, settings, wire)) {
        terminal.printf(
            "Kafka at %s, Flink at %s, everything in %s%n",
            sounding.bootstrapServers(), sounding.webAddress(), folder.path());
        try (Dashboard dashboard = page.start(sounding.kafka())) {
          terminal.printf("%sStop it with Ctrl+C.%n", DashboardOptions.line(dashboard));
          terminal.flush();
          awaitEnd(sounding, folder);
        }
      } catch (InterruptedException | EmbeddedException e) {
        if (!interruption.happened()) {
          throw e;
        }
      }
      return 0;
    }
  }

  /** The job's inputs have no end: it fails, or somebody ends it in Flink's web UI. */
  private void awaitEnd(EmbeddedSounding sounding, WorkFolder folder)
      throws InterruptedException, JobFailedException {
    RestartTold told = new RestartTold(spec.commandLine().getErr(), folder.log());
    CompletableFuture<JobExecutionResult> job = sounding.job().getJobExecutionResult();
    while (true) { // its end is taken from get alone: it may fail while it is looked at
      try {
        job.get(LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
        return;
      } catch (TimeoutException e) {
        told.look(sounding.restartReason(), System.nanoTime());
      } catch (ExecutionException e) {
        throw new JobFailedException(job, folder.log());
      }
    }
  }
}
