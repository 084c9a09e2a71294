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
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@code publish checkpoint}, {@code score}, and {@code replay} without a job, against a broker.
 */
@Timeout(600)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PublishCheckpointITCase {

  private static final Topics TOPICS = Topics.withPrefix("sounding");

  @TempDir private static Path work;

  private EmbeddedBroker broker;

  @BeforeAll
  void startBroker() {
    broker = EmbeddedBroker.start(work.resolve("kafka"));
    broker.createTopics(KafkaTopic.of(TOPICS, 1));
  }

  @AfterAll
  void stopBroker() {
    broker.close();
  }

  private Verb run(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--bootstrap", broker.bootstrapServers()));
    return Verb.run(all);
  }

  private Verb publish(String run, Path file, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of("publish", "checkpoint", file.toString(), "--run", run, "--corpus", "speech"));
    arguments.addAll(List.of(more));
    return run(arguments.toArray(new String[0]));
  }

  private KafkaClients kafka() {
    return KafkaClients.of(broker.bootstrapServers(), TOPICS);
  }

  private List<CheckpointEvent> events(String run) {
    return PublishedRecords.of(kafka(), TOPICS.checkpoints(), CheckpointEvent.class).stream()
        .filter(event -> event.getRunId().equals(run))
        .toList();
  }

  @Test
  void aCheckpointIsPublishedWithWhatIsSaidOfIt() throws IOException {
    Path file = DemoData.checkpoint("collapse", 400);
    Verb verb =
        publish(
            "told",
            file,
            "--step",
            "7",
            "--loss",
            "2.5",
            "--id",
            "seven",
            "--tag",
            "a=b",
            "--tag",
            "c=d",
            "--layers",
            "0,-1",
            "--sample-rate",
            "8000",
            "--normalise",
            "--uri-prefix",
            "s3://bucket/run/");
    assertThat(verb.status()).as(verb.told()).isZero();
    assertThat(verb.told())
        .contains("seven is published: step 7, loss 2.5.")
        .contains("Note: corpus speech is not in Kafka yet");
    CheckpointEvent event = events("told").get(0);
    assertThat(event.getCheckpointId()).isEqualTo("seven");
    assertThat(event.getStep()).isEqualTo(7);
    assertThat(event.getTrainingLoss()).isEqualTo(2.5);
    assertThat(event.getTags()).containsAllEntriesOf(Map.of("a", "b", "c", "d"));
    assertThat(event.getLayers()).containsExactly(0, -1);
    assertThat(event.getSampleRateHz()).isEqualTo(8_000);
    assertThat(event.getInputNormalisation()).isEqualTo(InputNormalisation.ZERO_MEAN_UNIT_VARIANCE);
    assertThat(event.getModelUri()).isEqualTo("s3://bucket/run/step00400.onnx");
    assertThat(event.getModelFormat()).isEqualTo(ModelFormat.ONNX);
    assertThat(event.getModelSha256()).isEqualTo(PoisonRecords.sha256(Files.readAllBytes(file)));
    assertThat(event.getWeightsUri()).isNull();
  }

  @Test
  void theSameAgainIsNothingAndAnotherIsAnotherAttempt() {
    Path file = PoisonRecords.model("tuple.pt");
    assertThat(publish("again", file, "--step", "1").status()).isZero();
    Verb same = publish("again", file, "--step", "1");
    assertThat(same.status()).isZero();
    assertThat(same.told()).contains("tuple.pt was published before: not published again.");
    Verb layers = publish("again", file, "--step", "1", "--layers", "1");
    assertThat(layers.told()).contains("(layers [1] instead of all); published as attempt 1");
    assertThat(publish("again", file, "--step", "1", "--attempt", "5").status()).isZero();
    Verb low = publish("again", file, "--step", "1", "--attempt", "3");
    assertThat(low.status()).isEqualTo(2);
    assertThat(low.told()).contains("was published with attempt 5; say --attempt 6.");
    assertThat(events("again")).extracting(CheckpointEvent::getAttempt).containsExactly(0, 1, 5);
  }

  @Test
  void aFileInAFolderOfItsOwnHasTheNameThatWatchGivesIt() throws IOException {
    Path nested = Files.createDirectories(work.resolve("run/checkpoint-400"));
    Path file = Files.copy(DemoData.checkpoint("collapse", 0), nested.resolve("model.onnx"));
    Verb verb = publish("nested", file, "--uri-prefix", "s3://b/run");
    assertThat(verb.status()).as(verb.told()).isZero();
    assertThat(events("nested"))
        .extracting(
            CheckpointEvent::getCheckpointId,
            CheckpointEvent::getStep,
            CheckpointEvent::getModelUri)
        .containsExactly(
            Tuple.tuple("checkpoint-400/model.onnx", 400L, "s3://b/run/checkpoint-400/model.onnx"));
  }

  @Test
  void whatCannotBePublishedIsRefusedWithASentence() throws IOException {
    Path half =
        Files.write(
            work.resolve("step1.pt"),
            PoisonRecords.half(Files.readAllBytes(PoisonRecords.model("tuple.pt"))));
    refused(publish("refused", half), "step1.pt: is not a whole TorchScript file");
    refused(
        publish("refused", PoisonRecords.model("tuple.pt")),
        "has no training step in its name or in a file beside it; say it with --step.");
    refused(
        publish("refused", work.resolve("absent-step1.onnx")), "absent-step1.onnx: does not exist");
    refused(
        publish("refused", Files.createFile(work.resolve("step1.safetensors"))),
        "is not named like a model; name a .pt,");
    refused(publish("refused", half, "--sample-rate", "12"), "--sample-rate is 12;");
    refused(publish("refused", half, "--layers", "1,1"), "--layers is '1,1';");
    refused(publish("refused", half, "--id", " "), "--id ' ' cannot be an id: it is blank.");
    refused(publish("refused", half, "--step", "-1"), "--step is -1;");
    assertThat(events("refused")).isEmpty();
  }

  private static void refused(Verb verb, String sentence) {
    assertThat(verb.status()).as(verb.told()).isEqualTo(2);
    assertThat(verb.told()).contains(sentence);
  }

  @Test
  void scoresArePublishedOneByOneOrFromATable() throws IOException {
    Verb one = run("score", "--run", "r", "--step", "400", "--task", "wer", "--value", "7.3");
    assertThat(one.status()).as(one.told()).isZero();
    assertThat(one.told()).isEqualTo("In Kafka now: 1 score of run r.\n");
    Path table =
        Files.writeString(work.resolve("scores.csv"), "step,task,value\n100,wer,9.5\n200,pr,1e1\n");
    Verb many = run("score", "--run", "r", "--from", table.toString());
    assertThat(many.status()).as(many.told()).isZero();
    assertThat(PublishedRecords.of(kafka(), TOPICS.scores(), DownstreamScore.class))
        .extracting(
            DownstreamScore::getRunId,
            DownstreamScore::getStep,
            DownstreamScore::getTask,
            DownstreamScore::getValue)
        .containsExactly(
            Tuple.tuple("r", 400L, "wer", 7.3),
            Tuple.tuple("r", 100L, "wer", 9.5),
            Tuple.tuple("r", 200L, "pr", 10.0));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--step 1 --task wer --value nan | --value is NaN; it must be a finite number.",
        "--step -1 --task wer --value 2 | --step is -1; it must not be negative.",
        "--step 1 --task wer | --value",
        "--from /no/such.csv | /no/such.csv: does not exist; check the path.",
        "--from x.csv --step 1 --task wer --value 2 | mutually exclusive"
      })
  void unusableScoresAreRefused(String arguments, String sentence) {
    List<String> all = new ArrayList<>(List.of("score", "--run", "r"));
    all.addAll(List.of(arguments.replace("nan", "NaN").split(" ")));
    refused(run(all.toArray(new String[0])), sentence);
  }

  @Test
  void aReplayWithoutAJobSaysWhereToLook() {
    Verb replay =
        run(
            "replay",
            "--run",
            "lonely",
            "--corpus",
            "speech",
            "--from",
            DemoData.checkpoint("collapse", 0).getParent().toString(),
            "--give-up-after",
            "1s");
    assertThat(replay.status()).as(replay.told()).isEqualTo(3);
    assertThat(replay.told())
        .contains("No metric event came for 1 s; 7 checkpoints are still open. See in Flink's web");
    assertThat(events("lonely")).hasSize(7);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--from /no/such/folder | /no/such/folder: is no folder; name the folder",
        "--from /tmp --order random | --order is 'random'; say step or bisect.",
        "--from /tmp --since yesterday | 'yesterday' is no moment; write it like",
        "--from topic --loss x.csv | --loss, --graph, --graph-uri and --uri-prefix are about files",
        "--from topic | holds no checkpoint of run nobody; check --run",
        "--from topic --until 2020-01-01T00:00:00Z | holds no checkpoint of run nobody of that time"
      })
  void unusableReplaysAreRefused(String arguments, String sentence) {
    List<String> all = new ArrayList<>(List.of("replay", "--run", "nobody", "--corpus", "speech"));
    all.addAll(List.of(arguments.split(" ")));
    refused(run(all.toArray(new String[0])), sentence);
  }

  @Test
  void whatKafkaRefusesIsToldInASentenceAndLeavesNothingOpen() throws Exception {
    Path settings =
        Files.writeString(work.resolve("wrong.properties"), "compression.type=nonsense\n");
    Set<ObjectName> before = openConsumers();
    Verb verb =
        publish(
            "wrong",
            DemoData.checkpoint("collapse", 400),
            "--kafka-properties",
            settings.toString());
    assertThat(verb.status()).as(verb.told()).isEqualTo(3);
    assertThat(verb.told())
        .contains("Kafka could not be used (Invalid value nonsense for configuration")
        .contains("Check --bootstrap and --kafka-properties, and that it runs.");
    assertThat(openConsumers()).isEqualTo(before);
  }

  /** Kafka's consumers are listed among the beans of the platform until they are closed. */
  private static Set<ObjectName> openConsumers() throws MalformedObjectNameException {
    return ManagementFactory.getPlatformMBeanServer()
        .queryNames(new ObjectName("kafka.consumer:type=app-info,*"), null);
  }

  @Test
  void aConsumerWhosePlaceIsGoneReadsFromTheStart() throws Exception {
    publish("expired", DemoData.checkpoint("collapse", 400));
    TopicPartition partition = new TopicPartition(TOPICS.checkpoints(), 0);
    Properties settings = new Properties();
    settings.put("auto.offset.reset", "latest");
    KafkaClients clients = KafkaClients.of(broker.bootstrapServers(), TOPICS).with(settings);
    try (KafkaConsumer<byte[], byte[]> consumer = clients.consumer()) {
      consumer.assign(List.of(partition));
      consumer.seek(partition, 1_000_000); // no such record, as if it had expired
      Await.until(
          "a record is read",
          () -> !consumer.poll(Duration.ofMillis(200)).isEmpty(),
          () -> consumer.position(partition));
    }
  }

  @Test
  void everyVerbShowsAnExample() {
    for (List<String> verb :
        List.of(
            List.of("publish"),
            List.of("publish", "audio"),
            List.of("publish", "checkpoint"),
            List.of("watch"),
            List.of("replay"),
            List.of("score"))) {
      List<String> arguments = new ArrayList<>(verb);
      arguments.add("--help");
      Verb help = Verb.run(arguments);
      assertThat(help.status()).isZero();
      assertThat(help.told())
          .contains("Example")
          .contains("  sounding " + String.join(" ", verb))
          .contains("--bootstrap");
    }
  }
}
