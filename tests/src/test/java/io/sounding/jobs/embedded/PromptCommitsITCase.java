package io.sounding.jobs.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.Topics;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Events in transactions of a real broker; the checkpoints are those of the test. */
@Timeout(600)
class PromptCommitsITCase {

  private static final Topics TOPICS = Topics.withPrefix("sounding");

  @TempDir private Path work;
  private EmbeddedBroker broker;
  private KafkaProducer<String, String> job;
  private final LinkedBlockingQueue<CompletableFuture<Long>> asked = new LinkedBlockingQueue<>();

  @BeforeEach
  void start() {
    broker = EmbeddedBroker.start(work.resolve("kafka"));
    broker.createTopics(KafkaTopic.of(TOPICS, 2));
    job =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.bootstrapServers(), "transactional.id", "job"),
            new StringSerializer(),
            new StringSerializer());
    job.initTransactions();
  }

  @AfterEach
  void stop() {
    job.close();
    broker.close();
  }

  private PromptCommits commits() {
    PromptCommits commits = PromptCommits.of(KafkaClients.of(broker.bootstrapServers(), TOPICS));
    commits.start(
        () -> {
          CompletableFuture<Long> checkpoint = new CompletableFuture<>();
          asked.add(checkpoint);
          return checkpoint;
        });
    return commits;
  }

  private void write(String topic) {
    job.beginTransaction();
    job.send(new ProducerRecord<>(topic, "key", "value"));
    job.flush();
  }

  private CompletableFuture<Long> nextAsked() throws InterruptedException {
    CompletableFuture<Long> next = asked.poll(90, TimeUnit.SECONDS);
    assertThat(next).as("a checkpoint that was asked for").isNotNull();
    return next;
  }

  @Test
  void anEventThatNobodyCanReadYetAsksForACheckpointWhicheverItIs() throws Exception {
    write(TOPICS.checkpoints());
    job.commitTransaction();
    PromptCommits commits = commits();
    for (String topic : TOPICS.written()) {
      write(topic);
      CompletableFuture<Long> checkpoint = nextAsked();
      job.commitTransaction();
      checkpoint.complete(1L);
    }
    commits.close();
    assertThat(asked).isEmpty();
  }

  @Test
  void oneThatFailsIsNotTheLast() throws Exception {
    PromptCommits commits = commits();
    write(TOPICS.metrics());
    CompletableFuture<Long> failing = nextAsked();
    job.abortTransaction();
    failing.completeExceptionally(new IllegalStateException("The job restarts."));
    write(TOPICS.metrics());
    nextAsked().complete(2L);
    job.commitTransaction();
    commits.close();
    assertThat(asked).isEmpty();
  }

  @Test
  void endsWhileACheckpointIsTaken() throws Exception {
    PromptCommits commits = commits();
    write(TOPICS.alarms());
    CompletableFuture<Long> taken = nextAsked();
    commits.close();
    assertThat(taken).isNotDone();
    job.abortTransaction();
  }
}
