package io.sounding.operators.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sounding.operators.EvaluationSettings;
import io.sounding.operators.Examples;
import io.sounding.operators.KeyedStage;
import io.sounding.operators.admit.Rejection;
import io.sounding.operators.fold.ShardSummaries;
import io.sounding.operators.fold.ShardSummary;
import io.sounding.operators.merge.MergeShards;
import io.sounding.operators.merge.MergedLayer;
import io.sounding.operators.merge.MergedSummary;
import io.sounding.operators.statistics.LayerMetrics;
import io.sounding.schemas.ClusterFamily;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.MetricStatus;
import io.sounding.schemas.RejectReason;
import io.sounding.schemas.SingleObjectCodec;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;

class PublishMetricsTest {

  private static final EvaluationSettings SETTINGS = Examples.settings(5, Path.of("unused"));

  private final List<Publication> publications = new ArrayList<>();

  private static List<MergedLayer> merged(ShardSummary... summaries) throws Exception {
    try (var stage =
        new KeyedStage<>(new MergeShards(Duration.ofDays(1)), ShardSummary::mergeKey)) {
      stage.open();
      stage.take(summaries);
      return stage.extractOutputValues();
    }
  }

  private List<MetricEvent> published(List<MergedLayer> layers) throws Exception {
    SingleObjectCodec codec = SingleObjectCodec.reading(MetricEvent.getClassSchema());
    List<MetricEvent> events = new ArrayList<>();
    for (MergedLayer layer : layers) {
      Publication publication = new PublishMetrics(SETTINGS).map(layer);
      publications.add(publication);
      events.add((MetricEvent) codec.decode(publication.event().value()));
    }
    return events;
  }

  @Test
  void aFinalEventCarriesWhatWasMeasuredAndHow() throws Exception {
    List<MergedLayer> layers = merged(ShardSummaries.all(5).toArray(ShardSummary[]::new));
    MetricEvent event = published(layers).get(layers.size() - 1);
    assertThat(event.getStatus()).isEqualTo(MetricStatus.FINAL);
    assertThat(event.getRunId()).isEqualTo("run-a");
    assertThat(event.getCheckpointId()).isEqualTo("step1");
    assertThat(event.getStep()).isEqualTo(7);
    assertThat(event.getAttempt()).isZero();
    assertThat(event.getTrainingLoss()).isEqualTo(2.5);
    assertThat(event.getCorpusId()).isEqualTo("dev");
    assertThat(event.getCorpusDigest()).isEqualTo("c".repeat(64));
    assertThat(event.getLayer()).isEqualTo(2);
    assertThat(event.getLayers()).isEqualTo(3);
    assertThat(event.getFailureReason()).isNull();
    assertThat(event.getFrames()).isEqualTo(10 * ShardSummaries.FRAMES);
    assertThat(event.getUtterances()).isEqualTo(10);
    assertThat(event.getCorpusUtterances()).isEqualTo(10);
    assertThat(event.getAudioSeconds()).isEqualTo(11);
    assertThat(event.getCorpusAudioSeconds()).isEqualTo(11);
    assertThat(event.getFrameDimension()).isEqualTo(ShardSummaries.DIMENSION);
    assertThat(event.getSeed()).isEqualTo(7);
    assertThat(event.getShards()).isEqualTo(5);
    assertThat(event.getSampleFrames()).isEqualTo(256);
    assertThat(event.getK()).isEqualTo(4);
    assertThat(event.getRank().getRankMe()).isBetween(1.0, 4.0);
    assertThat(event.getRank().getRankMeStdErr()).isPositive();
    assertThat(event.getRank().getRankMeLow()).isEqualTo(event.getRank().getRankMe());
    assertThat(event.getRank().getSampleLimited()).isFalse();
    // frames are normal with mean 0.5 and standard deviations 1, 2, 3, 4
    assertThat(event.getRank().getParticipationRatio())
        .isCloseTo(30.0 * 30 / (1 + 16 + 81 + 256), within(0.4));
    assertThat(event.getClusters().getKRequested()).isEqualTo(4);
    assertThat(event.getClusters().getInertiaPerFrame()).isPositive();
    assertThat(event.getClusters().getSilhouetteFrames()).isEqualTo(128);
    assertThat(event.getCost().getDevice()).isEqualTo("cpu,gpu0");
    assertThat(event.getCost().getEmbedSeconds()).isEqualTo(2.5);
    assertThat(event.getCost().getFoldSeconds()).isEqualTo(1.25);
    assertThat(event.getCost().getLoadSeconds()).isEqualTo(4); // of the slowest shard
    assertThat(event.getCost().getAudioSecondsPerSecond()).isEqualTo(11 / 2.004);
    assertThat(event.getCost().getMetricsSeconds()).isPositive();
  }

  /** By name: a value that is told under the name of another would be noticed by nobody. */
  @Test
  void everyMetricOfAFinalEventIsToldUnderItsOwnName() throws Exception {
    List<MergedLayer> layers = merged(ShardSummaries.all(5).toArray(ShardSummary[]::new));
    MergedLayer whole = layers.get(layers.size() - 1);
    LayerMetrics computed = LayerMetrics.of(whole.summary().get(), SETTINGS.statistics());
    Map<String, Object> rank = components(computed.rank());
    rank.put("rankMeStdErr", whole.rankMeStdErr());
    rank.put("alphaFitFrom", rank.remove("alphaReQFirst"));
    rank.put("alphaFitTo", rank.remove("alphaReQEnd"));
    Map<String, Object> clusters = components(computed.clusters());
    clusters.put("lloydIterations", clusters.remove("iterations"));

    MetricEvent event = published(List.of(whole)).get(0);

    assertThat(fields(event.getRank())).isNotEmpty();
    assertThat(rank).containsAllEntriesOf(fields(event.getRank()));
    assertThat(clusters).containsAllEntriesOf(fields(event.getClusters()));
    assertThat(event.getClusters().getSilhouette()).isNotNull();
  }

  /** And not 0, as the statistics have it: that would be drawn, and correlated. */
  @Test
  void whatNeedsSeveralClustersIsNotDefinedOfOne() throws Exception {
    List<MergedLayer> layers = merged(ShardSummaries.all(5).toArray(ShardSummary[]::new));
    EvaluationSettings one = SETTINGS.with(SETTINGS.shards(), SETTINGS.statistics().with(1, 256));
    Publication publication = new PublishMetrics(one).map(layers.get(layers.size() - 1));
    MetricEvent event =
        (MetricEvent)
            SingleObjectCodec.reading(MetricEvent.getClassSchema())
                .decode(publication.event().value());
    assertThat(event.getStatus()).isEqualTo(MetricStatus.FINAL);
    assertThat(event.getK()).isOne();
    ClusterFamily clusters = event.getClusters();
    assertThat(clusters.getDaviesBouldin()).isNull();
    assertThat(clusters.getSilhouette()).isNull();
    assertThat(clusters.getSilhouetteStdErr()).isNull();
    assertThat(clusters.getSimplifiedSilhouette()).isNull();
    assertThat(clusters.getCalinskiHarabasz()).isNull();
    assertThat(clusters.getInertiaPerFrame()).isPositive();
    assertThat(clusters.getInertiaStdErr()).isPositive();
    assertThat(clusters.getUsagePerplexity()).isOne();
  }

  private static Map<String, Object> components(Record record) throws Exception {
    Map<String, Object> components = new HashMap<>();
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      components.put(component.getName(), component.getAccessor().invoke(record));
    }
    return components;
  }

  private static Map<String, Object> fields(SpecificRecord record) {
    Map<String, Object> fields = new HashMap<>();
    for (Schema.Field field : record.getSchema().getFields()) {
      fields.put(field.name(), record.get(field.pos()));
    }
    return fields;
  }

  @Test
  void aPartialEventHasNoClusters() throws Exception {
    MetricEvent event = published(merged(ShardSummaries.all(5).get(0))).get(0);
    assertThat(event.getStatus()).isEqualTo(MetricStatus.PARTIAL);
    assertThat(event.getRank()).isNotNull();
    assertThat(event.getClusters()).isNull();
    assertThat(event.getK()).isNull();
    assertThat(event.getUtterances()).isEqualTo(2);
    assertThat(event.getCorpusUtterances()).isEqualTo(10);
  }

  @Test
  void partialAndFinalOfALayerHaveOneKeySoThatCompactionKeepsTheLatter() throws Exception {
    published(merged(ShardSummaries.all(5).toArray(ShardSummary[]::new)));
    assertThat(publications)
        .hasSize(4)
        .allSatisfy(
            publication -> {
              assertThat(publication.event().key()).asString().isEqualTo("run-a/step1/dev/2");
              assertThat(publication.evaluationId()).isEqualTo("run-a\nstep1\ndev\n0");
              assertThat(publication.failure()).isNull();
            });
  }

  @Test
  void aFailureIsAFailedEventAndADeadLetterOfTheCheckpointsRecord() throws Exception {
    List<MergedLayer> layers =
        merged(ShardSummary.failed(ShardSummaries.request(), 0, 5, "The model is gone."));
    MetricEvent event = published(layers).get(0);
    assertThat(event.getStatus()).isEqualTo(MetricStatus.FAILED);
    assertThat(event.getFailureReason()).isEqualTo("The model is gone.");
    assertThat(event.getCheckpointId()).isEqualTo("step1");
    assertThat(event.getStep()).isEqualTo(7);
    assertThat(event.getLayer()).isNull();
    assertThat(event.getRank()).isNull();
    assertThat(event.getClusters()).isNull();
    assertThat(publications)
        .singleElement()
        .satisfies(
            publication -> {
              assertThat(publication.event().key()).asString().isEqualTo("run-a/step1/dev/-");
              assertThat(publication.evaluationId()).isEqualTo("run-a\nstep1\ndev\n0");
              Rejection failure = publication.failure();
              assertThat(failure.reason()).isEqualTo(RejectReason.EVALUATION_FAILED);
              assertThat(failure.message()).isEqualTo("The model is gone.");
              assertThat(failure.topic()).isEqualTo("checkpoints");
              assertThat(failure.offset()).isEqualTo(7);
              assertThat(failure.value()).isEqualTo(new byte[] {1, 2});
            });
  }

  @Test
  void whatCannotBeComputedFailsTheCheckpointAndNotTheJob() throws Exception {
    List<MergedLayer> layers = merged(ShardSummaries.all(5).toArray(ShardSummary[]::new));
    MergedLayer whole = layers.get(layers.size() - 1);
    MergedLayer empty =
        new MergedLayer(
            MetricStatus.FINAL,
            whole.checkpoint(),
            whole.corpusDigest(),
            whole.layer(),
            whole.layers(),
            whole.shards(),
            whole.utterances(),
            whole.corpusUtterances(),
            whole.audioSeconds(),
            whole.corpusAudioSeconds(),
            new MergedSummary(),
            whole.rankMeStdErr(),
            whole.devices(),
            whole.embedSeconds(),
            whole.foldSeconds(),
            whole.timing(),
            null);

    MetricEvent event = published(List.of(empty)).get(0);

    assertThat(event.getStatus()).isEqualTo(MetricStatus.FAILED);
    assertThat(event.getFailureReason())
        .startsWith("The metrics of layer 2 could not be computed (java.lang.NullPointerException");
    assertThat(publications.get(0).failure().reason()).isEqualTo(RejectReason.EVALUATION_FAILED);
  }

  /** Flink would start the job again, and again for the same checkpoint. */
  @Test
  void aHeapThatDoesNotHoldTheMetricsFailsTheirCheckpoint() throws Exception {
    MergedLayer failed =
        PublishMetrics.failed(
            merged(ShardSummaries.all(5).toArray(ShardSummary[]::new)).get(0),
            new OutOfMemoryError("Java heap space"));
    assertThat(failed.status()).isEqualTo(MetricStatus.FAILED);
    assertThat(failed.failure())
        .matches(
            "The metrics of layer \\d could not be computed\\. The heap of the Java process, \\d+ MB, is full\\. .*");
  }
}
