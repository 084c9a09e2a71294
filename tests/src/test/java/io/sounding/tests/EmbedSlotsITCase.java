package io.sounding.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.jobs.EmbedSlots;
import io.sounding.jobs.SoundingTopology;
import io.sounding.jobs.embedded.EmbeddedBroker;
import io.sounding.jobs.embedded.EmbeddedCluster;
import io.sounding.jobs.embedded.KafkaTopic;
import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.KafkaEnds;
import io.sounding.jobs.kafka.Topics;
import io.sounding.jobs.publish.AudioFiles;
import io.sounding.jobs.publish.CheckpointFiles;
import io.sounding.jobs.publish.CheckpointPublisher;
import io.sounding.jobs.publish.CorpusPublisher;
import io.sounding.jobs.watch.CommittedRecords;
import io.sounding.operators.EvaluationSettings;
import io.sounding.operators.embed.ModelSettings;
import io.sounding.operators.embed.TrustedArtifacts;
import io.sounding.operators.statistics.StatisticsSettings;
import io.sounding.schemas.EvaluationCost;
import io.sounding.schemas.InputNormalisation;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.MetricStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models in slots of their own: the job takes two slots for each of its subtasks, and runs. */
class EmbedSlotsITCase {

  private static final Topics TOPICS = Topics.withPrefix("slots");

  @TempDir private Path work;

  @Test
  void aCheckpointIsEvaluatedInSlotsForModels() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(work.resolve("kafka"));
        EmbeddedCluster cluster =
            EmbeddedCluster.start(
                work.resolve("flink"),
                2,
                new Configuration()
                    .set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(64))
                    .set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(64)))) {
      broker.createTopics(KafkaTopic.of(TOPICS, 1));
      start(broker, cluster, EmbedSlots.of("own"));
      KafkaClients kafka = KafkaClients.of(broker.bootstrapServers(), TOPICS);
      publish(kafka);
      EvaluationCost cost = awaitFinal(kafka).getCost();
      assertThat(cost.getLoadSeconds()).isPositive();
      assertThat(cost.getAudioSecondsPerSecond()).isPositive();
      assertThat(cost.getMetricsSeconds()).isPositive();
    }
  }

  private void start(EmbeddedBroker broker, EmbeddedCluster cluster, EmbedSlots slots)
      throws Exception {
    StreamExecutionEnvironment environment = cluster.environment();
    environment.setParallelism(1);
    environment.enableCheckpointing(500);
    SoundingTopology.lay(
        environment,
        KafkaEnds.of(KafkaClients.of(broker.bootstrapServers(), TOPICS), "slots"),
        EvaluationSettings.defaults(
                ModelSettings.of(
                    TrustedArtifacts.of(List.of(DemoData.folder().toString())),
                    work.resolve("models").toString()))
            .with(2, StatisticsSettings.defaults().with(4, 200)),
        slots);
    environment.executeAsync("slots");
  }

  private static void publish(KafkaClients kafka) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer = kafka.producer();
        var files = Files.list(DemoData.audio())) {
      new CorpusPublisher(producer, TOPICS.audio())
          .publish("speech", AudioFiles.list(files.sorted().limit(4).toList()));
      CheckpointPublisher checkpoints = new CheckpointPublisher(producer, TOPICS.checkpoints());
      Path file = DemoData.checkpoint("collapse", 50);
      checkpoints.publish(
          new CheckpointPublisher.RunSettings(
              "collapse", "speech", 16_000, InputNormalisation.NONE, List.of(-1)),
          new CheckpointFiles.CheckpointFile(file, file.getFileName().toString(), 50),
          1.0);
      checkpoints.flush();
    }
  }

  private static MetricEvent awaitFinal(KafkaClients kafka) {
    List<MetricEvent> events = new ArrayList<>();
    try (var reader = new CommittedRecords<>(kafka, TOPICS.metrics(), MetricEvent.class)) {
      Await.until(
          "the checkpoint is evaluated",
          () -> {
            events.addAll(reader.poll(Duration.ofMillis(200)));
            return events.stream().anyMatch(e -> e.getStatus() == MetricStatus.FINAL);
          },
          () -> events);
    }
    return events.get(events.size() - 1);
  }
}
