package io.sounding.tests.speed.throughput;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.sounding.jobs.embedded.EmbeddedSounding;
import io.sounding.operators.EvaluationSettings;
import io.sounding.operators.embed.DeviceChoice;
import io.sounding.operators.embed.ModelSettings;
import io.sounding.operators.embed.TrustedArtifacts;
import io.sounding.schemas.registry.WireFormat;
import io.sounding.tests.JavaProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The whole job on the embedded default, from Kafka to Kafka, in a process of its own that is given
 * what {@code ./sounding serve} gives: its corpus is uploaded and sealed and the engine has run
 * when the first checkpoint event is published.
 */
public final class WholeJob {

  /** Options of the script {@code sounding}. */
  static final List<String> JVM =
      List.of(
          "-XX:MaxRAMPercentage=50",
          "-XX:+UseG1GC",
          "-XX:MaxHeapFreeRatio=100",
          "--add-opens=java.base/java.util=ALL-UNNAMED",
          "-XX:+PerfDisableSharedMem",
          "-Dai.djl.onnx.disable_alternative=true");

  private static final int PATIENCE_SECONDS = 3_600;
  private static final double WARM_UP_SECONDS = 60;

  private WholeJob() {}

  /**
   * What is evaluated.
   *
   * @param encoder its name, as {@link EncoderName} reads it
   * @param checkpoints how many
   * @param layers indices of the outputs that are evaluated; null: all
   * @param clusters k
   * @param seconds of audio, s
   */
  record Task(
      String work,
      String scripts,
      String audio,
      String encoder,
      int checkpoints,
      List<Integer> layers,
      int clusters,
      double seconds,
      int parallelism) {}

  /**
   * What came of it.
   *
   * @param seconds of audio per checkpoint, s
   */
  record Outcome(double seconds, Timeline timeline) {}

  /** Does it in a process of its own, whose files go into {@code folder}. */
  static Outcome inItsOwnProcess(Path folder, Task task) throws IOException {
    Folders.empty(folder);
    Path question = folder.resolve("task.json");
    Path answer = folder.resolve("outcome.json");
    new ObjectMapper().writeValue(question.toFile(), task);
    try (JavaProcess process =
        JavaProcess.start(
            "whole-job",
            folder.resolve("process"),
            JVM,
            WholeJob.class,
            List.of(question.toString(), answer.toString(), folder.toString()))) {
      process.awaitEnd(PATIENCE_SECONDS);
      if (!Files.exists(answer)) {
        throw new IllegalStateException("The job did not end well: " + process.printed());
      }
    }
    return new ObjectMapper().readValue(answer.toFile(), Outcome.class);
  }

  /** How the task is evaluated, with fetched models below {@code folder}. */
  static EvaluationSettings settings(Task task, Encoders encoders, Path folder) {
    EvaluationSettings defaults =
        EvaluationSettings.defaults(
            ModelSettings.of(
                    TrustedArtifacts.of(List.of(encoders.folder().toString())),
                    folder.resolve("cache").toString())
                .on(EncoderName.of(task.encoder()).gpu() ? DeviceChoice.GPU : DeviceChoice.CPU));
    return defaults.with(
        defaults.shards(),
        defaults.statistics().with(task.clusters(), defaults.statistics().sampleFrames()));
  }

  /** Arguments: the file of the {@link Task}, that of the {@link Outcome}, and a folder. */
  public static void main(String[] arguments) throws Exception {
    ObjectMapper json = new ObjectMapper();
    Task task = json.readValue(Path.of(arguments[0]).toFile(), Task.class);
    Path folder = Path.of(arguments[2]);
    Encoders encoders = new Encoders(Path.of(task.work()), Path.of(task.scripts()));
    EvaluationSettings settings = settings(task, encoders, folder);
    try (EmbeddedSounding sounding =
            EmbeddedSounding.serve(
                folder.resolve("sounding"),
                0,
                task.parallelism(),
                settings,
                WireFormat.singleObject());
        Evaluations evaluations =
            new Evaluations(
                sounding.kafka(),
                Duration.ofSeconds(PATIENCE_SECONDS),
                Evaluations.healthOf(sounding.job()))) {
      Speech speech = Speech.of(Path.of(task.audio()), task.seconds());
      evaluations.publish("speech", speech);
      evaluations.publish("warm-up", Speech.of(Path.of(task.audio()), WARM_UP_SECONDS));
      evaluations.evaluate(
          encoders.checkpoints(task.encoder(), "warm-up", "warm-up", 1, task.layers()));
      Timeline timeline =
          evaluations.evaluate(
              encoders.checkpoints(
                  task.encoder(), "run", "speech", task.checkpoints(), task.layers()));
      json.writeValue(Path.of(arguments[1]).toFile(), new Outcome(speech.seconds(), timeline));
    }
    Runtime.getRuntime().halt(0); // threads of engines
  }
}
