package io.sounding.operators.relate;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.operators.EvaluationSettings;
import io.sounding.operators.Examples;
import io.sounding.operators.KeyedStage;
import io.sounding.operators.fold.ShardSummaries;
import io.sounding.operators.fold.ShardSummary;
import io.sounding.operators.merge.MergeShards;
import io.sounding.operators.merge.MergedLayer;
import io.sounding.operators.publish.OutgoingRecord;
import io.sounding.operators.publish.PublishMetrics;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.SingleObjectCodec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.DefaultOpenContext;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.junit.jupiter.api.Test;

class ReadMeasurementsTest {

  private static final EvaluationSettings SETTINGS = Examples.settings(5, Path.of("unused"));

  private static List<OutgoingRecord> published(ShardSummary... summaries) throws Exception {
    try (var merge =
        new KeyedStage<>(new MergeShards(Duration.ofDays(1)), ShardSummary::mergeKey)) {
      merge.open();
      merge.take(summaries);
      return merge.extractOutputValues().stream()
          .map((MergedLayer layer) -> new PublishMetrics(SETTINGS).map(layer).event())
          .toList();
    }
  }

  private static List<Measurement> read(List<OutgoingRecord> records) throws Exception {
    ReadMeasurements stage = new ReadMeasurements();
    stage.open(DefaultOpenContext.INSTANCE);
    List<Measurement> measurements = new ArrayList<>();
    for (OutgoingRecord record : records) {
      stage.flatMap(record, new ListCollector<>(measurements));
    }
    return measurements;
  }

  @Test
  void ofTheEventsOfALayerTheFinalOneIsReadWithAllItsMetrics() throws Exception {
    List<OutgoingRecord> records = published(ShardSummaries.all(5).toArray(ShardSummary[]::new));
    assertThat(records).hasSize(4);
    MetricEvent last =
        (MetricEvent)
            SingleObjectCodec.reading(MetricEvent.getClassSchema()).decode(records.get(3).value());
    assertThat(read(records))
        .singleElement()
        .satisfies(
            m -> {
              assertThat(m.runId()).isEqualTo("run-a");
              assertThat(m.checkpointId()).isEqualTo("step1");
              assertThat(m.step()).isEqualTo(7);
              assertThat(m.attempt()).isZero();
              assertThat(m.corpusId()).isEqualTo("dev");
              assertThat(m.trainingLoss()).isEqualTo(2.5);
              assertThat(m.layer()).isEqualTo(2);
              assertThat(m.layers()).isEqualTo(3);
              assertThat(m.deadShare()).isZero();
              assertThat(m.values()).hasSameSizeAs(LayerMetric.fields());
              assertThat(m.values()[6]).as("alphaReQ of four dimensions").isNaN();
              assertThat(m.values()[0]).isEqualTo(last.getRank().getRankMe());
              assertThat(m.values()[7]).isEqualTo(last.getRank().getAnisotropy());
              assertThat(m.values()[16]).isEqualTo(last.getClusters().getUsagePerplexity());
            });
  }

  @Test
  void everyMetricHasTheNameOfItsField() throws Exception {
    MetricEvent event =
        (MetricEvent)
            SingleObjectCodec.reading(MetricEvent.getClassSchema())
                .decode(
                    published(ShardSummaries.all(5).toArray(ShardSummary[]::new)).get(3).value());
    double[] values = LayerMetric.valuesOf(event);
    for (LayerMetric metric : LayerMetric.values()) {
      Object expected =
          event.getRank().getSchema().getField(metric.field()) != null
              ? event.getRank().get(metric.field())
              : event.getClusters().get(metric.field());
      assertThat(values[metric.ordinal()])
          .as(metric.field())
          .isEqualTo((Double) (expected == null ? Double.NaN : ((Number) expected).doubleValue()));
    }
  }

  @Test
  void deadClustersAreReadAsTheirNumberAndForAlarmsAsTheirShare() throws Exception {
    MetricEvent event =
        (MetricEvent)
            SingleObjectCodec.reading(MetricEvent.getClassSchema())
                .decode(
                    published(ShardSummaries.all(5).toArray(ShardSummary[]::new)).get(3).value());
    event.setK(64);
    event.getClusters().setDeadClusters(16);
    assertThat(read(List.of(new OutgoingRecord(null, SingleObjectCodec.encode(event)))))
        .singleElement()
        .satisfies(
            m -> {
              assertThat(m.deadShare()).isEqualTo(0.25);
              assertThat(m.values()[LayerMetric.DEAD_CLUSTERS.ordinal()]).isEqualTo(16);
            });
  }

  @Test
  void ofAFailureTheLossIsRead() throws Exception {
    List<OutgoingRecord> records =
        published(ShardSummary.failed(ShardSummaries.request(), 0, 5, "The model is gone."));
    assertThat(read(records))
        .singleElement()
        .satisfies(
            m -> {
              assertThat(m.hasLayer()).isFalse();
              assertThat(m.step()).isEqualTo(7);
              assertThat(m.trainingLoss()).isEqualTo(2.5);
              assertThat(m.values()).containsExactly(2.5);
            });
  }
}
