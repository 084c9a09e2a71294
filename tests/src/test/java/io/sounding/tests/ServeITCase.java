package io.sounding.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.jobs.cli.Sounding;
import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.Topics;
import io.sounding.jobs.publish.AudioFiles;
import io.sounding.jobs.publish.CheckpointFiles;
import io.sounding.jobs.publish.CheckpointPublisher;
import io.sounding.jobs.publish.CorpusPublisher;
import io.sounding.jobs.watch.CommittedRecords;
import io.sounding.schemas.InputNormalisation;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.MetricStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command that serves the others, as a process of its own that is killed and started again. */
class ServeITCase {

  private static final Pattern BOOTSTRAP = Pattern.compile("Kafka at (\\S+), Flink at http");
  private static final String CORPUS = "speech";

  /** As Flink's paths are written, and those of URIs are not. */
  private static final String WORK = "work %20 1";

  @TempDir private Path folder;

  @Test
  void goesOnWhereItWasKilledAndEvaluatesNothingTwice() throws Exception {
    String bootstrap;
    try (JavaProcess serving = serve(0, "first")) {
      bootstrap = serving.awaitPrinted(BOOTSTRAP);
      KafkaClients kafka = KafkaClients.of(bootstrap, Topics.withPrefix("sounding"));
      try (KafkaProducer<byte[], byte[]> producer = kafka.producer()) {
        new CorpusPublisher(producer, kafka.topics().audio())
            .publish(CORPUS, AudioFiles.list(fourUtterances()));
      }
      publish(kafka, 0);
      assertThat(finals(kafka, 1)).containsExactly("step00000.onnx");
      serving.kill();
      assertThat(Files.readString(folder.resolve(WORK).resolve("sounding.log")))
          .contains("Completed checkpoint")
          .doesNotContain("ProducerId set to", "Flushing new partitions", "pendingCommittables");
    }
    try (JavaProcess other = serve(0, "other", folder.resolve(WORK), 2)) {
      other.awaitEnd(90);
      assertThat(other.status()).isEqualTo(3);
      assertThat(other.printed())
          .contains(
              "The savepoint was taken with 4 shards, and the job is started with 2. Start it with --shards 4, or without the savepoint. Here the savepoint is what lies in "
                  + folder.resolve(WORK));
    }
    int port = Integer.parseInt(bootstrap.substring(bootstrap.indexOf(':') + 1));
    try (JavaProcess serving = serve(port, "second")) {
      assertThat(serving.awaitPrinted(BOOTSTRAP)).isEqualTo(bootstrap);
      KafkaClients kafka = KafkaClients.of(bootstrap, Topics.withPrefix("sounding"));
      publish(kafka, 0);
      publish(kafka, 400);

      assertThat(finals(kafka, 2)).containsExactly("step00000.onnx", "step00400.onnx");
      serving.tellToEnd(); // once more changes nothing
      assertThat(serving.terminate()).as(serving.printed()).isZero();
      assertThat(folder.resolve(WORK).resolve("kafka").resolve(".kafka_cleanshutdown")).exists();
      assertThat(serving.printed())
          .containsPattern("Dashboard at http://127\\.0\\.0\\.1:[0-9]+/")
          .doesNotContain("ended before");
      assertThat(Files.readString(folder.resolve(WORK).resolve("sounding.log")))
          .contains("Models unloaded, as the job that used them has ended: 1.");
    }
  }

  @Test
  void aPortThatIsTakenIsToldInASentence() throws Exception {
    try (JavaProcess serving = serve(0, "first")) {
      String bootstrap = serving.awaitPrinted(BOOTSTRAP);
      int port = Integer.parseInt(bootstrap.substring(bootstrap.indexOf(':') + 1));
      try (JavaProcess second = serve(port, "second", folder.resolve("other"), 4)) {
        second.awaitEnd(90);

        assertThat(second.status()).isEqualTo(3);
        assertThat(second.printed()).contains("Port " + port + " on 127.0.0.1 could not be opened");
      }
    }
  }

  @Test
  void aFolderThatKafkaCannotWriteToAnyLongerIsToldInASentence() throws Exception {
    try (JavaProcess serving = serve(0, "first")) {
      String bootstrap = serving.awaitPrinted(BOOTSTRAP);
      Path log = folder.resolve(WORK).resolve("kafka");
      Files.move(log, folder.resolve(WORK).resolve("moved"));
      try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", bootstrap))) {
        admin.createTopics(List.of(new NewTopic("another", 1, (short) 1)));
        serving.awaitEnd(180); // Kafka looks at some of its files once a minute
      }
      assertThat(serving.status()).isEqualTo(3);
      assertThat(serving.printed())
          .contains("Kafka could not write to " + log)
          .doesNotContain("\tat ");
    }
  }

  private JavaProcess serve(int port, String name) {
    return serve(port, name, folder.resolve(WORK), 4);
  }

  private JavaProcess serve(int port, String name, Path work, int shards) {
    List<String> arguments =
        List.of(
            "serve",
            "--port",
            Integer.toString(port),
            "--work",
            work.toString(),
            "--models-from",
            DemoData.folder().toUri().toString(),
            "--shards",
            Integer.toString(shards),
            "--k",
            "8",
            "--sample",
            "500",
            "--parallelism",
            "2");
    return JavaProcess.start(
        "serve",
        folder.resolve(name),
        List.of("-Xmx1g", "-XX:TieredStopAtLevel=1", "--add-opens=java.base/java.util=ALL-UNNAMED"),
        Sounding.class,
        arguments);
  }

  private static List<Path> fourUtterances() throws Exception {
    try (var files = Files.list(DemoData.audio())) {
      return files.sorted().limit(4).toList();
    }
  }

  private static void publish(KafkaClients kafka, int step) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer = kafka.producer()) {
      CheckpointPublisher publisher =
          new CheckpointPublisher(producer, kafka.topics().checkpoints());
      Path file = DemoData.checkpoint("collapse", step);
      publisher.publish(
          new CheckpointPublisher.RunSettings(
              "collapse", CORPUS, 16_000, InputNormalisation.NONE, List.of(-1)),
          new CheckpointFiles.CheckpointFile(file, file.getFileName().toString(), step),
          null);
      publisher.flush();
    }
  }

  /**
   * The checkpoints of the FINAL events of the last layer, in their order, once there are so many.
   */
  private static List<String> finals(KafkaClients kafka, int expected) {
    List<String> checkpoints = new ArrayList<>();
    try (CommittedRecords<MetricEvent> metrics =
        new CommittedRecords<>(kafka, kafka.topics().metrics(), MetricEvent.class)) {
      Await.until(
          expected + " FINAL events came",
          () -> {
            metrics.poll(Duration.ofMillis(200)).stream()
                .filter(event -> event.getStatus() == MetricStatus.FINAL)
                .forEach(event -> checkpoints.add(event.getCheckpointId()));
            return checkpoints.size() >= expected;
          },
          () -> checkpoints);
    }
    return checkpoints;
  }
}
