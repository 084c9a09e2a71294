package io.sounding.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.jobs.embedded.EmbeddedBroker;
import io.sounding.jobs.embedded.KafkaTopic;
import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.Topics;
import io.sounding.schemas.CheckpointEvent;
import io.sounding.schemas.DownstreamScore;
import io.sounding.schemas.InputNormalisation;
import io.sounding.schemas.ModelFormat;
import io.sounding.schemas.RecordKeys;
import io.sounding.schemas.SingleObjectCodec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What Python publishes is read by Java, over each Kafka client for Python that is installed; and
 * training goes on whatever happens to Kafka.
 */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PythonPublisherITCase {

  private static final Topics TOPICS = Topics.withPrefix("sounding");
  private static final String RUN = "run ü~*";
  private static final String PASSWORD = "pa55word-91c4";

  @TempDir private Path work;

  /** The clients that are installed; if there is none, these tests are skipped. */
  static List<String> clients() {
    List<String> installed = Python.installed("confluent_kafka", "kafka");
    Assumptions.assumeFalse(
        installed.isEmpty(),
        "No Kafka client for Python is installed (Debian: python3-confluent-kafka, python3-kafka).");
    return installed;
  }

  @Test
  void theTestsOfThePackagePass() {
    Path tests = Python.packageFolder().resolve("tests");
    try (Python python = Python.start(work, "-m", "unittest", "discover", "-s", tests)) {
      python.end();
      assertThat(python.errors()).contains("\nOK").doesNotContain("Ran 0 tests");
    }
  }

  @ParameterizedTest
  @MethodSource("clients")
  void whatPythonPublishesIsReadFieldByField(String client) throws Exception {
    Path model = Files.copy(DemoData.checkpoint("healthy", 400), work.resolve("step 400.onnx"));
    Path graph = DemoData.checkpoint("healthy", 0);
    Path weights = Files.write(work.resolve("500.safetensors"), safetensors());
    Instant before = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    try (EmbeddedBroker broker = startBroker(0)) {
      try (Python python = trainingLoop(broker, client)) {
        python.ask(
            """
            checkpoint {"step": 400, "path": "%s", "loss": 3.5, "layers": [0, -1], \
            "sample_rate": 8000, "normalise": true, "tags": {"lr": 0.001}}"""
                .formatted(model));
        python.ask(
            """
            checkpoint {"step": 500, "path": "%s", "loss": NaN, "graph": "%s", \
            "checkpoint_id": "a/b c"}"""
                .formatted(weights, graph));
        python.ask("score {\"step\": 500, \"task\": \"asr-wer 1/2\", \"value\": 7.3}");
        assertThat(python.ask("flush 60")).isEqualTo("3 0 0");
        python.end();
        assertThat(python.errors()).isEmpty();
      }
      List<CheckpointEvent> events = checkpoints(broker, 2);
      assertThat(events)
          .allSatisfy(event -> assertThat(event.getPublishedAt()).isBetween(before, Instant.now()));
      assertThat(events.get(0))
          .isEqualTo(
              event(400, "step 400.onnx", model, events.get(0).getPublishedAt())
                  .setTrainingLoss(3.5)
                  .setLayers(List.of(0, -1))
                  .setSampleRateHz(8_000)
                  .setInputNormalisation(InputNormalisation.ZERO_MEAN_UNIT_VARIANCE)
                  .setTags(Map.of("lr", "0.001"))
                  .build());
      assertThat(events.get(1))
          .isEqualTo(
              event(500, "a/b c", graph, events.get(1).getPublishedAt())
                  .setTrainingLoss(Double.NaN)
                  .setWeightsUri("file:" + weights)
                  .setWeightsSha256(sha256(weights))
                  .build());
      List<DownstreamScore> scores = scores(broker, 1);
      assertThat(scores)
          .containsExactly(
              new DownstreamScore(RUN, 500L, "asr-wer 1/2", 7.3, scores.get(0).getPublishedAt()));
    }
  }

  @ParameterizedTest
  @MethodSource("clients")
  void trainingGoesOnWithoutKafkaAndWhatItPublishedArrivesLater(String client) throws Exception {
    int port;
    try (EmbeddedBroker broker = startBroker(0)) {
      port = Integer.parseInt(broker.bootstrapServers().split(":")[1]);
    }
    try (Python python = trainingLoop("127.0.0.1:" + port, client, "{}")) {
      score(python, 0, 10);
      assertThat(python.ask("flush 0")).as("down from the start").isEqualTo("0 0 10");
      try (EmbeddedBroker broker = startBroker(port)) {
        assertThat(python.ask("flush 90")).isEqualTo("10 0 0");
        assertThat(scores(broker, 10)).extracting(DownstreamScore::getStep).isSorted();
      }
      score(python, 10, 20);
      assertThat(python.ask("flush 0")).as("died in the middle").isEqualTo("10 0 10");
      try (EmbeddedBroker broker = startBroker(port)) {
        assertThat(python.ask("flush 90")).isEqualTo("20 0 0");
        KafkaClients kafka = KafkaClients.of(broker.bootstrapServers(), TOPICS);
        assertThat(
                PublishedRecords.of(kafka, TOPICS.scores(), DownstreamScore.class).stream()
                    .map(DownstreamScore::getStep)
                    .distinct())
            .hasSize(20)
            .isSorted();
      }
      score(python, 20, 23);
      python.end();
      assertThat(python.errors())
          .as("what did not arrive is told when training ends")
          .contains("did not take the score of t at step")
          .contains("3 checkpoints and scores had not reached Kafka")
          .doesNotContain("Traceback");
    }
  }

  @ParameterizedTest
  @MethodSource("clients")
  void aTopicThatIsMissingDoesNotHoldUpTheOther(String client) throws Exception {
    Path model = Files.copy(DemoData.checkpoint("healthy", 400), work.resolve("step 400.onnx"));
    try (EmbeddedBroker broker = EmbeddedBroker.start(work.resolve("kafka"), 0)) {
      broker.createTopics(
          KafkaTopic.of(TOPICS, 1).stream()
              .filter(topic -> !topic.name().equals(TOPICS.scores()))
              .toList());
      try (Python python = trainingLoop(broker, client)) {
        score(python, 400, 401);
        python.ask("checkpoint {\"step\": 400, \"path\": \"%s\"}".formatted(model));
        assertThat(checkpoints(broker, 1)).extracting(CheckpointEvent::getStep).containsOnly(400L);
        Await.until(
            "the missing topic is told",
            () ->
                python
                    .errors()
                    .contains(
                        "did not take the score of t at step 400 into the topic sounding.scores "
                            + (client.equals("kafka") ? "(" : "(Broker: Unknown topic")),
            python::errors);
        assertThat(python.ask("flush 0")).isEqualTo("1 0 1");
        broker.createTopics(KafkaTopic.of(TOPICS, 1));
        assertThat(python.ask("flush 90")).isEqualTo("2 0 0");
        python.end();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("clients")
  void aForkedChildPublishesItsOwnAndEndsAndTheParentGoesOn(String client) throws Exception {
    try (EmbeddedBroker broker = startBroker(0);
        Python python = trainingLoop(broker, client)) {
      score(python, 0, 1);
      assertThat(python.ask("flush 60")).isEqualTo("1 0 0");
      python.ask("fork {\"step\": 1, \"task\": \"t\", \"value\": 1}");
      score(python, 2, 3);
      assertThat(python.ask("flush 60")).isEqualTo("2 0 0");
      python.end();
      assertThat(python.errors()).isEmpty();
      assertThat(scores(broker, 3))
          .extracting(DownstreamScore::getStep)
          .containsExactly(0L, 1L, 2L);
    }
  }

  @ParameterizedTest
  @MethodSource("clients")
  void aPasswordIsPassedOnAndNotRepeated(String client) throws Exception {
    String jaas = "org.apache.kafka.common.security.plain.PlainLoginModule required ";
    String user = "username=\"sounding\" password=\"%s\"".formatted(PASSWORD);
    try (EmbeddedBroker broker =
        EmbeddedBroker.start(
            work.resolve("kafka"),
            0,
            Map.of(
                "listener.security.protocol.map",
                "BROKER:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
                "sasl.enabled.mechanisms",
                "PLAIN",
                "sasl.mechanism.inter.broker.protocol",
                "PLAIN",
                "listener.name.broker.plain.sasl.jaas.config",
                jaas + user + " user_sounding=\"%s\";".formatted(PASSWORD)),
            Map.of(
                "security.protocol",
                "SASL_PLAINTEXT",
                "sasl.mechanism",
                "PLAIN",
                "sasl.jaas.config",
                jaas + user + ";"))) {
      broker.createTopics(KafkaTopic.of(TOPICS, 1));
      String settings =
          """
          {"security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "PLAIN", \
          "%1$s.username": "sounding", "%1$s.password": "%2$s"}""";
      String prefix = client.equals("kafka") ? "sasl.plain" : "sasl";
      String bootstrap = broker.bootstrapServers();
      try (Python right = trainingLoop(bootstrap, client, settings.formatted(prefix, PASSWORD));
          Python wrong = trainingLoop(bootstrap, client, settings.formatted(prefix, "wr0ng"))) {
        score(right, 0, 1);
        score(wrong, 0, 1);
        assertThat(right.ask("flush 60")).isEqualTo("1 0 0");
        right.end();
        Await.until(
            "the wrong password is refused",
            () -> wrong.errors().contains("did not take the score"),
            wrong::errors);
        wrong.end();
        assertThat(right.errors()).isEmpty();
        assertThat(wrong.errors())
            .contains("did not take the score", "1 dropped so far")
            .doesNotContain("wr0ng", "Traceback");
      }
    }
  }

  private EmbeddedBroker startBroker(int port) {
    EmbeddedBroker broker = EmbeddedBroker.start(work.resolve("kafka"), port);
    broker.createTopics(KafkaTopic.of(TOPICS, 1));
    return broker;
  }

  private Python trainingLoop(EmbeddedBroker broker, String client) {
    return trainingLoop(broker.bootstrapServers(), client, "{}");
  }

  private Python trainingLoop(String bootstrapServers, String client, String settings) {
    Path script = Python.packageFolder().resolve("tests/training_loop.py");
    return Python.start(work, script, bootstrapServers, client, settings);
  }

  private static void score(Python python, int from, int to) {
    for (int step = from; step < to; step++) {
      python.ask("score {\"step\": %d, \"task\": \"t\", \"value\": 1}".formatted(step));
    }
  }

  private static CheckpointEvent.Builder event(
      long step, String checkpointId, Path model, Instant publishedAt) throws Exception {
    return CheckpointEvent.newBuilder()
        .setRunId(RUN)
        .setCheckpointId(checkpointId)
        .setStep(step)
        .setCorpusId("dev")
        .setModelUri("file:" + model)
        .setModelFormat(ModelFormat.ONNX)
        .setModelSha256(sha256(model))
        .setPublishedAt(publishedAt);
  }

  private static List<CheckpointEvent> checkpoints(EmbeddedBroker broker, int count)
      throws Exception {
    List<CheckpointEvent> events = new ArrayList<>();
    for (var record : committed(broker, TOPICS.checkpoints(), count)) {
      CheckpointEvent event = (CheckpointEvent) decoded(record, CheckpointEvent.getClassSchema());
      assertThat(record.key()).isEqualTo(RecordKeys.of(event));
      events.add(event);
    }
    return events;
  }

  private static List<DownstreamScore> scores(EmbeddedBroker broker, int count) throws Exception {
    List<DownstreamScore> scores = new ArrayList<>();
    for (var record : committed(broker, TOPICS.scores(), count)) {
      DownstreamScore score = (DownstreamScore) decoded(record, DownstreamScore.getClassSchema());
      assertThat(record.key()).isEqualTo(RecordKeys.of(score));
      scores.add(score);
    }
    return scores;
  }

  private static SpecificRecord decoded(ConsumerRecord<byte[], byte[]> record, Schema schema)
      throws Exception {
    return SingleObjectCodec.reading(schema).decode(record.value());
  }

  private static List<ConsumerRecord<byte[], byte[]>> committed(
      EmbeddedBroker broker, String topic, int count) {
    try (CommittedRecords records = new CommittedRecords(broker.bootstrapServers(), topic)) {
      Await.until(count + " records in " + topic, () -> records.soFar().size() >= count);
      return List.copyOf(records.soFar());
    }
  }

  private static String sha256(Path file) throws Exception {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
  }

  /** One float32 tensor of one element. */
  private static byte[] safetensors() {
    byte[] header =
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}  "
            .getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + header.length + 4)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(header.length)
        .put(header)
        .putFloat(1)
        .array();
  }
}
