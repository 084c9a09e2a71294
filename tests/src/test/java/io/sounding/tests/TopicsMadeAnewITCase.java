package io.sounding.tests;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sounding.jobs.embedded.EmbeddedBroker;
import io.sounding.jobs.embedded.EmbeddedCluster;
import io.sounding.jobs.embedded.KafkaTopic;
import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.KafkaEnds;
import io.sounding.jobs.kafka.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A topic is deleted and made anew while the job that reads it is down. */
@Timeout(600)
class TopicsMadeAnewITCase {

  private static final String TOPIC = "sounding.scores";

  @TempDir private Path work;

  @Test
  void theJobDoesNotGoOnInTheNewTopicAtTheOffsetsOfTheOldOne() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(work.resolve("kafka"));
        EmbeddedCluster cluster =
            EmbeddedCluster.start(work.resolve("flink"), 1, new Configuration());
        Admin admin =
            Admin.create(Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers()))) {
      broker.createTopics(KafkaTopic.keeping(TOPIC, 1));
      String id =
          admin
              .describeTopics(List.of(TOPIC))
              .allTopicNames()
              .get()
              .get(TOPIC)
              .topicId()
              .toString();
      String checkpoint = checkpointThatHolds(id, cluster, broker, null);
      checkpoint = checkpointThatHolds(id, cluster, broker, checkpoint); // the topic is the same

      admin.deleteTopics(List.of(TOPIC)).all().get();
      broker.createTopics(KafkaTopic.keeping(TOPIC, 1));

      JobClient job = start(cluster, broker, checkpoint);
      assertThatThrownBy(
              () -> job.getJobExecutionResult().get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS))
          .rootCause()
          .hasMessage(
              "Topic sounding.scores was deleted and made anew, or is that of another Kafka, since the job began to read it: what the job's state says of it holds no longer. Start the job without the savepoint, and publish again.");
    }
  }

  /** Has the job run until such a Flink checkpoint is complete, and ends it. */
  private String checkpointThatHolds(
      String id, EmbeddedCluster cluster, EmbeddedBroker broker, String before) throws Exception {
    JobClient job = start(cluster, broker, before);
    Await.until("the id of the topic is in a Flink checkpoint", () -> holding(id, job).isPresent());
    job.cancel().get();
    Await.until("the job is cancelled", () -> job.getJobStatus().get() == JobStatus.CANCELED);
    return holding(id, job).orElseThrow().toUri().toString();
  }

  private Optional<Path> holding(String id, JobClient job) throws IOException {
    try (Stream<Path> files = Files.walk(work.resolve("flink"))) {
      for (Path file : files.filter(file -> file.endsWith("_metadata")).toList()) {
        if (file.toString().contains(job.getJobID().toString())
            && Files.readString(file, StandardCharsets.ISO_8859_1).contains(id)) {
          return Optional.of(file.getParent());
        }
      }
    } catch (UncheckedIOException | NoSuchFileException e) {
      // a later one has taken its place meanwhile
    }
    return Optional.empty();
  }

  private static JobClient start(EmbeddedCluster cluster, EmbeddedBroker broker, String checkpoint)
      throws Exception {
    StreamExecutionEnvironment environment = cluster.environment();
    environment.configure(
        new Configuration()
            .set(PipelineOptions.GENERIC_TYPES, false)
            .set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION));
    environment.enableCheckpointing(500);
    if (checkpoint != null) {
      environment.configure(
          new Configuration().set(StateRecoveryOptions.SAVEPOINT_PATH, checkpoint));
    }
    KafkaClients kafka = KafkaClients.of(broker.bootstrapServers(), Topics.withPrefix("sounding"));
    environment
        .fromSource(KafkaEnds.of(kafka, "job").scores(), WatermarkStrategy.noWatermarks(), "scores")
        .uid("scores")
        .setParallelism(1)
        .sinkTo(new DiscardingSink<>())
        .setParallelism(1);
    return environment.executeAsync("reads scores");
  }
}
