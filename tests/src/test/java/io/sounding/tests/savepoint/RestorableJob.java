package io.sounding.tests.savepoint;

import io.sounding.jobs.SoundingTopology;
import io.sounding.jobs.embedded.EmbeddedBroker;
import io.sounding.jobs.embedded.EmbeddedCluster;
import io.sounding.jobs.embedded.KafkaTopic;
import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.KafkaEnds;
import io.sounding.jobs.kafka.TopicIds;
import io.sounding.jobs.kafka.TopicSource;
import io.sounding.jobs.kafka.Topics;
import io.sounding.operators.EvaluationSettings;
import io.sounding.operators.Patience;
import io.sounding.operators.admit.KafkaRecord;
import io.sounding.operators.embed.ModelSettings;
import io.sounding.operators.embed.TrustedArtifacts;
import io.sounding.operators.relate.RelateSettings;
import io.sounding.operators.statistics.StatisticsSettings;
import io.sounding.schemas.DecodingException;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.SingleObjectCodec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The job between the topics of an embedded broker, one partition each, and a list in memory. It
 * can be started from a savepoint whose job read topics with the same names and the same records.
 */
final class RestorableJob implements AutoCloseable {

  /**
   * Where the models lie, as their events say. Nothing lies there: they are found by their digest
   * in the folder of fetched models, for a fixture may be restored on any machine.
   */
  static final String MODELS = "file:/models-of-savepoint-tests";

  private static final Topics TOPICS = Topics.withPrefix("sounding");

  private final EmbeddedBroker broker;
  private final EmbeddedCluster cluster;
  private final EventList metrics = new EventList(UUID.randomUUID().toString());
  private JobClient job;

  /** Starts a broker and a cluster below {@code work}. */
  RestorableJob(Path work) {
    broker = EmbeddedBroker.start(work.resolve("kafka"));
    broker.createTopics(KafkaTopic.of(TOPICS, 1));
    cluster =
        EmbeddedCluster.start(
            work.resolve("flink"),
            2,
            new Configuration()
                .set(RestartStrategyOptions.RESTART_STRATEGY, "none")
                .set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(64))
                .set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(64))
                // state in files of its own is found by a relative path, whoever has the folder
                .set(CheckpointingOptions.FS_SMALL_FILE_THRESHOLD, MemorySize.ZERO));
  }

  /**
   * The job, laid out to be started.
   *
   * @param models the fetched models, by their digests
   * @param savepoint from which it starts, with the state backend that did not write it; null: from
   *     the beginning of the topics
   */
  StreamExecutionEnvironment environment(Path models, int parallelism, Path savepoint) {
    StreamExecutionEnvironment environment = cluster.environment();
    environment.setParallelism(parallelism);
    if (savepoint != null) {
      environment.configure(
          new Configuration()
              .set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint.toUri().toString())
              .set(StateBackendOptions.STATE_BACKEND, "rocksdb"));
    }
    SoundingTopology.Ends kafka =
        KafkaEnds.of(KafkaClients.of(broker.bootstrapServers(), TOPICS), "savepoint-tests");
    SoundingTopology.lay(
        environment,
        new SoundingTopology.Ends(
            ofAnyKafka(kafka.checkpoints(), broker.bootstrapServers()),
            ofAnyKafka(kafka.audio(), broker.bootstrapServers()),
            ofAnyKafka(kafka.scores(), broker.bootstrapServers()),
            metrics,
            new EventList(UUID.randomUUID().toString()),
            new EventList(UUID.randomUUID().toString()),
            new EventList(UUID.randomUUID().toString()),
            kafka.wire()),
        settings(models));
    return environment;
  }

  /** The topics of the savepoint's job were those of another broker, with the same records. */
  private static TopicSource ofAnyKafka(Source<KafkaRecord, ?, ?> source, String bootstrapServers) {
    TopicSource of = (TopicSource) source;
    return new TopicSource(
        of.kafka(),
        of.topic(),
        () -> new TopicIds(KafkaClients.of(bootstrapServers, TOPICS), List.of()));
  }

  private static EvaluationSettings settings(Path models) {
    return new EvaluationSettings(
        4,
        new StatisticsSettings(4, 64, 8, 64, 2, 7),
        ModelSettings.of(TrustedArtifacts.of(List.of(MODELS)).requiringSha256(), models.toString()),
        30,
        60,
        Duration.ofMillis(1),
        Duration.ZERO,
        Patience.DEFAULT.withRetention(Duration.ofDays(36_500)), // a fixture does not expire
        RelateSettings.DEFAULT.with(Duration.ofDays(36_500)));
  }

  /** Starts the job. */
  void start(StreamExecutionEnvironment environment) throws Exception {
    job = environment.executeAsync("savepoint tests");
  }

  JobClient job() {
    return job;
  }

  /** Appends the records to the topics. */
  void publish(List<InputRecord> records) {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (InputRecord input : records) {
        producer.send(
            new ProducerRecord<>(
                input.isAudio() ? TOPICS.audio() : TOPICS.checkpoints(),
                input.key(),
                input.value()));
      }
      producer.flush();
    }
  }

  /** The metric events so far. */
  List<MetricEvent> events() throws DecodingException {
    SingleObjectCodec codec = SingleObjectCodec.reading(MetricEvent.getClassSchema());
    List<MetricEvent> events = new ArrayList<>();
    for (byte[] value : metrics.values()) {
      events.add((MetricEvent) codec.decode(value));
    }
    return events;
  }

  /** Checkpoint, layer and status of the metric events so far. */
  String summary() {
    try {
      return events().stream()
          .map(e -> e.getCheckpointId() + "/" + e.getLayer() + " " + e.getStatus())
          .toList()
          .toString();
    } catch (DecodingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Takes a savepoint in the format that all state backends read; the job goes on. */
  Path savepoint(Path directory) throws Exception {
    return Path.of(
        java.net.URI.create(
            cluster
                .miniCluster()
                .triggerSavepoint(
                    job.getJobID(),
                    directory.toUri().toString(),
                    false,
                    SavepointFormatType.CANONICAL)
                .get()));
  }

  @Override
  public void close() {
    cluster.close();
    broker.close();
  }
}
