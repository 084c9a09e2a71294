package io.sounding.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sounding.jobs.SoundingTopology;
import io.sounding.jobs.embedded.EmbeddedBroker;
import io.sounding.jobs.embedded.EmbeddedCluster;
import io.sounding.jobs.embedded.KafkaTopic;
import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.KafkaEnds;
import io.sounding.jobs.kafka.Topics;
import io.sounding.jobs.publish.AudioFiles;
import io.sounding.jobs.publish.CheckpointFiles;
import io.sounding.jobs.publish.CheckpointPublisher;
import io.sounding.jobs.publish.CorpusPublisher;
import io.sounding.jobs.watch.CommittedRecords;
import io.sounding.jobs.watch.MetricField;
import io.sounding.operators.EvaluationSettings;
import io.sounding.operators.embed.ModelSettings;
import io.sounding.operators.embed.TrustedArtifacts;
import io.sounding.operators.statistics.KendallTau;
import io.sounding.operators.statistics.PearsonCorrelation;
import io.sounding.operators.statistics.SpearmanCorrelation;
import io.sounding.operators.statistics.StatisticsSettings;
import io.sounding.schemas.AlarmEvent;
import io.sounding.schemas.AlarmState;
import io.sounding.schemas.CorrelationEvent;
import io.sounding.schemas.DeadLetter;
import io.sounding.schemas.DownstreamScore;
import io.sounding.schemas.InputNormalisation;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.MetricStatus;
import io.sounding.schemas.RecordKeys;
import io.sounding.schemas.RejectReason;
import io.sounding.schemas.SingleObjectCodec;
import io.sounding.tests.faults.FreePorts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.metrics.prometheus.PrometheusReporterFactory;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * A collapsing run between a real broker's topics, with scores that come before, between and after
 * its checkpoints: what is read back of correlations, alarms and gauges.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RelateITCase {

  private static final String RUN = "collapse";
  private static final String CORPUS = "speech";
  private static final String TASK = "voices";
  private static final int[] STEPS = {0, 12, 25, 50, 100};
  private static final double[] SCORES = {0.5, 0.75, 0.6, 0.25, 0.1};
  private static final Topics TOPICS = Topics.withPrefix("relate");

  @TempDir private static Path work;
  private EmbeddedBroker broker;
  private EmbeddedCluster cluster;
  private KafkaClients kafka;
  private int prometheusPort;
  private JobClient job;

  private List<MetricEvent> finals;
  private List<CorrelationEvent> correlations;
  private List<AlarmEvent> alarms;
  private List<DeadLetter> deadLetters;

  @BeforeAll
  void publishAndWait() throws Exception {
    broker = EmbeddedBroker.start(work.resolve("kafka"));
    broker.createTopics(KafkaTopic.of(TOPICS, 2));
    kafka = KafkaClients.of(broker.bootstrapServers(), TOPICS);
    prometheusPort = FreePorts.find(1).get(0);
    cluster =
        EmbeddedCluster.start(
            work.resolve("flink"),
            2,
            Configuration.fromMap(
                    Map.of(
                        "metrics.reporter.prom.factory.class",
                        PrometheusReporterFactory.class.getName(),
                        "metrics.reporter.prom.port",
                        Integer.toString(prometheusPort),
                        "metrics.reporter.prom.filterLabelValueCharacters",
                        "false",
                        "metrics.reporter.prom.scope.variables.excludes",
                        "job_id;tm_id;host;task_id;task_attempt_id;task_attempt_num;operator_id"))
                .set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(64))
                .set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(64)));
    job = start(null);
    try (KafkaProducer<byte[], byte[]> producer = kafka.producer()) {
      send(producer, 0, 9.0); // is published again
      send(producer, 0, SCORES[0]);
      send(producer, 1, SCORES[1]);
      send(producer, 2, Double.NaN);
      new CorpusPublisher(producer, TOPICS.audio()).publish(CORPUS, AudioFiles.list(utterances()));
      CheckpointPublisher checkpoints = new CheckpointPublisher(producer, TOPICS.checkpoints());
      for (int step : STEPS) {
        Path file = DemoData.checkpoint(RUN, step);
        checkpoints.publish(
            new CheckpointPublisher.RunSettings(
                RUN, CORPUS, 16_000, InputNormalisation.NONE, List.of(-1)),
            new CheckpointFiles.CheckpointFile(file, file.getFileName().toString(), step),
            1.0 / (1 + step));
        checkpoints.flush();
        awaitFinal(step); // one after the other: an alarm is dated back when they overtake
      }
      finals = PublishedRecords.of(kafka, TOPICS.metrics(), MetricEvent.class);
      finals.removeIf(event -> event.getStatus() != MetricStatus.FINAL);
      finals.sort(Comparator.comparingLong(MetricEvent::getStep));
      for (int i = 2; i < STEPS.length; i++) {
        send(producer, i, SCORES[i]);
      }
      producer.flush();
    }
    correlations =
        await(
            TOPICS.correlations(),
            CorrelationEvent.class,
            events -> events.stream().filter(e -> e.getPairs() == STEPS.length).count() >= 20);
    await(
        TOPICS.alarms(),
        AlarmEvent.class,
        events -> events.stream().map(AlarmEvent::getMetric).distinct().count() == 2);
    alarms = PublishedRecords.of(kafka, TOPICS.alarms(), AlarmEvent.class);
    deadLetters = await(TOPICS.deadLetters(), DeadLetter.class, events -> !events.isEmpty());
  }

  private JobClient start(String savepoint) throws Exception {
    StreamExecutionEnvironment environment = cluster.environment();
    environment.setParallelism(2);
    environment.enableCheckpointing(500);
    if (savepoint != null) {
      environment.configure(
          new Configuration().set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint));
    }
    EvaluationSettings settings =
        EvaluationSettings.defaults(
                ModelSettings.of(
                    TrustedArtifacts.of(List.of(DemoData.folder().toString())),
                    work.resolve("models").toString()))
            .with(4, StatisticsSettings.defaults().with(8, 500));
    SoundingTopology.lay(environment, KafkaEnds.of(kafka, "relate"), settings);
    return environment.executeAsync("relate");
  }

  private static void send(KafkaProducer<byte[], byte[]> producer, int i, double value) {
    DownstreamScore score = new DownstreamScore(RUN, (long) STEPS[i], TASK, value, Instant.now());
    producer.send(
        new ProducerRecord<>(
            TOPICS.scores(), RecordKeys.of(score), SingleObjectCodec.encode(score)));
  }

  private static List<Path> utterances() throws Exception {
    try (var files = Files.list(DemoData.audio())) {
      return files.sorted().limit(8).toList();
    }
  }

  private void awaitFinal(long step) {
    await(
        TOPICS.metrics(),
        MetricEvent.class,
        events ->
            events.stream()
                .anyMatch(e -> e.getStatus() == MetricStatus.FINAL && e.getStep() == step));
  }

  /** The committed records of a topic, once they are as wanted. */
  private <T extends SpecificRecordBase> List<T> await(
      String topic, Class<T> kind, Predicate<List<T>> enough) {
    List<T> records = new ArrayList<>();
    try (CommittedRecords<T> reader = new CommittedRecords<>(kafka, topic, kind)) {
      Await.until(
          "enough records came to " + topic,
          () -> {
            records.addAll(reader.poll(Duration.ofMillis(200)));
            return enough.test(records);
          },
          () -> records);
    }
    return records;
  }

  @AfterAll
  void stop() {
    cluster.close();
    broker.close();
  }

  @Test
  void scoresComeOutAsCorrelationsOfEveryMetric() {
    double[] rankMe = finals.stream().mapToDouble(e -> e.getRank().getRankMe()).toArray();
    CorrelationEvent event = last("rankMe");
    assertThat(event.getRunId()).isEqualTo(RUN);
    assertThat(event.getCorpusId()).isEqualTo(CORPUS);
    assertThat(event.getLayer()).isEqualTo(3);
    assertThat(event.getPairs()).isEqualTo(5);
    assertThat(event.getPearson()).isEqualTo(PearsonCorrelation.of(rankMe, SCORES));
    assertThat(event.getSpearman()).isEqualTo(SpearmanCorrelation.of(rankMe, SCORES));
    assertThat(event.getKendall()).isEqualTo(KendallTau.of(rankMe, SCORES));
    assertThat(event.getResamples()).isGreaterThan(900);
    double[] loss = finals.stream().mapToDouble(MetricEvent::getTrainingLoss).toArray();
    assertThat(last("trainingLoss").getPearson()).isEqualTo(PearsonCorrelation.of(loss, SCORES));
    assertThat(last("trainingLoss").getLayer()).isNull();
    // by hand: the scores' ranks 3, 5, 4, 2, 1 against 1, 2, 3, 4, 5 differ by 2, 3, 1, -2, -4
    assertThat(last("logStep").getSpearman()).isCloseTo(1 - 6 * 34 / 120.0, within(1e-12));
  }

  private CorrelationEvent last(String metric) {
    return correlations.stream()
        .filter(e -> e.getMetric().equals(metric) && e.getFromShare() == null)
        .reduce((earlier, later) -> later)
        .orElseThrow();
  }

  @Test
  void theCollapseRaisesAnAlarmWithinTwoCheckpointsAndOnce() {
    assertThat(alarms).allMatch(event -> event.getState() == AlarmState.RAISED);
    assertThat(alarms)
        .extracting(AlarmEvent::getMetric)
        .containsExactlyInAnyOrder("rankMe", "anisotropy");
    AlarmEvent rankMe =
        alarms.stream().filter(e -> e.getMetric().equals("rankMe")).findFirst().orElseThrow();
    assertThat(rankMe.getStep()).isEqualTo(50);
    assertThat(rankMe.getLayer()).isEqualTo(3);
    assertThat(rankMe.getReason()).startsWith("RankMe of layer 3 fell to ");
  }

  @Test
  void aScoreThatIsNoNumberIsADeadLetter() {
    assertThat(deadLetters)
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.getReason()).isEqualTo(RejectReason.BAD_SCORE);
              assertThat(letter.getTopic()).isEqualTo(TOPICS.scores());
              assertThat(letter.getMessage())
                  .startsWith("The score of run collapse at step 25 on voices is NaN.");
            });
  }

  @Test
  void prometheusScrapesTheLatestValuesAlsoAfterARestartFromASavepoint() throws Exception {
    double rankMe = finals.get(STEPS.length - 1).getRank().getRankMe();
    awaitScraped(rankMe);
    String savepoint =
        job.stopWithSavepoint(
                false, work.resolve("savepoints").toUri().toString(), SavepointFormatType.CANONICAL)
            .get();
    Await.until("the gauge is gone with the job", () -> scraped().isEmpty(), this::scraped);
    job = start(savepoint);
    awaitScraped(rankMe);
    int gauges = MetricField.ALL.size() + 2; // step and loss
    Await.until("all gauges are back", () -> scraped().size() == gauges, this::scraped);
    assertThat(scraped())
        .as("a series goes on after the restart: no label names the attempt")
        .hasSize(gauges)
        .allMatch(line -> !line.contains("_id="));
  }

  private void awaitScraped(double rankMe) {
    Await.until(
        "RankMe is scraped",
        () ->
            scraped().stream()
                .anyMatch(
                    line ->
                        line.contains("metric=\"rankMe\"")
                            && Double.parseDouble(line.substring(line.indexOf("} ") + 2))
                                == rankMe),
        this::scraped);
  }

  /** The gauges of latest values, as Prometheus would read them. */
  private List<String> scraped() {
    try {
      HttpResponse<String> answer =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(
                          URI.create("http://127.0.0.1:" + prometheusPort + "/metrics"))
                      .build(),
                  HttpResponse.BodyHandlers.ofString());
      return answer
          .body()
          .lines()
          .filter(line -> line.contains("_latest{"))
          .filter(line -> line.contains("run=\"collapse\""))
          .filter(line -> line.contains("corpus=\"speech\""))
          .filter(line -> line.contains("layer=\"3\""))
          .toList();
    } catch (IOException e) {
      // a scrape in the midst of a change of gauges may end without an answer
      return List.of(e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
