package io.sounding.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.jobs.embedded.EmbeddedBroker;
import io.sounding.jobs.embedded.KafkaTopic;
import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.Topics;
import io.sounding.schemas.CheckpointEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What publishes checkpoints needs no name of the corpus where there is only one. */
class OnlyCorpusITCase {

  private static final Topics TOPICS = Topics.withPrefix("sounding");

  @TempDir private Path work;

  private EmbeddedBroker broker;
  private Path run;

  @BeforeEach
  void start() throws Exception {
    broker = EmbeddedBroker.start(work.resolve("kafka"));
    broker.createTopics(KafkaTopic.of(TOPICS, 3));
    run = Files.createDirectory(work.resolve("run"));
    for (int step : List.of(0, 400)) {
      Path checkpoint = DemoData.checkpoint("collapse", step);
      Files.copy(checkpoint, run.resolve(checkpoint.getFileName()));
    }
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  private Verb call(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--bootstrap", broker.bootstrapServers()));
    return Verb.run(all);
  }

  private Verb publish() {
    String file = run.resolve("step00000.onnx").toString();
    return call("publish", "checkpoint", file, "--run", "single");
  }

  private List<Verb> publishers() {
    return List.of(
        publish(),
        call("watch", run.toString(), "--run", "watched", "--settle", "0s", "--once"),
        call("replay", "--run", "replayed", "--from", run.toString(), "--no-wait"));
  }

  private void seal(String corpus) {
    String audio = DemoData.audio().resolve("de-f1_000.flac").toString();
    assertThat(call("publish", "audio", audio, "--corpus", corpus).status()).isZero();
  }

  private List<CheckpointEvent> events() {
    KafkaClients kafka = KafkaClients.of(broker.bootstrapServers(), TOPICS);
    return PublishedRecords.of(kafka, TOPICS.checkpoints(), CheckpointEvent.class);
  }

  @Test
  void theOnlyOneStandsForTheOneThatIsNotNamed() {
    seal("dev");
    assertThat(publishers())
        .allSatisfy(
            publisher -> {
              assertThat(publisher.status()).as(publisher.told()).isZero();
              assertThat(publisher.told()).contains("On corpus dev, the only one in Kafka.");
            });
    assertThat(events())
        .extracting(CheckpointEvent::getRunId)
        .containsExactlyInAnyOrder("single", "watched", "watched", "replayed", "replayed");
    assertThat(events()).extracting(CheckpointEvent::getCorpusId).containsOnly("dev");
  }

  @Test
  void ofNoneAndOfSeveralOneMustBeNamed() {
    for (Verb publisher : publishers()) {
      assertThat(publisher.status()).as(publisher.told()).isEqualTo(2);
      assertThat(publisher.told())
          .contains("Say with --corpus on what to evaluate: no corpus is sealed in Kafka at ");
    }
    seal("test");
    seal("dev");
    Verb ambiguous = publish();
    assertThat(ambiguous.status()).as(ambiguous.told()).isEqualTo(2);
    assertThat(ambiguous.told()).contains("Say with --corpus on which one").contains("dev, test.");
    assertThat(events()).isEmpty();
  }

  @Test
  void aWatchMayBeStartedBeforeKafka() throws Exception {
    seal("dev");
    String bootstrap = broker.bootstrapServers();
    broker.close();
    Path impatient = work.resolve("client.properties");
    Files.writeString(impatient, "default.api.timeout.ms=2000\nrequest.timeout.ms=1000\n");
    List<String> arguments = new ArrayList<>(List.of("watch", run.toString(), "--run", "early"));
    arguments.addAll(List.of("--bootstrap", bootstrap, "--settle", "0s", "--poll", "20ms"));
    arguments.addAll(List.of("--kafka-properties", impatient.toString()));
    try (Verb watch = Verb.start(arguments)) {
      watch.awaitTold("Trying again until it works");
      int port = Integer.parseInt(bootstrap.split(":")[1]);
      broker = EmbeddedBroker.start(work.resolve("kafka"), port);
      watch.awaitTold("On corpus dev, the only one in Kafka.");
      watch.awaitTold("step00000.onnx is published");
      watch.awaitTold("step00400.onnx is published");
    }
    assertThat(events()).extracting(CheckpointEvent::getCorpusId).containsExactly("dev", "dev");
  }

  @Test
  void otherArgumentsAreCheckedWithoutKafka() {
    broker.close();
    for (Verb refused :
        List.of(
            call("watch", run.toString(), "--run", "a\nb"),
            call("replay", "--run", "a\nb", "--from", run.toString()),
            call(
                "publish", "checkpoint", run.resolve("step00000.onnx").toString(), "--run=a\nb"))) {
      assertThat(refused.status()).as(refused.told()).isEqualTo(2);
      assertThat(refused.told()).contains("cannot be an id");
    }
    Verb order = call("replay", "--run", "a", "--from", run.toString(), "--order", "random");
    assertThat(order.status()).as(order.told()).isEqualTo(2);
    assertThat(order.told()).contains("--order is 'random'; say step or bisect.");
  }
}
