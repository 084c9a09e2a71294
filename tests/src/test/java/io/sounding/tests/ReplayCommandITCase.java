package io.sounding.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.jobs.cli.Sounding;
import io.sounding.jobs.embedded.EmbeddedSounding;
import io.sounding.operators.EvaluationSettings;
import io.sounding.operators.embed.ModelSettings;
import io.sounding.operators.embed.TrustedArtifacts;
import io.sounding.operators.statistics.StatisticsSettings;
import io.sounding.schemas.CheckpointEvent;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.MetricStatus;
import io.sounding.schemas.ModelFormat;
import io.sounding.schemas.SingleObjectCodec;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code replay} against the job: a run's history, evaluated once, in the order asked for. */
@Timeout(600)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ReplayCommandITCase {

  private static final List<Integer> STEPS = List.of(0, 12, 25, 50, 100);

  @TempDir private static Path work;

  private EmbeddedSounding sounding;
  private Path folder;

  @BeforeAll
  void start() throws Exception {
    folder = Files.createDirectory(work.resolve("run"));
    for (int step : STEPS) {
      copy(step, "step%05d.onnx".formatted(step));
    }
    EvaluationSettings settings =
        EvaluationSettings.defaults(
                ModelSettings.of(
                    TrustedArtifacts.of(List.of(work.toString())),
                    work.resolve("models").toString()))
            .with(2, StatisticsSettings.defaults().with(4, 400));
    sounding = EmbeddedSounding.start(work, 1, settings);
    for (String corpus : List.of("speech", "other")) {
      Verb audio =
          Verb.run(
              with(
                  "publish",
                  "audio",
                  DemoData.audio().resolve("de-f1_000.flac").toString(),
                  "--corpus",
                  corpus));
      assertThat(audio.status()).as(audio.told()).isZero();
    }
  }

  @AfterAll
  void stop() {
    sounding.close();
  }

  private void copy(int step, String name) throws IOException {
    Path file = folder.resolve(name);
    Files.copy(
        DemoData.checkpoint("collapse", step),
        file,
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    Files.setLastModifiedTime(
        file, FileTime.from(Instant.parse("2026-01-01T00:00:00Z").plusSeconds(step)));
  }

  private List<String> with(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--bootstrap", sounding.bootstrapServers()));
    return all;
  }

  private Verb replay(String from, String... more) {
    List<String> arguments =
        with("replay", "--run", "run", "--from", from, "--layers", "-1", "--give-up-after", "2m");
    arguments.addAll(List.of(more));
    if (!arguments.contains("--corpus")) {
      arguments.addAll(List.of("--corpus", "speech"));
    }
    return Verb.run(arguments);
  }

  private List<CheckpointEvent> published(String corpus) {
    return PublishedRecords.of(
            sounding.kafka(), sounding.topics().checkpoints(), CheckpointEvent.class)
        .stream()
        .filter(event -> event.getCorpusId().equals(corpus))
        .toList();
  }

  private List<Long> publishedSteps(String corpus) {
    return published(corpus).stream().map(CheckpointEvent::getStep).toList();
  }

  private List<Long> finalSteps(String corpus) {
    return PublishedRecords.of(sounding.kafka(), sounding.topics().metrics(), MetricEvent.class)
        .stream()
        .filter(event -> event.getCorpusId().equals(corpus))
        .filter(event -> event.getStatus() == MetricStatus.FINAL)
        .map(MetricEvent::getStep)
        .toList();
  }

  @Test
  @Order(1)
  void aFolderIsEvaluatedFirstLastMiddleQuarters() throws Exception {
    Verb early =
        replay(
            folder.toString(),
            "--since",
            "2026-01-01T00:00:12Z",
            "--until",
            "2026-01-01T00:00:25Z");
    assertThat(early.status()).as(early.told()).isZero();
    assertThat(finalSteps("speech")).containsExactly(12L);

    copy(100, "last.onnx");
    Verb replay = replay(folder.toString(), "--order", "bisect");
    assertThat(replay.status()).as(replay.told()).isZero();
    assertThat(replay.told())
        .contains("last.onnx is passed over: no training step is in its name")
        .contains(
            "Run run on corpus speech, 5 checkpoints: 4 published now, 0 under way, 1 left alone.")
        .endsWith("Done: 4 FINAL, 0 FAILED.\n");
    assertThat(publishedSteps("speech")).containsExactly(12L, 0L, 100L, 25L, 50L);
    assertThat(finalSteps("speech")).containsExactly(12L, 0L, 100L, 25L, 50L);
  }

  @Test
  @Order(2)
  void whatIsFinalIsNotEvaluatedAgain() {
    Verb again = replay(folder.toString());
    assertThat(again.status()).as(again.told()).isZero();
    assertThat(again.told())
        .contains("5 checkpoints: 0 published now, 0 under way, 5 left alone.")
        .doesNotContain("Done:");
    assertThat(publishedSteps("speech")).hasSize(5);

    Verb fromKafka = replay("topic");
    assertThat(fromKafka.status()).as(fromKafka.told()).isZero();
    assertThat(publishedSteps("speech")).hasSize(5);
  }

  @Test
  @Order(3)
  void theEventsInKafkaAreReplayedOnAnotherCorpusByStep() {
    Verb replay = replay("topic:" + sounding.topics().checkpoints(), "--corpus", "other");
    assertThat(replay.status()).as(replay.told()).isZero();
    assertThat(publishedSteps("other")).containsExactly(0L, 12L, 25L, 50L, 100L);
    assertThat(finalSteps("other")).containsExactly(0L, 12L, 25L, 50L, 100L);
  }

  @Test
  @Order(4)
  void whatIsPublishedButNotFinalIsOnlyWaitedFor() throws Exception {
    copy(200, "step00200.onnx");
    Verb published = replay(folder.toString(), "--no-wait");
    assertThat(published.status()).as(published.told()).isZero();
    Verb resumed = replay(folder.toString());
    assertThat(resumed.status()).as(resumed.told()).isZero();
    assertThat(published("speech")).filteredOn(event -> event.getStep() == 200).hasSize(1);
    assertThat(finalSteps("speech")).contains(200L);
  }

  @Test
  @Order(5)
  void whatChangedAndWhatFailedIsAnotherAttempt() throws Exception {
    Files.copy(PoisonRecords.model("unsupported_operator.onnx"), folder.resolve("step00300.onnx"));
    Files.write(folder.resolve("step00400.onnx"), new byte[1_000]);
    copy(400, "step00000.onnx");
    Verb replay = replay(folder.toString());
    assertThat(replay.status()).as(replay.told()).isEqualTo(1);
    assertThat(replay.told())
        .contains("step00400.onnx: is no ONNX file")
        .contains(
            "step00000.onnx is not what was published before (another model file); published as attempt 1")
        .contains("FAILED: ")
        .endsWith("Done: 1 FINAL, 1 FAILED.\n");

    Files.delete(folder.resolve("step00400.onnx"));
    Verb again = replay(folder.toString());
    assertThat(again.status()).as(again.told()).isEqualTo(1);
    assertThat(again.told())
        .contains("step00300.onnx FAILED before: ")
        .contains("published as attempt 1: step 300")
        .contains("1 published now, 0 under way, 6 left alone.");
    Files.delete(folder.resolve("step00300.onnx"));
  }

  @Test
  @Order(6)
  void forceEvaluatesAgain() {
    Verb forced = replay(folder.toString(), "--force", "--since", "2026-01-01T00:03:20Z");
    assertThat(forced.status()).as(forced.told()).isZero();
    assertThat(forced.told()).contains("step00200.onnx is evaluated again, as --force says");
    assertThat(published("speech"))
        .filteredOn(event -> event.getStep() == 200)
        .extracting(CheckpointEvent::getAttempt)
        .containsExactly(0, 1);
    assertThat(finalSteps("speech")).filteredOn(step -> step == 200).hasSize(2);
  }

  @Test
  @Order(7)
  void whatTheJobRejectsIsTold() throws Exception {
    CheckpointEvent bad =
        CheckpointEvent.newBuilder(published("other").get(0))
            .setRunId("bad")
            .setModelSha256("no digest")
            .build();
    try (KafkaProducer<byte[], byte[]> producer = sounding.kafka().producer()) {
      producer.send(
          new ProducerRecord<>(sounding.topics().scores(), SingleObjectCodec.encode(bad)));
    }
    Verb rejected =
        Verb.run(
            with(
                "replay",
                "--run",
                "bad",
                "--corpus",
                "speech",
                "--from",
                "topic:" + sounding.topics().scores(),
                "--give-up-after",
                "2m"));
    assertThat(rejected.status()).as(rejected.told()).isEqualTo(1);
    assertThat(rejected.told())
        .contains("REJECTED: The modelSha256 is not 64 lower-case hexadecimal digits.")
        .endsWith("Done: 0 FINAL, 1 FAILED.\n");
  }

  @Test
  @Order(8)
  void whatATrainerSavedAsWeightsIsEvaluatedWithItsGraph() throws Exception {
    Path trainer = Files.createDirectory(work.resolve("trainer"));
    Path graph =
        Files.copy(PoisonRecords.model("weights_graph.onnx"), trainer.resolve("graph.onnx"));
    for (int step : List.of(10, 20)) {
      Path checkpoint = Files.createDirectory(trainer.resolve("checkpoint-" + step));
      Files.copy(
          PoisonRecords.model(step == 10 ? "weights_a.safetensors" : "weights_b.safetensors"),
          checkpoint.resolve("model.safetensors"));
      Files.writeString(
          checkpoint.resolve("trainer_state.json"),
          "{\"global_step\": %1$d, \"log_history\": [{\"step\": %1$d, \"loss\": 0.5}]}"
              .formatted(step));
    }
    Verb replay =
        Verb.run(
            with(
                "replay",
                "--run",
                "trainer",
                "--corpus",
                "speech",
                "--from",
                trainer.toString(),
                "--graph",
                graph.toString(),
                "--give-up-after",
                "2m"));
    assertThat(replay.status()).as(replay.told()).isZero();
    assertThat(replay.told()).endsWith("Done: 2 FINAL, 0 FAILED.\n");
    assertThat(published("speech"))
        .filteredOn(event -> event.getRunId().equals("trainer"))
        .extracting(CheckpointEvent::getCheckpointId, CheckpointEvent::getTrainingLoss)
        .containsExactly(
            Tuple.tuple("checkpoint-10/model.safetensors", 0.5),
            Tuple.tuple("checkpoint-20/model.safetensors", 0.5));
  }

  @Test
  @Order(9)
  void ofTheEventsOfACheckpointTheOneForTheCorpusIsReplayedElseTheHighestAttempt() {
    try (KafkaProducer<byte[], byte[]> producer = sounding.kafka().producer()) {
      send(producer, "many", "a", "other", 0, 1);
      send(producer, "many", "a", "other", 2, 3);
      send(producer, "many", "a", "other", 1, 2);
      send(producer, "many", "b", "other", 5, 11);
      send(producer, "many", "b", "elsewhere", 0, 10);
      send(producer, "many", "b", "other", 6, 12);
      send(producer, "many", "c", "elsewhere", 0, 20);
      send(producer, "many", "c", "elsewhere", 1, 21);
      send(producer, "many", "d", "other", 0, 30);
      send(producer, "many", "d", "third", 0, 31);
      send(producer, "many", "e", "elsewhere", 0, 40);
      send(producer, "many", "e", "elsewhere", 0, 41);
      send(producer, "another", "f", "elsewhere", 0, 50);
    }
    String topic = "topic:" + sounding.topics().scores();
    List<String> replayed =
        with("replay", "--run", "many", "--from", topic, "--corpus", "elsewhere", "--no-wait");
    Verb replay = Verb.run(plus(replayed, "--since", "2026-01-01T00:00:00Z"));
    assertThat(replay.status()).as(replay.told()).isZero();
    assertThat(published("elsewhere"))
        .allMatch(event -> event.getAttempt() == 0)
        .extracting(CheckpointEvent::getCheckpointId, CheckpointEvent::getStep)
        .containsExactly(
            Tuple.tuple("a", 3L),
            Tuple.tuple("b", 10L),
            Tuple.tuple("c", 21L),
            Tuple.tuple("d", 31L),
            Tuple.tuple("e", 40L));

    Verb before = Verb.run(plus(replayed, "--until", "2026-01-01T00:00:00Z"));
    assertThat(before.status()).isEqualTo(2);
    assertThat(before.told())
        .contains(
            "holds no checkpoint of run many of that time; check --run, and check --since and --until.");
  }

  private static List<String> plus(List<String> arguments, String... more) {
    List<String> all = new ArrayList<>(arguments);
    all.addAll(List.of(more));
    return all;
  }

  private void send(
      KafkaProducer<byte[], byte[]> producer,
      String run,
      String checkpoint,
      String corpus,
      int attempt,
      long step) {
    CheckpointEvent event =
        CheckpointEvent.newBuilder()
            .setRunId(run)
            .setCheckpointId(checkpoint)
            .setCorpusId(corpus)
            .setAttempt(attempt)
            .setStep(step)
            .setModelUri("file:/models/" + checkpoint)
            .setModelFormat(ModelFormat.ONNX)
            .setPublishedAt(Instant.parse("2026-01-01T00:00:00Z"))
            .build();
    producer.send(
        new ProducerRecord<>(sounding.topics().scores(), SingleObjectCodec.encode(event)));
  }

  @Test
  @Order(10)
  void itDoesNotWaitForWhatNobodyReads() throws Exception {
    PrintWriter unread = Verb.unread();
    List<String> replay =
        with("replay", "--run", "unread", "--corpus", "none", "--from", folder.toString());

    assertThat(Sounding.execute(unread, unread, replay.toArray(String[]::new))).isEqualTo(1);
  }
}
