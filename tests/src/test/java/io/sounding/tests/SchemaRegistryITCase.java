package io.sounding.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.apicurio.registry.serde.avro.AvroKafkaDeserializer;
import io.apicurio.registry.serde.avro.AvroKafkaSerializer;
import io.apicurio.registry.serde.avro.strategy.TopicRecordIdStrategy;
import io.apicurio.registry.serde.strategy.TopicIdStrategy;
import io.sounding.jobs.dashboard.Dashboard;
import io.sounding.jobs.dashboard.DashboardSettings;
import io.sounding.jobs.embedded.EmbeddedSounding;
import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.Topics;
import io.sounding.operators.EvaluationSettings;
import io.sounding.operators.embed.ModelSettings;
import io.sounding.operators.embed.TrustedArtifacts;
import io.sounding.operators.statistics.StatisticsSettings;
import io.sounding.schemas.AudioChunk;
import io.sounding.schemas.CheckpointEvent;
import io.sounding.schemas.CorpusSealed;
import io.sounding.schemas.DeadLetter;
import io.sounding.schemas.DownstreamScore;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.RejectReason;
import io.sounding.schemas.SingleObjectCodec;
import io.sounding.schemas.registry.WireFormat;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The job and the commands beside a real schema registry (Apicurio's, by its Confluent-compatible
 * interface), with somebody else's serializers in Confluent's wire format at both ends.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SchemaRegistryITCase {

  @TempDir private static Path work;
  private ApicurioServer registry;
  private EmbeddedSounding sounding;
  private KafkaClients kafka;
  private Topics topics;
  private PoisonRecords records;

  /** What no option of ours touches: bytes as they are. */
  private KafkaProducer<byte[], byte[]> producer;

  /** The healthy corpus and checkpoint, written by Apicurio's serializers. */
  @BeforeAll
  void start() throws Exception {
    SingleObjectCodec.initialise();
    registry = ApicurioServer.start(work);
    WireFormat wire = WireFormat.with(registry.confluent(), WireFormat.Encoding.CONFLUENT);
    EvaluationSettings settings =
        EvaluationSettings.defaults(
                ModelSettings.of(
                    TrustedArtifacts.of(List.of("/")), work.resolve("models").toString()))
            .with(4, StatisticsSettings.defaults().with(4, 1_000));
    sounding = EmbeddedSounding.serve(work, 0, 1, settings, wire);
    kafka = sounding.kafka();
    topics = sounding.topics();
    records = new PoisonRecords(topics);
    producer = kafka.with(WireFormat.singleObject()).producer();
    for (ProducerRecord<byte[], byte[]> record : records.healthyCorpus()) {
      send(record, serialized(record, AudioChunk.getClassSchema(), CorpusSealed.getClassSchema()));
    }
    ProducerRecord<byte[], byte[]> checkpoint = records.healthyCheckpoint("by Apicurio");
    send(checkpoint, serialized(checkpoint, CheckpointEvent.getClassSchema()));
  }

  @AfterAll
  void stop() {
    producer.close();
    sounding.close();
    registry.close();
  }

  private void send(ProducerRecord<byte[], byte[]> like, byte[] value) {
    producer.send(new ProducerRecord<>(like.topic(), like.key(), value));
    producer.flush();
  }

  /** The same record by Apicurio's serializer. */
  private byte[] serialized(ProducerRecord<byte[], byte[]> record, Schema... schemas)
      throws Exception {
    return serialized(
        record.topic(), SingleObjectCodec.reading(schemas).decode(record.value()), schemas.length);
  }

  private byte[] serialized(String topic, Object record, int kinds) {
    try (AvroKafkaSerializer<Object> serializer = new AvroKafkaSerializer<>()) {
      serializer.configure(settings(kinds), false);
      byte[] bytes = serializer.serialize(topic, record);
      assertThat(bytes[0]).as("Confluent's magic byte").isZero();
      return bytes;
    }
  }

  private Map<String, Object> settings(int kinds) {
    return Map.of(
        "apicurio.registry.url",
        registry.own(),
        "apicurio.registry.auto-register",
        true,
        "apicurio.registry.as-confluent",
        true,
        "apicurio.registry.use-id",
        "contentId",
        "apicurio.registry.headers.enabled",
        false,
        "apicurio.registry.artifact-resolver-strategy",
        kinds > 1 ? TopicRecordIdStrategy.class.getName() : TopicIdStrategy.class.getName());
  }

  /** The FINAL metric events of a checkpoint, by Apicurio's deserializer. */
  private List<GenericRecord> finals(CommittedRecords metrics, String checkpointId) {
    List<GenericRecord> finals = new ArrayList<>();
    try (AvroKafkaDeserializer<GenericRecord> deserializer = new AvroKafkaDeserializer<>()) {
      deserializer.configure(settings(1), false);
      for (ConsumerRecord<byte[], byte[]> record : metrics.soFar()) {
        GenericRecord event = deserializer.deserialize(record.topic(), record.value());
        if (event.get("status").toString().equals("FINAL")
            && event.get("checkpointId").toString().equals(checkpointId)) {
          finals.add(event);
        }
      }
    }
    return finals;
  }

  private void awaitFinal(String checkpointId) {
    try (CommittedRecords metrics =
        new CommittedRecords(sounding.bootstrapServers(), topics.metrics())) {
      Await.until(
          "Apicurio's deserializer reads a FINAL event of each of 3 layers of " + checkpointId,
          () -> finals(metrics, checkpointId).size() == 3,
          () -> finals(metrics, checkpointId));
      assertThat(finals(metrics, checkpointId))
          .allSatisfy(
              event -> {
                assertThat(event.getSchema().getFullName()).isEqualTo(MetricEvent.class.getName());
                assertThat(event.get("frames")).isEqualTo(81L);
                assertThat((Double) ((GenericRecord) event.get("rank")).get("rankMe"))
                    .isGreaterThan(1);
              });
    }
  }

  @Test
  void recordsOfConfluentCompatibleSerializersAreEvaluatedAndOneReadsTheMetricEvents()
      throws Exception {
    try (KafkaProducer<byte[], byte[]> again = kafka.producer()) { // duplicates, in our subjects
      records.healthyCorpus().forEach(again::send);
    }
    awaitFinal("by Apicurio");
    assertThat(registry.subjects())
        .contains(
            "\"sounding.metrics-value\"",
            "\"sounding.dead-letters-value\"",
            "\"sounding.audio-io.sounding.schemas.AudioChunk\"",
            "\"sounding.audio-io.sounding.schemas.CorpusSealed\"",
            "\"sounding.checkpoints-value\"");
  }

  @Test
  void recordsInSingleObjectEncodingAreReadFromTheSameTopics() {
    ProducerRecord<byte[], byte[]> checkpoint = records.healthyCheckpoint("by fingerprint");
    send(checkpoint, checkpoint.value());
    awaitFinal("by fingerprint");
  }

  @Test
  void commandsWriteAndReadInTheFormatThatTheyAreTold() throws Exception {
    awaitFinal("by Apicurio");
    List<String> registryOptions = List.of("--schema-registry", registry.confluent().url());
    Verb score =
        verb(
            List.of("score", "--run", "poison", "--step", "1", "--task", "wer", "--value", "7.5"),
            List.of("--wire-format", "confluent"),
            registryOptions);
    assertThat(score.status()).as(score.told()).isZero();
    try (CommittedRecords scores =
        new CommittedRecords(sounding.bootstrapServers(), topics.scores())) {
      Await.until(
          "a score is in Confluent's wire format",
          () -> scores.soFar().stream().anyMatch(record -> record.value()[0] == 0));
    }
    assertThat(PublishedRecords.of(kafka, topics.scores(), DownstreamScore.class))
        .anySatisfy(read -> assertThat(read.getValue()).isEqualTo(7.5));

    Path file = work.resolve("events.jsonl");
    Verb export = verb(List.of("export", "--out", file.toString()), registryOptions);
    assertThat(export.status()).as(export.told()).isZero();
    assertThat(Files.readString(file)).contains("by Apicurio");
    Verb blind = verb(List.of("export", "--out", work.resolve("none.csv").toString()));
    assertThat(blind.told()).contains("could not be read");
    Verb lost =
        verb(
            List.of("export", "--out", work.resolve("none.csv").toString()),
            List.of("--schema-registry", "http://127.0.0.1:1"));
    assertThat(lost.status()).isEqualTo(3);
    assertThat(lost.told())
        .contains("The schema registry at http://127.0.0.1:1 cannot be used (ConnectException)");
    Verb without = verb(List.of("tail"), List.of("--wire-format", "confluent"));
    assertThat(without.status()).isEqualTo(2);
    assertThat(without.told()).contains("Name one by --schema-registry URL.");

    try (Dashboard dashboard = Dashboard.start(kafka, DashboardSettings.onLoopback(0))) {
      URI overview = URI.create(dashboard.address()).resolve("/api/overview");
      Await.until("the dashboard shows the run", () -> get(overview).contains("\"poison\""));
    }
  }

  @SafeVarargs
  private Verb verb(List<String> command, List<String>... options) {
    List<String> arguments = new ArrayList<>(command);
    arguments.addAll(List.of("--bootstrap", sounding.bootstrapServers()));
    for (List<String> more : options) {
      arguments.addAll(more);
    }
    return Verb.run(arguments);
  }

  private static String get(URI uri) throws Exception {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
        .body();
  }

  /** A schema of somebody else's, which the job meets for the first time during the outage. */
  @Test
  void whatTheRegistryDoesNotKnowIsADeadLetterAndWhatItCannotSayWaitsForIt() throws Exception {
    byte[] unknown = {0, 0, 0x7F, 0, 0, 1, 2, 3};
    producer.send(records.score(unknown)).get();
    awaitDeadLetter(RejectReason.UNKNOWN_SCHEMA, "schema id 8323072, which the schema registry");

    Schema schema =
        new Schema.Parser()
            .parse(DownstreamScore.getClassSchema().toString().replace("\"double\"", "\"float\""));
    GenericRecord strange = new GenericData.Record(schema);
    strange.put("runId", "poison");
    strange.put("step", 1L);
    strange.put("task", "of another schema");
    strange.put("value", Float.NaN);
    strange.put("publishedAt", 0L);
    byte[] bytes = serialized(topics.scores(), strange, 1);
    Path log = work.resolve("registry.log");
    try (DebugLog said = new DebugLog(log, "io.sounding.schemas.registry");
        CommittedRecords letters =
            new CommittedRecords(sounding.bootstrapServers(), topics.deadLetters())) {
      Await.until("there is one dead letter", () -> letters.soFar().size() == 1);
      JavaProcess.Pause outage = registry.pause();
      try {
        producer.send(records.score(bytes)).get();
        Await.until(
            "the job waits", () -> said.text().contains("until it answers, and records wait"));
        assertThat(letters.soFar()).hasSize(1);
      } finally {
        outage.end();
      }
    }
    awaitDeadLetter(RejectReason.BAD_SCORE, "NaN");
    assertThat(deadLetters()).hasSize(2);
  }

  private List<DeadLetter> deadLetters() {
    return PublishedRecords.of(kafka, topics.deadLetters(), DeadLetter.class);
  }

  private void awaitDeadLetter(RejectReason reason, String sentence) {
    Await.until(
        "a dead letter says " + sentence,
        () ->
            deadLetters().stream()
                .anyMatch(
                    letter ->
                        letter.getReason() == reason && letter.getMessage().contains(sentence)),
        this::deadLetters);
  }
}
