package io.sounding.tests;

import static io.sounding.tests.PublishedEvents.alarm;
import static io.sounding.tests.PublishedEvents.event;
import static io.sounding.tests.PublishedEvents.failed;
import static io.sounding.tests.PublishedEvents.partial;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sounding.jobs.cli.Sounding;
import io.sounding.jobs.embedded.EmbeddedBroker;
import io.sounding.jobs.embedded.KafkaTopic;
import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.KafkaUnavailableException;
import io.sounding.jobs.kafka.Topics;
import io.sounding.jobs.watch.KafkaEvents;
import io.sounding.schemas.AlarmEvent;
import io.sounding.schemas.AlarmState;
import io.sounding.schemas.CorrelationEvent;
import io.sounding.schemas.CorrelationScope;
import io.sounding.schemas.DownstreamScore;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.RecordKeys;
import io.sounding.schemas.SingleObjectCodec;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The verbs that read, on Kafka: what was committed is read, once, and nothing else. */
@Timeout(600)
class ReadersITCase {

  private static final Topics TOPICS = Topics.withPrefix("sounding");

  @TempDir private Path work;

  private EmbeddedBroker broker;
  private KafkaProducer<byte[], byte[]> producer;

  @BeforeEach
  void start() {
    broker = EmbeddedBroker.start(work.resolve("kafka"));
    broker.createTopics(KafkaTopic.of(TOPICS, 1).toArray(KafkaTopic[]::new));
    producer = kafka().transactionalProducer("test");
    producer.initTransactions();
  }

  @AfterEach
  void close() {
    producer.close(Duration.ZERO);
    broker.close();
  }

  private KafkaClients kafka() {
    return KafkaClients.of(broker.bootstrapServers(), TOPICS);
  }

  private void send(String topic, byte[] key, SpecificRecordBase record) {
    producer.send(new ProducerRecord<>(topic, key, SingleObjectCodec.encode(record)));
  }

  private void send(MetricEvent event) {
    send(TOPICS.metrics(), RecordKeys.of(event), event);
  }

  private void send(AlarmEvent event) {
    send(TOPICS.alarms(), RecordKeys.of(event), event);
  }

  private void commit(MetricEvent... events) {
    producer.beginTransaction();
    for (MetricEvent event : events) {
      send(event);
    }
    producer.commitTransaction();
  }

  private void commit(AlarmEvent event) {
    producer.beginTransaction();
    send(event);
    producer.commitTransaction();
  }

  private List<String> verb(String name, String... more) {
    List<String> arguments =
        new ArrayList<>(List.of(name, "--bootstrap", broker.bootstrapServers()));
    arguments.addAll(List.of(more));
    return arguments;
  }

  /** Two checkpoints that were evaluated, one that failed, and what must not be seen. */
  private void history() {
    commit(partial("b", 0));
    commit(event("b", 0, 0, 60).build(), event("b", 0, 1, 61).build());
    producer.beginTransaction();
    send(event("b", 0, 1, 999).setAttempt(7).build());
    send(event("aborted", 50, 0, 999).build());
    producer.abortTransaction();
    commit(
        event("b", 50, 0, 3).setTrainingLoss(Double.NaN).build(),
        event("b", 50, 1, 2).setTrainingLoss(Double.NaN).build(),
        failed("b", 100, "The file is gone: put it back."));
    commit(alarm(AlarmState.RAISED, 50));
  }

  @Test
  void exportsWhatWasCommittedOnce() throws Exception {
    history();
    producer.beginTransaction(); // left open
    send(event("open", 50, 0, 999).build());
    producer.flush();
    Path out = work.resolve("events.csv");

    Verb export = Verb.run(verb("export", "--out", out.toString(), "--status", "all"));

    assertThat(export.status()).as(export.told()).isZero();
    assertThat(export.told()).endsWith("Wrote 5 events to " + out + ".\n");
    assertThat(
            Files.readAllLines(out).stream()
                .skip(1)
                .map(line -> line.split(",", 5)[0] + " " + line.split(",", 5)[3]))
        .containsExactly("FINAL 0", "FINAL 0", "FINAL 50", "FINAL 50", "FAILED 100");
    assertThat(Files.readString(out)).contains(",NaN,dev,").doesNotContain("999");
  }

  @Test
  void whatWasExportedCanBeReadWithoutKafka() throws Exception {
    history();
    Path out = work.resolve("events.jsonl");
    assertThat(Verb.run(verb("export", "--out", out.toString(), "--run", "b")).status()).isZero();
    broker.close();

    Verb report =
        Verb.run(
            List.of(
                "report", "--from", out.toString(), "--out", work.resolve("report").toString()));

    assertThat(report.status()).as(report.told()).isZero();
    String page = Files.readString(work.resolve("report").resolve("report.html"));
    assertThat(page)
        .contains("Alarms were judged with the default thresholds")
        .contains("<td>1.000 \u2192 NaN</td>", "<td>61.0 \u2192 2.0</td>");
  }

  @Test
  void reportsWithTheAlarmsThatTheJobRaised() throws Exception {
    history();

    Verb report = Verb.run(verb("report", "--out", work.resolve("report").toString()));

    assertThat(report.status()).as(report.told()).isZero();
    assertThat(report.told()).contains("74 plots of 1 run, 3 checkpoints.");
    assertThat(Files.readString(work.resolve("report").resolve("report.html")))
        .contains("Alarm raised: run b, step 50, layer 1, rankMe. RankMe of layer 1 fell.")
        .contains("The file is gone: put it back.")
        .doesNotContain("default thresholds", "aborted");
  }

  @Test
  void tailShowsWhatIsThereInTheOrderInWhichItWasWritten() {
    history();

    Verb tail = Verb.run(verb("tail", "--from-start", "--until-idle", "10s"));

    assertThat(tail.status()).as(tail.told()).isZero();
    List<String> lines = tail.told().lines().map(line -> line.replaceAll(" +", " ")).toList();
    assertThat(lines)
        .containsExactly(
            "Following sounding.metrics and sounding.alarms; Ctrl-C ends this.",
            "run step loss layer RankMe +/- anisotr. inertia Davies-B.",
            "b 0 1.00000 0 60.000 0.500 0.7500 42.500 3.500",
            "b 0 1.00000 1 61.000 0.500 0.7500 42.500 3.500",
            "b 50 NaN 0 3.000 0.500 0.7500 42.500 3.500",
            "b 50 NaN 1 2.000 0.500 0.7500 42.500 3.500",
            "b 100 - FAILED: The file is gone: put it back.",
            "ALARM: run b, step 50, rankMe: RankMe of layer 1 fell.");
    assertThat(tail.told()).doesNotContain("\u001b", "\r");
  }

  @Test
  void tailChoosesRunsLayersAndPartialEvents() {
    history();
    commit(event("c", 0, 1, 70).build());

    Verb tail =
        Verb.run(
            verb(
                "tail",
                "--from-start",
                "--until-idle",
                "10s",
                "--run",
                "b",
                "--layer",
                "0",
                "--partial"));

    assertThat(tail.told().lines().skip(2).map(line -> line.replaceAll(" +", " ")))
        .containsExactly(
            "b 0 1.00000 0 40.000 0.500 0.7500 PARTIAL, 26 %",
            "b 0 1.00000 0 60.000 0.500 0.7500 42.500 3.500",
            "b 50 NaN 0 3.000 0.500 0.7500 42.500 3.500",
            "b 100 - FAILED: The file is gone: put it back.");
  }

  @Test
  void tailBeginsNowOrWhenItIsTold() throws Exception {
    history();
    try (Verb tail = Verb.start(verb("tail"))) {
      tail.awaitTold("Ctrl-C ends this.");
      commit(event("b", 200, 1, 1.5).build());
      tail.awaitTold(" 200 ");
      commit(alarm(AlarmState.CLEARED, 200));
      tail.awaitTold("alarm cleared: run b, step 200, rankMe");
      assertThat(tail.told()).doesNotContain("60.000", "999");
    }
    Verb since = Verb.run(verb("tail", "--since", "1h", "--until-idle", "10s"));
    assertThat(since.told()).contains("60.000", " 200 ");
    Verb nothing = Verb.run(verb("tail", "--since", "2100-01-01", "--until-idle", "1s"));
    assertThat(nothing.told().lines()).hasSize(1);
  }

  @Test
  void tailEndsWhenNobodyReadsIt() throws Exception {
    history();
    StringWriter errors = new StringWriter();

    int status =
        Sounding.execute(
            Verb.unread(),
            new PrintWriter(errors),
            verb("tail", "--from-start").toArray(String[]::new));

    assertThat(status).isZero();
    assertThat(errors.toString()).isEmpty();
  }

  @Test
  void tailSaysThatKafkaIsAwayAndGoesOnWhenItIsBack() {
    int port = Integer.parseInt(broker.bootstrapServers().split(":")[1]);
    try (Verb tail = Verb.start(verb("tail"))) {
      tail.awaitTold("Ctrl-C ends this.");
      broker.close();
      tail.awaitTold("Kafka is out of reach; this goes on when it is back.");
      broker = EmbeddedBroker.start(work.resolve("kafka"), port);
      commit(event("b", 0, 1, 61).build());
      tail.awaitTold("61.000");
      tail.awaitTold("Kafka is back.");
    }
  }

  @Test
  void tailEndsCleanlyWhenTheProcessIsToldTo() {
    try (JavaProcess tail =
        JavaProcess.start(
            "tail",
            work.resolve("tail"),
            List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
            Sounding.class,
            verb("tail"))) {
      Await.until("it follows", () -> tail.printed().contains("Ctrl-C ends this."), tail::printed);
      assertThat(tail.terminate()).as(tail.printed()).isZero();
      assertThat(tail.printed()).endsWith("Interrupted.\n");
    }
  }

  @Test
  void correlatesAsTheJobPublished() {
    producer.beginTransaction();
    for (String metric : List.of("rankMe", "anisotropy", "trainingLoss", "logStep")) {
      for (double spearman : new double[] {0.1, metric.length() / 20.0}) {
        boolean ofLayer = metric.equals("rankMe") || metric.equals("anisotropy");
        CorrelationEvent event =
            CorrelationEvent.newBuilder()
                .setScope(CorrelationScope.ALONG_RUN)
                .setRunId("b")
                .setFromStep(10)
                .setFromShare(0.1)
                .setCorpusId("dev")
                .setLayer(ofLayer ? 1 : null)
                .setMetric(metric)
                .setTask("digits")
                .setPairs(9)
                .setPearson(spearman)
                .setSpearman(spearman)
                .setKendall(spearman)
                .setSpearmanGivenStep(ofLayer ? -spearman : null)
                .setEmittedAt(Instant.now())
                .build();
        send(TOPICS.correlations(), RecordKeys.of(event), event);
      }
    }
    producer.commitTransaction();

    Verb correlate = Verb.run(verb("correlate", "--task", "digits"));

    assertThat(correlate.status()).as(correlate.told()).isZero();
    assertThat(correlate.told().replaceAll(" +", " "))
        .contains("Task digits along run b on corpus dev: 9 checkpoints from step 10 on")
        .containsSubsequence(
            "the step itself 9 0.350",
            "training loss 9 0.600",
            "anisotropy 1 9 0.500 - -0.500",
            "rankMe 1 9 0.300 - -0.300",
            "With 9 pairs, unrelated series have a Spearman correlation beyond \u00b10.69")
        .doesNotContain("0.100");
    assertThat(Verb.run(verb("correlate", "--run", "c")).status()).isEqualTo(1);
  }

  @Test
  void correlatesFromAnyStepWithWhatIsInKafka() {
    commit(
        event("b", 100, 0, 10).build(),
        event("b", 200, 0, 30).build(),
        event("b", 300, 0, 20).build(),
        event("b", 400, 0, 40).build());
    producer.beginTransaction();
    for (long step = 100; step <= 400; step += 100) {
      for (double value : new double[] {-step, step}) {
        DownstreamScore score = new DownstreamScore("b", step, "digits", value, Instant.now());
        send(TOPICS.scores(), RecordKeys.of(score), score);
      }
    }
    producer.commitTransaction();

    Verb correlate = Verb.run(verb("correlate", "--from-step", "200"));

    assertThat(correlate.status()).as(correlate.told()).isZero();
    assertThat(correlate.told().replaceAll(" +", " "))
        .contains("3 checkpoints from step 200 on.")
        .contains("the step itself 3 1.000")
        .contains("rankMe 0 3 0.500");
    assertThat(Verb.run(verb("correlate")).told()).contains("There is nothing to show");
  }

  @Test
  void withoutTheirTopicsTheySayWhichIsMissing() {
    for (String name : List.of("tail", "correlate")) {
      Verb verb = Verb.run(verb(name, "--topics", "other"));
      assertThat(verb.status()).isEqualTo(3);
      assertThat(verb.told())
          .contains("has no topic other." + (name.equals("tail") ? "metrics" : "correlations"));
    }
    broker.createTopics(KafkaTopic.compacted("early.metrics", 1));
    Verb tail = Verb.run(verb("tail", "--topics", "early", "--until-idle", "1s"));
    assertThat(tail.status()).isZero();
    assertThat(tail.told())
        .contains("has no topic early.alarms", "Until then no alarms are shown.");
  }

  @Test
  void recordsOfOtherKindsOnTheSameTopicAreNoHindrance() throws Exception {
    producer.beginTransaction();
    producer.send(
        new ProducerRecord<>(
            TOPICS.metrics(), new byte[1], "no avro".getBytes(StandardCharsets.UTF_8)));
    send(TOPICS.metrics(), new byte[0], alarm(AlarmState.RAISED, 50));
    send(event("b", 50, 1, 2).build());
    producer.commitTransaction();
    Path out = work.resolve("events.parquet");

    Verb export = Verb.run(verb("export", "--out", out.toString()));

    assertThat(export.told())
        .contains("2 records of topic sounding.metrics could not be read;")
        .endsWith("Wrote 1 event to " + out + ".\n");
    Verb tail = Verb.run(verb("tail", "--from-start", "--until-idle", "10s"));
    assertThat(tail.told())
        .contains("1 record of topic sounding.metrics could not be read;") // an alarm it can
        .containsOnlyOnce(" 50 ");
  }

  @Test
  void keysWithoutARecordAreNoRecordsThatCannotBeRead() throws Exception {
    producer.beginTransaction();
    producer.send(new ProducerRecord<>(TOPICS.metrics(), new byte[1], null));
    send(event("b", 50, 1, 2).build());
    producer.commitTransaction();
    Path out = work.resolve("events.csv");

    Verb export = Verb.run(verb("export", "--out", out.toString()));

    assertThat(export.status()).as(export.told()).isZero();
    assertThat(export.told()).doesNotContain("could not be read");
  }

  @Test
  void aKafkaThatDoesNotAnswerIsNotTakenForOneWithoutAlarms() {
    Properties impatient = new Properties();
    impatient.put("request.timeout.ms", "500");
    impatient.put("default.api.timeout.ms", "1000");
    KafkaEvents events =
        new KafkaEvents(KafkaClients.of(broker.bootstrapServers(), TOPICS).with(impatient));
    broker.close();

    assertThatThrownBy(events::alarms)
        .isInstanceOf(KafkaUnavailableException.class)
        .hasMessageContaining("does not answer");
  }
}
