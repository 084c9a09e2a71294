package io.sounding.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sounding.jobs.embedded.EmbeddedSounding;
import io.sounding.operators.EvaluationSettings;
import io.sounding.operators.Patience;
import io.sounding.operators.embed.ModelSettings;
import io.sounding.operators.embed.TrustedArtifacts;
import io.sounding.operators.statistics.StatisticsSettings;
import io.sounding.schemas.DeadLetter;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.MetricStatus;
import io.sounding.schemas.RejectReason;
import io.sounding.schemas.SingleObjectCodec;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One job is given every kind of bad input of {@link PoisonTable} and {@link PoisonModels}: each
 * ends as a dead letter or as a FAILED event that says why, and the same job, never restarted, then
 * evaluates a healthy checkpoint.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(600)
class PoisonITCase {

  private static final String AFTERWARDS = "healthy afterwards";

  @TempDir private static Path work;
  private EmbeddedSounding sounding;
  private List<PoisonCase> table;
  private final List<MetricEvent> metrics = new ArrayList<>();
  private final List<DeadLetter> deadLetters = new ArrayList<>();
  private final Map<PoisonCase, List<RecordMetadata>> placesOf = new HashMap<>();

  @BeforeAll
  void publishPoisonAndThenAHealthyCheckpoint() throws Exception {
    sounding =
        EmbeddedSounding.start(
            work,
            2,
            EvaluationSettings.defaults(
                    ModelSettings.of(
                            TrustedArtifacts.of(List.of("/")), work.resolve("models").toString())
                        .with(1 << 20, PoisonModels.MODEL_BYTES, Duration.ofSeconds(15)))
                .with(4, StatisticsSettings.defaults().with(4, 1_000))
                .with(
                    new Patience(
                        Duration.ofSeconds(5), Duration.ofSeconds(20), Duration.ofDays(7))));
    PoisonRecords publish = new PoisonRecords(sounding.topics());
    table = new ArrayList<>(new PoisonTable(publish).cases());
    table.addAll(new PoisonModels(publish, work).cases());
    try (KafkaProducer<byte[], byte[]> producer = sounding.kafka().producer();
        CommittedRecords metricTopic = read(sounding.topics().metrics());
        CommittedRecords deadLetterTopic = read(sounding.topics().deadLetters())) {
      publish.healthyCorpus().forEach(producer::send);
      for (PoisonCase bad : table) {
        List<RecordMetadata> places = new ArrayList<>();
        for (ProducerRecord<byte[], byte[]> record : bad.records()) {
          places.add(producer.send(record).get());
        }
        placesOf.put(bad, places);
      }
      Await.until(
          "every dead letter of the table has come",
          () -> {
            decode(metricTopic, deadLetterTopic);
            return table.stream().filter(c -> !c.isOfACheckpoint()).noneMatch(this::isOpen);
          },
          this::open);
      Await.until(
          "every checkpoint of the table is closed",
          () -> {
            decode(metricTopic, deadLetterTopic);
            return table.stream().noneMatch(this::isOpen);
          },
          this::open);
      producer.send(publish.healthyCheckpoint(AFTERWARDS)).get();
      Await.until(
          "the healthy checkpoint is evaluated",
          () -> {
            decode(metricTopic, deadLetterTopic);
            return closing(AFTERWARDS).size() == 3;
          },
          () -> closing(AFTERWARDS));
    }
  }

  private CommittedRecords read(String topic) {
    return new CommittedRecords(sounding.bootstrapServers(), topic);
  }

  private void decode(CommittedRecords metricTopic, CommittedRecords deadLetterTopic)
      throws Exception {
    SingleObjectCodec metricCodec = SingleObjectCodec.reading(MetricEvent.getClassSchema());
    List<ConsumerRecord<byte[], byte[]>> events = metricTopic.soFar();
    for (var record : events.subList(metrics.size(), events.size())) {
      metrics.add((MetricEvent) metricCodec.decode(record.value()));
    }
    SingleObjectCodec deadCodec = SingleObjectCodec.reading(DeadLetter.getClassSchema());
    List<ConsumerRecord<byte[], byte[]>> letters = deadLetterTopic.soFar();
    for (var record : letters.subList(deadLetters.size(), letters.size())) {
      deadLetters.add((DeadLetter) deadCodec.decode(record.value()));
    }
  }

  private boolean isOpen(PoisonCase poison) {
    return poison.isOfACheckpoint() ? closing(poison.name()).isEmpty() : letters(poison).isEmpty();
  }

  private List<String> open() {
    return table.stream().filter(this::isOpen).map(PoisonCase::name).toList();
  }

  /** The dead letters of the case's reason, sentence and records. */
  private List<DeadLetter> letters(PoisonCase poison) {
    return deadLetters.stream()
        .filter(letter -> letter.getReason() == poison.reason())
        .filter(letter -> poison.sentences().stream().allMatch(letter.getMessage()::contains))
        .filter(letter -> letter.getTopic() == null || isOf(letter, poison))
        .toList();
  }

  private boolean isOf(DeadLetter letter, PoisonCase poison) {
    return placesOf.get(poison).stream()
        .anyMatch(
            place ->
                place.topic().equals(letter.getTopic())
                    && place.partition() == letter.getPartition()
                    && place.offset() == letter.getOffset());
  }

  private List<MetricEvent> closing(String checkpointId) {
    return metrics.stream()
        .filter(event -> event.getCheckpointId().equals(checkpointId))
        .filter(event -> event.getStatus() != MetricStatus.PARTIAL)
        .toList();
  }

  @AfterAll
  void stop() {
    sounding.close();
  }

  List<PoisonCase> deadLetterCases() {
    return table.stream().filter(poison -> !poison.isOfACheckpoint()).toList();
  }

  List<PoisonCase> failedCases() {
    return table.stream().filter(poison -> poison.status() == MetricStatus.FAILED).toList();
  }

  List<PoisonCase> evaluatedCases() {
    return table.stream().filter(poison -> poison.status() == MetricStatus.FINAL).toList();
  }

  @ParameterizedTest
  @MethodSource("deadLetterCases")
  void badRecordsAreADeadLetterWithItsReason(PoisonCase poison) {
    assertThat(letters(poison)).hasSize(1);
  }

  @ParameterizedTest
  @MethodSource("failedCases")
  void badCheckpointsAreOneFailedEventAndOneDeadLetterThatSayWhy(PoisonCase poison) {
    assertThat(closing(poison.name()))
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.getStatus()).isEqualTo(MetricStatus.FAILED);
              assertThat(event.getFailureReason()).contains(poison.sentences()).endsWith(".");
              assertThat(event.getLayer()).isNull();
              assertThat(deadLetters)
                  .filteredOn(letter -> letter.getReason() == RejectReason.EVALUATION_FAILED)
                  .filteredOn(letter -> isOf(letter, poison))
                  .extracting(DeadLetter::getMessage)
                  .containsExactly(event.getFailureReason());
            });
  }

  @ParameterizedTest
  @MethodSource("evaluatedCases")
  void whatOnlyLooksBadIsEvaluated(PoisonCase poison) {
    assertThat(closing(poison.name()))
        .isNotEmpty()
        .allMatch(event -> event.getStatus() == MetricStatus.FINAL);
  }

  @Test
  void framesOfOneDimensionHaveRankOne() {
    MetricEvent event = closing("frames of one dimension").get(0);
    assertThat(event.getFrameDimension()).isOne();
    assertThat(event.getFrames()).isEqualTo(81);
    assertThat(event.getRank().getRankMe()).isCloseTo(1, within(1e-6));
    assertThat(event.getRank().getStableRank()).isCloseTo(1, within(1e-12));
    assertThat(event.getRank().getAlphaReQ()).isNull();
    assertThat(event.getClusters().getInertiaPerFrame()).isNotNegative();
  }

  @Test
  void afterItsFailedEventNothingOfAnEvaluationIsPublished() {
    Set<String> failed = new HashSet<>();
    for (MetricEvent event : metrics) {
      assertThat(failed).doesNotContain(event.getCheckpointId());
      if (event.getStatus() == MetricStatus.FAILED) {
        failed.add(event.getCheckpointId());
      }
    }
    assertThat(failed).hasSize(failedCases().size());
  }

  @Test
  void thereIsNoOtherDeadLetterThanThoseOfTheTable() {
    long expected = table.stream().filter(bad -> bad.status() != MetricStatus.FINAL).count();
    assertThat(deadLetters)
        .filteredOn(letter -> !isOfWhatCameBeforeTheBadChunk(letter.getMessage()))
        .hasSize(Math.toIntExact(expected));
  }

  /** Of the two utterances with a chunk that was refused, the others are given up. */
  private static boolean isOfWhatCameBeforeTheBadChunk(String message) {
    return message.startsWith("Of utterance endless") || message.startsWith("Of utterance mixed");
  }

  @Test
  void aHealthyCheckpointIsThenEvaluatedByTheSameJobWhichWasNeverRestarted() throws Exception {
    assertThat(closing(AFTERWARDS))
        .hasSize(3)
        .allMatch(event -> event.getStatus() == MetricStatus.FINAL && event.getFrames() == 81);
    String job =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(
                        sounding.webAddress().resolve("/jobs/" + sounding.job().getJobID()))
                    .build(),
                HttpResponse.BodyHandlers.ofString())
            .body();
    assertThat(job).contains("\"state\":\"RUNNING\"", "\"RESTARTING\":0");
  }
}
