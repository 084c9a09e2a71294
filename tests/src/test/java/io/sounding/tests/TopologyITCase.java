package io.sounding.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sounding.jobs.embedded.EmbeddedSounding;
import io.sounding.jobs.publish.AudioFiles;
import io.sounding.jobs.publish.CheckpointFiles;
import io.sounding.jobs.publish.CheckpointPublisher;
import io.sounding.jobs.publish.CorpusPublisher;
import io.sounding.operators.EvaluationSettings;
import io.sounding.operators.embed.ModelSettings;
import io.sounding.operators.embed.TrustedArtifacts;
import io.sounding.operators.statistics.StatisticsSettings;
import io.sounding.schemas.DeadLetter;
import io.sounding.schemas.InputNormalisation;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.MetricStatus;
import io.sounding.schemas.RecordKeys;
import io.sounding.schemas.RejectReason;
import io.sounding.schemas.SingleObjectCodec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.JobStatus;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole graph between a real broker's topics, on the demo's data: published as producers would,
 * read back with a plain consumer.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TopologyITCase {

  private static final String CORPUS = "speech";

  @TempDir private static Path work;
  private EmbeddedSounding sounding;
  private final List<ConsumerRecord<byte[], byte[]>> metricRecords = new ArrayList<>();
  private final List<MetricEvent> metrics = new ArrayList<>();
  private final List<DeadLetter> deadLetters = new ArrayList<>();

  /** A checkpoint before any audio, poison in between, and every record of the corpus twice. */
  @BeforeAll
  void publishAndWait() throws Exception {
    EvaluationSettings settings =
        EvaluationSettings.defaults(
                ModelSettings.of(
                    TrustedArtifacts.of(List.of(DemoData.folder().toString())),
                    work.resolve("models").toString()))
            .with(8, StatisticsSettings.defaults().with(32, 4_000));
    sounding = EmbeddedSounding.start(work, 2, settings);
    String checkpoints = sounding.topics().checkpoints();
    String audio = sounding.topics().audio();
    try (KafkaProducer<byte[], byte[]> producer = sounding.kafka().producer()) {
      CheckpointPublisher publisher = new CheckpointPublisher(producer, checkpoints);
      publisher.publish(run("collapse"), file("collapse", 0), 1.17706);
      byte[] noise = "this is no Avro".getBytes(StandardCharsets.UTF_8);
      producer.send(new ProducerRecord<>(checkpoints, noise));
      producer.send(new ProducerRecord<>(audio, noise));
      CorpusPublisher corpus = new CorpusPublisher(producer, audio);
      corpus.publish(CORPUS, AudioFiles.list(List.of(DemoData.audio())));
      corpus.publish(CORPUS, AudioFiles.list(List.of(DemoData.audio())));
      Path noModel = DemoData.folder().resolve("README.md");
      publisher.publish(
          run("collapse"), new CheckpointFiles.CheckpointFile(noModel, "no-model", 13), null);
      publisher.publish(run("collapse"), file("collapse", 400), 0.000100115);
      publisher.publish(run("collapse"), file("collapse", 400), 0.000100115);
    }
    try (CommittedRecords metricTopic = read(sounding.topics().metrics());
        CommittedRecords deadLetterTopic = read(sounding.topics().deadLetters())) {
      Await.until(
          "three checkpoints are done and three records are dead letters",
          () -> {
            decode(metricTopic, deadLetterTopic);
            return closing().size() >= 2 * 4 + 1 && deadLetters.size() >= 3;
          },
          () -> metrics.size() + " metric events, " + closing() + ", " + deadLetters);
    }
  }

  private CommittedRecords read(String topic) {
    return new CommittedRecords(sounding.bootstrapServers(), topic);
  }

  private void decode(CommittedRecords metricTopic, CommittedRecords deadLetterTopic)
      throws Exception {
    SingleObjectCodec metricCodec = SingleObjectCodec.reading(MetricEvent.getClassSchema());
    List<ConsumerRecord<byte[], byte[]>> newRecords = metricTopic.soFar();
    for (var record : newRecords.subList(metrics.size(), newRecords.size())) {
      metricRecords.add(record);
      metrics.add((MetricEvent) metricCodec.decode(record.value()));
    }
    SingleObjectCodec deadCodec = SingleObjectCodec.reading(DeadLetter.getClassSchema());
    List<ConsumerRecord<byte[], byte[]>> newLetters = deadLetterTopic.soFar();
    for (var record : newLetters.subList(deadLetters.size(), newLetters.size())) {
      deadLetters.add((DeadLetter) deadCodec.decode(record.value()));
    }
  }

  @AfterAll
  void stop() {
    sounding.close();
  }

  @Test
  void theRankIsThatOfTheReferenceOverTheSameAudio() {
    // numpy, float64, all frames of the last layer: table in jobs/demo/README.md
    Map<String, Double> reference = Map.of("step00000.onnx", 47.479, "step00400.onnx", 1.440);
    reference.forEach(
        (checkpoint, rankMe) -> {
          MetricEvent event = finalEvent(checkpoint, 3);
          assertThat(event.getRank().getRankMe()).isCloseTo(rankMe, within(0.0006));
          assertThat(event.getFrames()).isEqualTo(15_692);
          assertThat(event.getUtterances()).isEqualTo(64);
          assertThat(event.getAudioSeconds()).isCloseTo(314.9, within(0.05));
        });
  }

  @Test
  void everyLayerIsClosedExactlyOnceAlthoughEverythingCameTwice() {
    Map<String, Integer> finals = new HashMap<>();
    for (MetricEvent event : closing()) {
      finals.merge(event.getCheckpointId() + "/" + event.getLayer(), 1, Integer::sum);
    }
    assertThat(finals)
        .hasSize(9)
        .containsKeys("step00000.onnx/0", "step00400.onnx/3", "no-model/null")
        .allSatisfy((key, count) -> assertThat(count).isEqualTo(1));
  }

  @Test
  void partialEventsComeBeforeTheFinalOneWithTheirProgress() {
    List<MetricEvent> layer =
        metrics.stream()
            .filter(e -> e.getCheckpointId().equals("step00400.onnx"))
            .filter(e -> Integer.valueOf(3).equals(e.getLayer()))
            .toList();
    assertThat(layer.size()).isGreaterThanOrEqualTo(3);
    assertThat(layer.get(layer.size() - 1).getStatus()).isEqualTo(MetricStatus.FINAL);
    for (MetricEvent event : layer.subList(0, layer.size() - 1)) {
      assertThat(event.getStatus()).isEqualTo(MetricStatus.PARTIAL);
      assertThat(event.getUtterances()).isLessThan(event.getCorpusUtterances());
      assertThat(event.getAudioSeconds()).isLessThan(event.getCorpusAudioSeconds());
    }
  }

  @Test
  void theKeyIsThatOfLogCompaction() {
    for (int i = 0; i < metrics.size(); i++) {
      assertThat(metricRecords.get(i).key()).isEqualTo(RecordKeys.of(metrics.get(i)));
    }
  }

  @Test
  void aFileThatIsNoModelFailsItsCheckpointWithASentence() {
    MetricEvent failed =
        metrics.stream()
            .filter(e -> e.getStatus() == MetricStatus.FAILED)
            .findFirst()
            .orElseThrow();
    assertThat(failed.getCheckpointId()).isEqualTo("no-model");
    assertThat(failed.getFailureReason()).contains("cannot be loaded as TORCHSCRIPT");
    assertThat(deadLetters)
        .anySatisfy(
            letter -> {
              assertThat(letter.getReason()).isEqualTo(RejectReason.EVALUATION_FAILED);
              assertThat(letter.getTopic()).isEqualTo(sounding.topics().checkpoints());
              assertThat(letter.getValue()).isNotNull();
            });
  }

  @Test
  void recordsThatAreNoAvroAreDeadLettersAndTheJobLivesOn() throws Exception {
    assertThat(deadLetters)
        .filteredOn(letter -> letter.getReason() == RejectReason.NOT_AVRO)
        .extracting(DeadLetter::getTopic)
        .containsExactlyInAnyOrder(sounding.topics().checkpoints(), sounding.topics().audio());
    assertThat(sounding.job().getJobStatus().get()).isEqualTo(JobStatus.RUNNING);
  }

  private List<MetricEvent> closing() {
    return metrics.stream().filter(e -> e.getStatus() != MetricStatus.PARTIAL).toList();
  }

  private MetricEvent finalEvent(String checkpointId, int layer) {
    return closing().stream()
        .filter(e -> e.getCheckpointId().equals(checkpointId))
        .filter(e -> Integer.valueOf(layer).equals(e.getLayer()))
        .findFirst()
        .orElseThrow();
  }

  private static CheckpointPublisher.RunSettings run(String run) {
    return new CheckpointPublisher.RunSettings(run, CORPUS, 16_000, InputNormalisation.NONE, null);
  }

  private static CheckpointFiles.CheckpointFile file(String run, int step) {
    Path path = DemoData.checkpoint(run, step);
    return new CheckpointFiles.CheckpointFile(path, path.getFileName().toString(), step);
  }
}
