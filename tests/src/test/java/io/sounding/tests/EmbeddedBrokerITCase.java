package io.sounding.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sounding.jobs.embedded.EmbeddedBroker;
import io.sounding.jobs.embedded.EmbeddedException;
import io.sounding.jobs.embedded.KafkaTopic;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.utils.Exit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The embedded broker keeps what a broker promises, and ends completely. */
@Timeout(600)
class EmbeddedBrokerITCase {

  private static final String TOPIC = "letters";

  @TempDir private Path work;

  @Test
  void committedRecordsSurviveARestartAndAbortedOnesAreNeverRead() {
    Path log = work.resolve("kafka");
    try (EmbeddedBroker broker = EmbeddedBroker.start(log)) {
      broker.createTopics(KafkaTopic.compacted(TOPIC, 1));
      Records letters = new Records(broker.bootstrapServers(), TOPIC);
      try (KafkaProducer<String, String> producer = letters.transactional("writer")) {
        producer.initTransactions();
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(TOPIC, "k1", "aborted"));
        producer.abortTransaction();
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(TOPIC, "k1", "a"));
        producer.send(new ProducerRecord<>(TOPIC, "k2", "b"));
        producer.commitTransaction();
      }
      assertThat(letters.readCommitted(1, 2)).containsExactly("a", "b");
    }
    try (EmbeddedBroker again = EmbeddedBroker.start(log)) {
      Records letters = new Records(again.bootstrapServers(), TOPIC);
      again.createTopics(KafkaTopic.compacted(TOPIC, 1));
      try (KafkaProducer<String, String> producer = letters.transactional("writer")) {
        producer.initTransactions();
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(TOPIC, "k3", "c"));
        producer.commitTransaction();
      }
      assertThat(letters.readCommitted(1, 3)).containsExactly("a", "b", "c");
    }
  }

  @Test
  void topicsAreCreatedWithTheirPartitionsAndSettings() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(work.resolve("kafka"))) {
      broker.createTopics(KafkaTopic.compacted("compacted", 1), KafkaTopic.keeping("kept", 3));
      try (Admin admin =
          Admin.create(Map.of("bootstrap.servers", (Object) broker.bootstrapServers()))) {
        ConfigResource compacted = new ConfigResource(ConfigResource.Type.TOPIC, "compacted");
        assertThat(
                admin
                    .describeConfigs(List.of(compacted))
                    .all()
                    .get()
                    .get(compacted)
                    .get("cleanup.policy")
                    .value())
            .isEqualTo("compact");
        assertThat(
                admin
                    .describeTopics(List.of("kept"))
                    .allTopicNames()
                    .get()
                    .get("kept")
                    .partitions())
            .hasSize(3);
      }
    }
  }

  @Test
  void afterCloseNoThreadAndNoPortRemains() {
    LiveThreads threads = LiveThreads.now();
    EmbeddedBroker broker = EmbeddedBroker.start(work.resolve("kafka"));
    int port = Integer.parseInt(broker.bootstrapServers().split(":")[1]);
    broker.close();
    broker.close();
    Await.until(
        "no thread of the broker keeps the process alive",
        () -> threads.startedSince().isEmpty(),
        threads::startedSince);
    assertThatExceptionOfType(ConnectException.class)
        .isThrownBy(() -> new Socket("127.0.0.1", port).close());
  }

  @Test
  void aDirectoryThatCannotBeUsedIsRefusedWithASentence() throws Exception {
    Path file = Files.createFile(work.resolve("file"));
    assertThatThrownBy(() -> EmbeddedBroker.start(file))
        .isInstanceOf(EmbeddedException.class)
        .hasMessage(file + " is a file. Name a directory for the Kafka log instead.");
    assertThatThrownBy(() -> EmbeddedBroker.start(file.resolve("below")))
        .isInstanceOf(EmbeddedException.class)
        .hasMessageContaining("Nothing can be written to");
  }

  @Test
  void aDirectoryInUseIsRefusedWithASentenceAndTheFirstBrokerLivesOn() {
    LiveThreads threads = LiveThreads.now();
    Path log = work.resolve("kafka");
    try (EmbeddedBroker first = EmbeddedBroker.start(log)) {
      assertThatThrownBy(() -> EmbeddedBroker.start(log))
          .isInstanceOf(EmbeddedException.class)
          .hasMessageContaining("did not start in " + log)
          .hasMessageContaining("lock");
      first.createTopics(KafkaTopic.keeping(TOPIC, 1));
      Records letters = new Records(first.bootstrapServers(), TOPIC);
      letters.send(List.of("a"));
      assertThat(letters.readCommitted(1, 1)).containsExactly("a");
    }
    Await.until(
        "no thread of the refused broker keeps the process alive",
        () -> threads.startedSince().isEmpty(),
        threads::startedSince);
  }

  @Test
  void aBrokerThatCannotGoOnDoesNotEndTheProcessUnasked() {
    Path log = work.resolve("kafka");
    try (EmbeddedBroker broker = EmbeddedBroker.start(log)) {
      assertThatThrownBy(() -> Exit.halt(1))
          .isInstanceOf(EmbeddedException.class)
          .hasMessageStartingWith("Kafka could not write to " + log + " (is the disk full? ");
      broker.createTopics(KafkaTopic.keeping(TOPIC, 1));
    }
  }

  @Test
  void aForeignDirectoryIsRefusedWithASentence() throws Exception {
    Path log = Files.createDirectory(work.resolve("foreign"));
    Files.writeString(log.resolve("meta.properties"), "version=7\n");
    assertThatThrownBy(() -> EmbeddedBroker.start(log))
        .isInstanceOf(EmbeddedException.class)
        .hasMessageContaining("did not start in " + log);
  }
}
