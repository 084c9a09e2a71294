package io.sounding.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sounding.jobs.dashboard.Dashboard;
import io.sounding.jobs.dashboard.DashboardSettings;
import io.sounding.jobs.embedded.EmbeddedBroker;
import io.sounding.jobs.embedded.KafkaTopic;
import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.Topics;
import io.sounding.schemas.AlarmEvent;
import io.sounding.schemas.AlarmState;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.MetricStatus;
import io.sounding.schemas.RecordKeys;
import io.sounding.schemas.SingleObjectCodec;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The dashboard's API over a real broker that comes, goes and comes back. */
@Timeout(600)
class DashboardFeedITCase {

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Topics TOPICS = Topics.withPrefix("sounding");

  @TempDir private Path work;
  private final HttpClient client = HttpClient.newHttpClient();
  private Dashboard dashboard;
  private JsonNode seen;

  @BeforeAll
  static void recordsMayBeBuilt() {
    SingleObjectCodec.initialise();
  }

  private void start(String bootstrap) {
    dashboard =
        Dashboard.start(KafkaClients.of(bootstrap, TOPICS), DashboardSettings.onLoopback(0));
  }

  @AfterEach
  void stop() {
    dashboard.close();
  }

  private JsonNode get(String path) throws IOException, InterruptedException {
    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(URI.create(dashboard.address() + path)).build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return MAPPER.readTree(response.body());
  }

  private void awaitOverview(String sentence, String pointer, String value) {
    Await.until(
        sentence,
        () -> {
          seen = get("api/overview");
          return seen.at(pointer).asText().equals(value);
        },
        () -> seen);
  }

  private void awaitState(String state) {
    awaitOverview("the feed is " + state, "/feed/state", state);
    assertThat(seen.at("/feed/sentence").asText()).matches("[A-Z].{20,}\\.");
  }

  private static MetricEvent event(String run, long step, MetricStatus status) {
    return DashboardEvents.layer(run, step, 0, status).build();
  }

  private static ProducerRecord<byte[], byte[]> record(MetricEvent event) {
    return new ProducerRecord<>(
        TOPICS.metrics(), RecordKeys.of(event), SingleObjectCodec.encode(event));
  }

  @Test
  void waitsForKafkaAndForItsTopicsAndReadsWhatIsThereAndWhatComes() throws Exception {
    Path log = work.resolve("kafka");
    String bootstrap;
    try (EmbeddedBroker broker = EmbeddedBroker.start(log)) {
      bootstrap = broker.bootstrapServers();
    }
    int port = Integer.parseInt(bootstrap.substring(bootstrap.indexOf(':') + 1));
    start(bootstrap);
    awaitState("connecting");
    Await.until(
        "the feed says that Kafka does not answer",
        () -> get("api/overview").at("/feed/sentence").asText().contains("does not answer yet"));
    try (EmbeddedBroker broker = EmbeddedBroker.start(log, port)) {
      awaitState("waiting");
      broker.createTopics(KafkaTopic.compacted(TOPICS.metrics(), 1));
      awaitState("live");
      assertThat(seen.at("/runs")).isEmpty();

      try (KafkaProducer<byte[], byte[]> producer = KafkaClients.of(bootstrap, TOPICS).producer()) {
        MetricEvent first = event("a", 100, MetricStatus.PARTIAL);
        producer.send(record(first));
        producer.send(record(event("a", 100, MetricStatus.FINAL)));
        producer.send(new ProducerRecord<>(TOPICS.metrics(), new byte[] {1}, new byte[] {2}));
        producer.send(record(event("a", 200, MetricStatus.PARTIAL)));
        producer.send(record(event("b", 100, MetricStatus.FINAL))).get();
        awaitOverview("all records are read", "/feed/recordsRead", "5");
        assertThat(seen.at("/feed/recordsPassedOver").asInt()).isEqualTo(1);
        assertThat(seen.at("/held/events").asInt()).isEqualTo(3);
        assertThat(
                get("api/series?run=a&corpus=dev&layer=last&metric=rankMe")
                    .at("/series/0/final")
                    .toString())
            .isEqualTo("[true,false]");

        addPartition(bootstrap);
        producer
            .send(
                new ProducerRecord<>(
                    TOPICS.metrics(),
                    1,
                    RecordKeys.of(event("c", 100, MetricStatus.FINAL)),
                    SingleObjectCodec.encode(event("c", 100, MetricStatus.FINAL))))
            .get();
        producer
            .send(
                new ProducerRecord<>(
                    TOPICS.metrics(), 0, RecordKeys.of(event("b", 100, MetricStatus.FINAL)), null))
            .get();
        awaitOverview("run b is deleted", "/runs/1/name", "c");

        broker.createTopics(KafkaTopic.compacted(TOPICS.alarms(), 1));
        AlarmEvent alarm = alarm();
        producer
            .send(
                new ProducerRecord<>(
                    TOPICS.alarms(), RecordKeys.of(alarm), SingleObjectCodec.encode(alarm)))
            .get();
        awaitOverview("the alarm is there", "/runs/0/openAlarms", "1");
      }
    }
  }

  @Test
  void goesOnWhenKafkaComesBackAndShowsWhatItHasUntilThen() throws Exception {
    Path log = work.resolve("kafka");
    String bootstrap;
    try (EmbeddedBroker broker = EmbeddedBroker.start(log)) {
      bootstrap = broker.bootstrapServers();
      broker.createTopics(KafkaTopic.compacted(TOPICS.metrics(), 2));
      send(bootstrap, 100);
      start(bootstrap);
      awaitState("live");
      awaitOverview("what was recorded is read", "/runs/0/on/0/lastStep", "100");
    }
    int port = Integer.parseInt(bootstrap.substring(bootstrap.indexOf(':') + 1));
    awaitState("unreachable");
    assertThat(seen.at("/runs/0/on/0/lastStep").asInt()).isEqualTo(100);
    try (EmbeddedBroker again = EmbeddedBroker.start(log, port)) {
      assertThat(again.bootstrapServers()).isEqualTo(bootstrap);
      send(bootstrap, 200);
      awaitState("live");
      awaitOverview("what is new is read", "/runs/0/on/0/lastStep", "200");
      assertThat(seen.at("/feed/recordsRead").asInt()).isEqualTo(2); // none twice
    }
  }

  @Test
  void showsWhatIsInATopicThatWasDeletedAndMadeAnew() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(work.resolve("kafka"))) {
      String bootstrap = broker.bootstrapServers();
      broker.createTopics(
          KafkaTopic.compacted(TOPICS.metrics(), 1), KafkaTopic.compacted(TOPICS.alarms(), 1));
      for (long step : new long[] {100, 200, 300}) {
        send(bootstrap, step);
      }
      start(bootstrap);
      awaitOverview("what was recorded is read", "/runs/0/on/0/checkpoints", "3");

      delete(bootstrap, TOPICS.alarms());
      send(bootstrap, 400);
      awaitOverview("the rest is read without alarms", "/runs/0/on/0/checkpoints", "4");
      delete(bootstrap, TOPICS.metrics());
      awaitState("waiting");
      broker.createTopics(KafkaTopic.compacted(TOPICS.metrics(), 1));
      send(bootstrap, 500);
      awaitOverview("only what is new is shown", "/runs/0/on/0/firstStep", "500");
      awaitState("live");
      assertThat(seen.at("/feed/recordsRead").asInt()).isEqualTo(1);
      assertThat(seen.at("/held/events").asInt()).isEqualTo(1);
    }
  }

  @Test
  void showsWhatAnotherKafkaAtTheSameAddressHolds() throws Exception {
    String bootstrap;
    try (EmbeddedBroker broker = EmbeddedBroker.start(work.resolve("kafka"))) {
      bootstrap = broker.bootstrapServers();
      broker.createTopics(KafkaTopic.compacted(TOPICS.metrics(), 1));
      send(bootstrap, 100);
      start(bootstrap);
      awaitOverview("what was recorded is read", "/runs/0/on/0/checkpoints", "1");
    }
    int port = Integer.parseInt(bootstrap.substring(bootstrap.indexOf(':') + 1));
    try (EmbeddedBroker other = EmbeddedBroker.start(work.resolve("other"), port)) {
      other.createTopics(KafkaTopic.compacted(TOPICS.metrics(), 1));
      for (long step : new long[] {500, 600, 700}) {
        send(bootstrap, step);
      }
      awaitOverview("all of it is shown", "/runs/0/on/0/checkpoints", "3");
      awaitOverview("nothing else is", "/runs/0/on/0/firstStep", "500");
      assertThat(seen.at("/feed/recordsRead").asInt()).isEqualTo(3);
    }
  }

  private static void delete(String bootstrap, String topic) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", (Object) bootstrap))) {
      admin.deleteTopics(List.of(topic)).all().get();
    }
  }

  private static void send(String bootstrap, long step) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer = KafkaClients.of(bootstrap, TOPICS).producer()) {
      producer.send(record(event("a", step, MetricStatus.FINAL))).get();
    }
  }

  private static void addPartition(String bootstrap) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", (Object) bootstrap))) {
      admin.createPartitions(Map.of(TOPICS.metrics(), NewPartitions.increaseTo(2))).all().get();
    }
  }

  private static AlarmEvent alarm() {
    return AlarmEvent.newBuilder()
        .setState(AlarmState.RAISED)
        .setRunId("a")
        .setCheckpointId("step100")
        .setStep(100)
        .setCorpusId("dev")
        .setLayer(0)
        .setMetric("rankMe")
        .setReason("RankMe fell.")
        .setEmittedAt(Instant.EPOCH)
        .build();
  }
}
