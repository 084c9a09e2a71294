package io.sounding.tests.speed.throughput;

import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.publish.CheckpointPublisher;
import io.sounding.jobs.publish.CorpusPublisher;
import io.sounding.schemas.CheckpointEvent;
import io.sounding.schemas.DecodingException;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.SingleObjectCodec;
import io.sounding.tests.CommittedRecords;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.core.execution.JobClient;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;

/** Publishes to a job as its users do, and notes when which event comes back. */
final class Evaluations implements AutoCloseable {

  private final SingleObjectCodec codec = SingleObjectCodec.reading(MetricEvent.getClassSchema());
  private final KafkaClients kafka;
  private final KafkaProducer<byte[], byte[]> producer;
  private final CommittedRecords metrics;
  private final Duration limit;
  private final Runnable health;
  private int taken;

  /**
   * Connects.
   *
   * @param limit how long checkpoints may take together before it is an error
   * @param health throws if the job has ended
   */
  Evaluations(KafkaClients kafka, Duration limit, Runnable health) {
    this.kafka = kafka;
    this.limit = limit;
    this.health = health;
    producer = kafka.producer();
    metrics = new CommittedRecords(kafka.bootstrapServers(), kafka.topics().metrics());
  }

  /** Uploads a corpus and seals it. */
  void publish(String corpusId, Speech speech) throws IOException {
    new CorpusPublisher(producer, kafka.topics().audio()).publish(corpusId, speech.files());
  }

  /** Publishes checkpoints at once, and returns when all their FINAL events were read. */
  Timeline evaluate(List<CheckpointEvent> checkpoints) throws IOException {
    return evaluate(checkpoints, event -> {});
  }

  /** The same; {@code onlooker} sees every event. */
  Timeline evaluate(List<CheckpointEvent> checkpoints, Consumer<MetricEvent> onlooker)
      throws IOException {
    CheckpointPublisher publisher = new CheckpointPublisher(producer, kafka.topics().checkpoints());
    Timeline.Collector collector =
        new Timeline.Collector(
            System.currentTimeMillis(),
            checkpoints.stream().map(CheckpointEvent::getCheckpointId).toList());
    checkpoints.forEach(publisher::publish);
    publisher.flush();
    String runId = checkpoints.get(0).getRunId();
    long deadline = System.nanoTime() + limit.toNanos();
    while (!collector.complete()) {
      List<ConsumerRecord<byte[], byte[]>> all = metrics.soFar();
      long read = System.currentTimeMillis();
      for (; taken < all.size(); taken++) {
        MetricEvent event = decode(all.get(taken));
        if (event.getRunId().equals(runId)) {
          onlooker.accept(event);
          collector.take(event, all.get(taken).timestamp(), read);
        }
      }
      health.run();
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "Only %d FINAL events of run %s came within %d s."
                .formatted(collector.finals(), runId, limit.toSeconds()));
      }
    }
    return collector.timeline();
  }

  /** Throws if a job has ended. */
  static Runnable healthOf(JobClient job) {
    CompletableFuture<JobExecutionResult> result = job.getJobExecutionResult();
    return () -> {
      if (result.isDone()) {
        result.join(); // throws why
        throw new IllegalStateException("The job has ended.");
      }
    };
  }

  private MetricEvent decode(ConsumerRecord<byte[], byte[]> record) {
    try {
      return (MetricEvent) codec.decode(record.value());
    } catch (DecodingException e) {
      throw new IllegalStateException("A metric event cannot be read.", e);
    }
  }

  @Override
  public void close() {
    producer.close();
    metrics.close();
  }
}
