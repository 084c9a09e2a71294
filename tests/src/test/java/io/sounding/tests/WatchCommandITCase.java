package io.sounding.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.jobs.cli.Sounding;
import io.sounding.jobs.embedded.EmbeddedBroker;
import io.sounding.jobs.embedded.KafkaTopic;
import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.Topics;
import io.sounding.schemas.CheckpointEvent;
import io.sounding.schemas.ModelFormat;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code watch} on real files against a real broker: every checkpoint once, whatever happens. */
@Timeout(600)
class WatchCommandITCase {

  private static final Topics TOPICS = Topics.withPrefix("sounding");

  @TempDir private Path work;

  private EmbeddedBroker broker;
  private Path folder;

  @BeforeEach
  void startBroker() throws IOException {
    broker = EmbeddedBroker.start(work.resolve("kafka"));
    broker.createTopics(KafkaTopic.of(TOPICS, 1));
    folder = Files.createDirectory(work.resolve("run"));
  }

  @AfterEach
  void stopBroker() {
    broker.close();
  }

  private List<String> watch(String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("watch", folder.toString(), "--run", "run", "--corpus", "speech"));
    arguments.addAll(List.of("--bootstrap", broker.bootstrapServers()));
    arguments.addAll(List.of("--settle", "300ms", "--poll", "20ms"));
    arguments.addAll(List.of(more));
    return arguments;
  }

  private List<CheckpointEvent> published() {
    return PublishedRecords.of(
        KafkaClients.of(broker.bootstrapServers(), TOPICS),
        TOPICS.checkpoints(),
        CheckpointEvent.class);
  }

  private List<String> ids() {
    return published().stream()
        .map(event -> event.getCheckpointId() + " " + event.getAttempt())
        .toList();
  }

  /** Settings of clients that give up soon. */
  private Path impatient() throws IOException {
    return Files.writeString(
        work.resolve("client.properties"),
        """
        default.api.timeout.ms=2000
        request.timeout.ms=1000
        delivery.timeout.ms=2000
        max.block.ms=2000
        """);
  }

  private void copy(int step, String name) throws IOException {
    Path target = folder.resolve(name);
    Files.createDirectories(target.getParent());
    Files.copy(DemoData.checkpoint("collapse", step), target);
  }

  @Test
  void itEndsWhenNobodyReadsWhatItTells() throws Exception {
    PrintWriter unread = Verb.unread();
    assertThat(Sounding.execute(unread, unread, watch().toArray(String[]::new))).isZero();
  }

  /** A process of its own writes the first half, waits, and writes the second one. */
  @Test
  void aFileThatIsWrittenInTwoHalvesIsPublishedOnceAndWhole() throws Exception {
    Path source = DemoData.checkpoint("collapse", 400);
    long half = Files.size(source) / 2;
    try (Verb watch = Verb.start(watch())) {
      copy(100, "step00100.onnx");
      Process writer =
          new ProcessBuilder(
                  "sh",
                  "-c",
                  "head -c %d '%s' > '%s'; read go; tail -c +%d '%2$s' >> '%3$s'"
                      .formatted(half, source, folder.resolve("step00400.onnx"), half + 1))
              .start();
      watch.awaitTold("step00400.onnx is not a whole ONNX file");
      watch.awaitTold("step00100.onnx is published: step 100");
      assertThat(ids()).containsExactly("step00100.onnx 0");
      try (var go = writer.outputWriter(StandardCharsets.UTF_8)) {
        go.write("go\n");
      }
      watch.awaitTold("step00400.onnx is published: step 400");
    }
    assertThat(ids()).containsExactly("step00100.onnx 0", "step00400.onnx 0");
    CheckpointEvent event = published().get(1);
    assertThat(event.getModelSha256()).isEqualTo(sha256(source));
    assertThat(event.getModelFormat()).isEqualTo(ModelFormat.ONNX);
    assertThat(event.getModelUri()).isEqualTo("file:" + folder.resolve("step00400.onnx"));
    assertThat(event.getStep()).isEqualTo(400);
    assertThat(event.getLayers()).isNull();
  }

  @Test
  void whatWasPublishedIsRememberedByKafkaAndWhatChangedIsPublishedAgain() throws Exception {
    copy(100, "step00100.onnx");
    copy(0, "step00000.onnx");
    copy(0, ".step00050.onnx");
    copy(0, "step00050.onnx.tmp");
    Verb first = Verb.run(watch("--once"));
    assertThat(first.status()).as(first.told()).isZero();
    assertThat(first.told())
        .contains("Note: corpus speech is not in Kafka yet")
        .endsWith("Done. Published: 2 checkpoints.\n");
    assertThat(ids()).containsExactly("step00000.onnx 0", "step00100.onnx 0");

    copy(200, "step00200.onnx");
    Files.setLastModifiedTime(
        folder.resolve("step00000.onnx"), java.nio.file.attribute.FileTime.fromMillis(1_000));
    Verb second = Verb.run(watch("--once"));
    assertThat(second.told())
        .contains("published before of run run on corpus speech: 2 checkpoints.")
        .endsWith("Done. Published: 1 checkpoint.\n");

    Files.copy(
        DemoData.checkpoint("collapse", 25),
        folder.resolve("step00100.onnx"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    Files.delete(folder.resolve("step00000.onnx"));
    Files.createSymbolicLink(folder.resolve("last.onnx"), Path.of("step00200.onnx"));
    copy(200, "copy-of-step00200.onnx");
    Verb third = Verb.run(watch("--once"));
    assertThat(third.told())
        .contains(
            "step00100.onnx is not what was published before (another model file); published as attempt 1")
        .contains("copy-of-step00200.onnx has step and contents of step00200.onnx")
        .doesNotContain("last.onnx");
    assertThat(ids())
        .containsExactly(
            "step00000.onnx 0", "step00100.onnx 0", "step00200.onnx 0", "step00100.onnx 1");

    Verb fourth = Verb.run(watch("--once", "--layers", "-1"));
    assertThat(fourth.told()).contains("(layers [-1] instead of all); published as attempt 2");
  }

  @Test
  void aWatchThatIsKilledGoesOnWhereItWas() throws Exception {
    copy(0, "step00000.onnx");
    try (JavaProcess killed = process("killed")) {
      Await.until("the first is published", () -> ids().size() == 1, killed::printed);
      killed.kill();
    }
    copy(25, "step00025.onnx");
    try (JavaProcess terminated = process("terminated")) {
      Await.until("the second is published", () -> ids().size() == 2, terminated::printed);
      assertThat(terminated.terminate()).as(terminated.printed()).isZero();
      assertThat(terminated.printed()).contains("Interrupted. Published: 1 checkpoint.");
    }
    assertThat(ids()).containsExactly("step00000.onnx 0", "step00025.onnx 0");
  }

  private JavaProcess process(String name) {
    return JavaProcess.start(
        name,
        work.resolve(name),
        List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
        Sounding.class,
        watch());
  }

  @Test
  void whileKafkaIsAwayItKeepsTryingAndLosesNothing() throws Exception {
    int port = Integer.parseInt(broker.bootstrapServers().split(":")[1]);
    try (Verb watch = Verb.start(watch("--kafka-properties", impatient().toString()))) {
      copy(0, "step00000.onnx");
      watch.awaitTold("step00000.onnx is published");
      broker.close();
      copy(25, "step00025.onnx");
      copy(50, "step00050.onnx");
      watch.awaitTold("Trying again until it works");
      broker = EmbeddedBroker.start(work.resolve("kafka"), port);
      watch.awaitTold("Kafka answers again.");
      copy(100, "step00100.onnx");
      watch.awaitTold("step00100.onnx is published");
    }
    assertThat(ids())
        .containsExactly(
            "step00000.onnx 0", "step00025.onnx 0", "step00050.onnx 0", "step00100.onnx 0");
  }

  @Test
  void itMayBeStartedBeforeKafkaAndBeforeTheFolder() throws Exception {
    int port = Integer.parseInt(broker.bootstrapServers().split(":")[1]);
    List<String> arguments = watch();
    broker.close();
    Files.delete(folder);
    arguments.addAll(List.of("--kafka-properties", impatient().toString()));
    try (Verb watch = Verb.start(arguments)) {
      watch.awaitTold(folder + " does not exist yet; it is waited for.");
      watch.awaitTold("does not answer");
      copy(0, "step00000.onnx");
      broker = EmbeddedBroker.start(work.resolve("kafka"), port);
      watch.awaitTold("step00000.onnx is published");
    }
    assertThat(ids()).containsExactly("step00000.onnx 0");
  }

  @Test
  void stepAndLossAreReadFromWhereverTheRunSaysThem() throws Exception {
    Path losses = Files.writeString(folder.resolve("loss.csv"), "step,loss\n100,2.5\n");
    copy(0, "step00100.onnx");
    copy(25, "encoder.onnx");
    Files.writeString(folder.resolve("encoder.onnx.json"), "{\"step\": 70, \"loss\": 3.5}");
    copy(50, "step00080-loss=3.25.onnx");
    copy(100, "checkpoint-90/model.onnx");
    Files.writeString(
        folder.resolve("checkpoint-90/trainer_state.json"),
        "{\"global_step\": 90, \"log_history\": [{\"step\": 85, \"loss\": 3.0}]}");
    copy(200, "step00200.onnx");
    try (Verb watch =
        Verb.start(
            watch("--loss", losses.toString(), "--loss-wait", "10m", "--until-idle", "1s"))) {
      watch.awaitTold("step00100.onnx is published: step 100, loss 2.5");
      Files.writeString(losses, "step,loss\n100,2.5\n200,2.2");
      Files.writeString(losses, "step,loss\n100,2.5\n200,2.25\n");
      assertThat(watch.status()).as(watch.told()).isZero();
    }
    assertThat(published())
        .extracting(
            CheckpointEvent::getCheckpointId,
            CheckpointEvent::getStep,
            CheckpointEvent::getTrainingLoss)
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple("encoder.onnx", 70L, 3.5),
            org.assertj.core.groups.Tuple.tuple("step00080-loss=3.25.onnx", 80L, 3.25),
            org.assertj.core.groups.Tuple.tuple("checkpoint-90/model.onnx", 90L, 3.0),
            org.assertj.core.groups.Tuple.tuple("step00100.onnx", 100L, 2.5),
            org.assertj.core.groups.Tuple.tuple("step00200.onnx", 200L, 2.25));
  }

  @Test
  void weightsArePublishedWithTheirGraphUnderTheNamesOfTheTaskManagers() throws Exception {
    Path graph = Files.copy(DemoData.checkpoint("collapse", 0), folder.resolve("graph.onnx"));
    Path weights = folder.resolve("checkpoint-400/model.safetensors");
    Files.createDirectories(weights.getParent());
    byte[] whole = safetensors();
    Files.write(weights, Arrays.copyOf(whole, whole.length - 1));
    Files.writeString(weights.resolveSibling("trainer_state.json"), "{\"global_step\": 400}");
    Files.write(weights.resolveSibling("optimizer.pt"), new byte[10]);
    String[] options = {
      "--graph",
      graph.toString(),
      "--uri-prefix",
      "s3://bucket/run",
      "--tag",
      "seed=7",
      "--layers",
      "0,-1",
      "--sample-rate",
      "8000",
      "--normalise",
      "--once"
    };
    Verb half = Verb.run(watch(options));
    assertThat(half.status()).as(half.told()).isEqualTo(1);
    assertThat(half.told())
        .contains("Not published: " + weights + " is not a whole safetensors file");

    Files.write(weights, whole);
    Verb watch = Verb.run(watch(options));
    assertThat(watch.status()).as(watch.told()).isZero();
    CheckpointEvent event = published().get(0);
    assertThat(published()).hasSize(1);
    assertThat(event.getCheckpointId()).isEqualTo("checkpoint-400/model.safetensors");
    assertThat(event.getStep()).isEqualTo(400);
    assertThat(event.getModelUri()).isEqualTo("s3://bucket/run/graph.onnx");
    assertThat(event.getModelSha256()).isEqualTo(sha256(graph));
    assertThat(event.getWeightsUri()).isEqualTo("s3://bucket/run/checkpoint-400/model.safetensors");
    assertThat(event.getWeightsSha256()).isEqualTo(sha256(weights));
    assertThat(event.getTags()).containsEntry("seed", "7");
    assertThat(event.getLayers()).containsExactly(0, -1);
    assertThat(event.getSampleRateHz()).isEqualTo(8_000);
  }

  @Test
  void withoutKafkaOrFolderItEndsWithASentenceIfItIsToEnd() throws Exception {
    Files.delete(folder);
    Verb noFolder = Verb.run(watch("--once"));
    assertThat(noFolder.status()).isEqualTo(2);
    assertThat(noFolder.told()).contains(folder + ": does not exist; check the path.");
    List<String> arguments = watch("--once", "--kafka-properties", impatient().toString());
    broker.close();
    Verb noKafka = Verb.run(arguments);
    assertThat(noKafka.status()).isEqualTo(3);
    assertThat(noKafka.told()).contains("does not answer").doesNotContain("Exception:");
  }

  private static byte[] safetensors() {
    byte[] header =
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}"
            .getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + header.length + 8)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(header.length)
        .put(header)
        .array();
  }

  private static String sha256(Path file) throws IOException {
    return PoisonRecords.sha256(Files.readAllBytes(file));
  }
}
