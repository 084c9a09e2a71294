package io.sounding.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.MetricStatus;
import io.sounding.tests.Await;
import io.sounding.tests.CommittedRecords;
import io.sounding.tests.faults.Workload.Message;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A job with topics of its own, from the first record to the last FINAL event. */
final class Evaluation implements AutoCloseable {

  /** The work is a matter of seconds; this includes restarts, on a busy machine. */
  private static final Duration LIMIT = Duration.ofSeconds(240);

  private final FlinkCluster cluster;
  private final JobProcess.Settings settings;
  private final int due;
  private final MetricTopic metrics;
  private JobProcess job;

  private Evaluation(
      FlinkCluster cluster, JobProcess.Settings settings, int due, String... options) {
    this.cluster = cluster;
    this.settings = settings;
    this.due = due;
    this.metrics = new MetricTopic(settings.bootstrapServers(), settings.name() + ".metrics");
    this.job = JobProcess.start(cluster, settings, options);
  }

  /**
   * Creates the topics and starts the job; what is sent now is read once it runs.
   *
   * @param due FINAL events that are to come of what will be sent
   * @param options more options of the job
   */
  static Evaluation start(
      Broker broker,
      FlinkCluster cluster,
      JobProcess.Settings settings,
      int due,
      String... options) {
    String prefix = settings.name();
    // the topic of metrics keeps every record: compaction would hide a second FINAL event
    broker.createTopics(
        Map.of(
            prefix + ".checkpoints", 1,
            prefix + ".audio", 2,
            prefix + ".scores", 1,
            prefix + ".metrics", 2,
            prefix + ".alarms", 1,
            prefix + ".correlations", 1,
            prefix + ".dead-letters", 1));
    return new Evaluation(cluster, settings, due, options);
  }

  void sendAudio(Collection<Message> messages) {
    send(".audio", messages);
  }

  void sendCheckpoints(Collection<Message> messages) {
    send(".checkpoints", messages);
  }

  private void send(String topic, Collection<Message> messages) {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            // one request at a time: right after a partition was created, Kafka may take the second
            // batch and refuse the first, for ever
            Map.of(
                "bootstrap.servers",
                settings.bootstrapServers(),
                "max.in.flight.requests.per.connection",
                1),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (Message message : messages) {
        producer.send(
            new ProducerRecord<>(settings.name() + topic, message.key(), message.value()));
      }
      producer.flush();
    }
  }

  JobProcess job() {
    return job;
  }

  MetricTopic metrics() {
    return metrics;
  }

  /** Returns when so many FINAL events can be read, but not all that are due. */
  void awaitMidway(int finals) {
    Await.until(
        finals + " FINAL events have come",
        () -> metrics.finals().size() >= finals,
        () -> metrics.soFar().size() + " events, " + stateOfAll());
    assertUnfinished();
  }

  /** Returns when there is an evaluation of which at least {@code shards} shards are merged. */
  void awaitMerging(double share) {
    Await.until(
        "PARTIAL events have come of at least %.2f of a corpus".formatted(share),
        () -> metrics.openPartials().stream().anyMatch(e -> progress(e) >= share),
        () -> metrics.soFar().size() + " events, " + stateOfAll());
  }

  private static double progress(MetricEvent event) {
    return (double) event.getUtterances() / event.getCorpusUtterances();
  }

  private String stateOfAll() {
    return "job " + job.state() + ", " + cluster;
  }

  /** A fault that comes after the work proves nothing. */
  void assertUnfinished() {
    assertThat(metrics.finals().size()).as("FINAL events at the fault").isLessThan(due);
  }

  /** How far it is, in words. */
  String moment() {
    return "%d of %d FINAL".formatted(metrics.finals().size(), due);
  }

  /** Stops with a savepoint and goes on from it with other subtasks. */
  void rescale(int parallelism) {
    String savepoint = job.stopWithSavepoint();
    assertUnfinished();
    job = JobProcess.restore(cluster, settings.with(parallelism), savepoint);
  }

  /**
   * Waits for the FINAL events that are due and for two more Flink checkpoints, which would commit
   * a repetition; then nothing failed and nothing was rejected.
   */
  FinalEvents finish() {
    Await.until(
        LIMIT,
        due + " FINAL events have come",
        () -> !job.state().equals("FAILED") && metrics.finals().size() >= due,
        () -> metrics.finals().keySet() + ", " + stateOfAll());
    job.awaitCheckpoints(2);
    FinalEvents finals = FinalEvents.of(metrics.finals());
    assertThat(metrics.soFar()).noneMatch(event -> event.getStatus() == MetricStatus.FAILED);
    try (CommittedRecords deadLetters =
        new CommittedRecords(settings.bootstrapServers(), settings.name() + ".dead-letters")) {
      assertThat(deadLetters.soFar()).as("dead letters").isEmpty();
    }
    return finals;
  }

  @Override
  public void close() {
    job.close();
    metrics.close();
  }
}
