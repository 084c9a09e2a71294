package io.sounding.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.jobs.embedded.EmbeddedBroker;
import io.sounding.jobs.embedded.KafkaTopic;
import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.Topics;
import io.sounding.jobs.publish.ArtifactUris;
import io.sounding.jobs.publish.CheckpointEvents;
import io.sounding.jobs.publish.CheckpointFolder;
import io.sounding.jobs.publish.CheckpointPublisher;
import io.sounding.jobs.publish.CheckpointWatch;
import io.sounding.jobs.publish.FolderWatch;
import io.sounding.schemas.CheckpointEvent;
import io.sounding.schemas.InputNormalisation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files that change between the moment at which they are found complete and that at which they are
 * read: when the watch tells that it is connected.
 */
@Timeout(600)
class CheckpointWatchITCase {

  private static final Topics TOPICS = Topics.withPrefix("sounding");

  @TempDir private Path work;

  private EmbeddedBroker broker;
  private Path folder;

  @BeforeEach
  void startBroker() throws IOException {
    broker = EmbeddedBroker.start(work.resolve("kafka"));
    broker.createTopics(KafkaTopic.of(TOPICS, 1));
    folder = Files.createDirectory(work.resolve("run"));
    Files.copy(DemoData.checkpoint("collapse", 100), folder.resolve("step00100.onnx"));
  }

  @AfterEach
  void stopBroker() {
    broker.close();
  }

  /** Disturbs a file, once. */
  private interface Disturbance {
    void at(Path file) throws IOException;
  }

  private CheckpointWatch.Outcome watchOnce(Disturbance disturbance) throws Exception {
    Consumer<String> terminal =
        sentence -> {
          if (sentence.startsWith("Watching ")) {
            try {
              disturbance.at(folder.resolve("step00100.onnx"));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
        };
    return watch(Duration.ZERO, terminal).run();
  }

  private CheckpointWatch watch(Duration idle, Consumer<String> terminal) throws Exception {
    CheckpointEvents events =
        new CheckpointEvents(
            new CheckpointPublisher.RunSettings(
                "run", "speech", 16_000, InputNormalisation.NONE, null),
            Map.of(),
            null,
            new ArtifactUris(folder, null));
    FolderWatch watched =
        new FolderWatch(
            CheckpointFolder.ofModels(folder),
            null,
            new FolderWatch.Patience(Duration.ZERO, null, Duration.ZERO),
            terminal);
    return new CheckpointWatch(
        KafkaClients.of(broker.bootstrapServers(), TOPICS),
        events,
        () -> "speech",
        watched,
        new CheckpointWatch.Pace(Duration.ofMillis(20), idle),
        terminal);
  }

  private List<CheckpointEvent> published() {
    return PublishedRecords.of(
        KafkaClients.of(broker.bootstrapServers(), TOPICS),
        TOPICS.checkpoints(),
        CheckpointEvent.class);
  }

  @Test
  void oneThatIsWrittenAgainIsPublishedAsItIsThen() throws Exception {
    Path other = DemoData.checkpoint("collapse", 200);
    CheckpointWatch.Outcome outcome =
        watchOnce(file -> Files.copy(other, file, StandardCopyOption.REPLACE_EXISTING));
    assertThat(outcome).isEqualTo(new CheckpointWatch.Outcome(1, 0, List.of()));
    assertThat(published())
        .singleElement()
        .satisfies(
            event ->
                assertThat(event.getModelSha256())
                    .isEqualTo(PoisonRecords.sha256(Files.readAllBytes(other))));
  }

  @Test
  void oneThatIsRenamedIsPublishedByItsNewName() throws Exception {
    CheckpointWatch.Outcome outcome =
        watchOnce(file -> Files.move(file, file.resolveSibling("step00101.onnx")));
    assertThat(outcome).isEqualTo(new CheckpointWatch.Outcome(1, 0, List.of()));
    assertThat(published())
        .extracting(CheckpointEvent::getCheckpointId)
        .containsExactly("step00101.onnx");
  }

  @Test
  void whatAnotherKafkaAtTheSameAddressLacksIsPublishedAgain() throws Exception {
    BlockingQueue<String> told = new LinkedBlockingQueue<>();
    FutureTask<CheckpointWatch.Outcome> watching =
        new FutureTask<>(() -> watch(null, told::add).run());
    Thread thread = new Thread(watching);
    thread.start();
    try {
      awaitTold(told, "step00100.onnx is published");
      String bootstrap = broker.bootstrapServers();
      broker.close();
      int port = Integer.parseInt(bootstrap.substring(bootstrap.indexOf(':') + 1));
      broker = EmbeddedBroker.start(work.resolve("other"), port);
      broker.createTopics(KafkaTopic.of(TOPICS, 1));
      Files.copy(DemoData.checkpoint("collapse", 200), folder.resolve("step00200.onnx"));
      awaitTold(told, "Topics in Kafka were made anew, so " + folder + " is looked at again.");
      awaitTold(told, "step00200.onnx is published");
      assertThat(published())
          .extracting(CheckpointEvent::getCheckpointId)
          .containsExactly("step00100.onnx", "step00200.onnx");
    } finally {
      thread.interrupt();
      thread.join();
    }
    assertThat(watching.get().published()).isEqualTo(3);
  }

  private static void awaitTold(BlockingQueue<String> told, String sentence) throws Exception {
    String next = "";
    while (!next.contains(sentence)) {
      next = told.poll(60, TimeUnit.SECONDS);
      assertThat(next).as("the sentence: " + sentence).isNotNull();
    }
  }
}
