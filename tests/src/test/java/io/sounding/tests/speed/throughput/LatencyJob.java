package io.sounding.tests.speed.throughput;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.sounding.jobs.SoundingTopology;
import io.sounding.jobs.embedded.EmbeddedBroker;
import io.sounding.jobs.embedded.EmbeddedCluster;
import io.sounding.jobs.embedded.KafkaTopic;
import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.KafkaEnds;
import io.sounding.jobs.kafka.Topics;
import io.sounding.operators.EvaluationSettings;
import io.sounding.tests.JavaProcess;
import io.sounding.tests.speed.throughput.Timeline.Moments;
import io.sounding.tests.speed.throughput.WholeJob.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * An embedded job like that of {@link WholeJob}, put together here so that Flink has a reporter of
 * metrics, {@link LastEmbedded}. It evaluates one checkpoint after the other, each alone.
 */
public final class LatencyJob {

  private static final int PATIENCE_SECONDS = 3_600;

  private LatencyJob() {}

  /**
   * How long a checkpoint made its user wait, all in seconds.
   *
   * @param firstPartial from its event to its first PARTIAL event, committed and read
   * @param load of loading the model, as the events say; NaN if they do not
   * @param clustered from the last batch that was embedded to the FINAL event's sending
   * @param read from the same to its being read, committed
   * @param whole from its event to its last FINAL event, committed and read
   */
  record Latency(double firstPartial, double load, double clustered, double read, double whole) {}

  /** Does it in a process of its own, whose files go into {@code folder}. */
  static List<Latency> inItsOwnProcess(Path folder, Task task) throws IOException {
    Folders.empty(folder);
    Path question = folder.resolve("task.json");
    Path answer = folder.resolve("latencies.json");
    new ObjectMapper().writeValue(question.toFile(), task);
    try (JavaProcess process =
        JavaProcess.start(
            "latency-job",
            folder.resolve("process"),
            WholeJob.JVM,
            LatencyJob.class,
            List.of(question.toString(), answer.toString(), folder.toString()))) {
      process.awaitEnd(PATIENCE_SECONDS);
      if (!Files.exists(answer)) {
        throw new IllegalStateException("The job did not end well: " + process.printed());
      }
    }
    return Arrays.asList(new ObjectMapper().readValue(answer.toFile(), Latency[].class));
  }

  /** Arguments: the file of the {@link Task}, that of the answer, and a folder. */
  public static void main(String[] arguments) throws Exception {
    ObjectMapper json = new ObjectMapper();
    Task task = json.readValue(Path.of(arguments[0]).toFile(), Task.class);
    Path folder = Path.of(arguments[2]);
    Encoders encoders = new Encoders(Path.of(task.work()), Path.of(task.scripts()));
    EvaluationSettings settings = WholeJob.settings(task, encoders, folder);
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"));
        EmbeddedCluster cluster =
            EmbeddedCluster.start(folder.resolve("flink"), task.parallelism(), reporting())) {
      KafkaClients kafka = KafkaClients.of(broker.bootstrapServers(), Topics.withPrefix("latency"));
      broker.createTopics(KafkaTopic.of(kafka.topics(), task.parallelism()));
      StreamExecutionEnvironment environment = cluster.environment();
      environment.setParallelism(task.parallelism());
      environment.enableCheckpointing(1_000);
      environment.getCheckpointConfig().setMinPauseBetweenCheckpoints(500);
      SoundingTopology.lay(environment, KafkaEnds.of(kafka, "latency"), settings);
      JobClient job = environment.executeAsync("latency");
      json.writeValue(
          Path.of(arguments[1]).toFile(),
          latencies(task, encoders, kafka, Evaluations.healthOf(job)));
    }
    Runtime.getRuntime().halt(0); // threads of engines
  }

  private static Configuration reporting() {
    return new Configuration()
        .set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(64))
        .set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(64))
        .set(reporter(), LastEmbedded.Factory.class.getName());
  }

  private static ConfigOption<String> reporter() {
    return ConfigOptions.key("metrics.reporter.last-embedded.factory.class")
        .stringType()
        .noDefaultValue();
  }

  private static List<Latency> latencies(
      Task task, Encoders encoders, KafkaClients kafka, Runnable health) throws IOException {
    try (Evaluations evaluations =
        new Evaluations(kafka, Duration.ofSeconds(PATIENCE_SECONDS), health)) {
      evaluations.publish("speech", Speech.of(Path.of(task.audio()), task.seconds()));
      List<Latency> latencies = new ArrayList<>();
      for (int i = 0; i <= task.checkpoints(); i++) {
        Timeline timeline =
            evaluations.evaluate(
                encoders
                    .checkpoints(task.encoder(), "run-" + i, "speech", i + 1, task.layers())
                    .subList(i, i + 1));
        Moments moments = timeline.last();
        latencies.add(
            new Latency(
                (moments.firstPartialRead() - timeline.published()) * 1e-3,
                moments.loadSeconds(),
                (moments.written() - LastEmbedded.millis()) * 1e-3,
                (moments.read() - LastEmbedded.millis()) * 1e-3,
                timeline.seconds()));
      }
      return latencies.subList(1, latencies.size()); // the first one warmed up
    }
  }
}
