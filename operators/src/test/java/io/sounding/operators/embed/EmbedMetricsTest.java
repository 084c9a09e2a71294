package io.sounding.operators.embed;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.operators.Examples;
import io.sounding.operators.JobMetric;
import io.sounding.operators.admit.CheckpointRequest;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.clusterframework.types.ResourceID;
import org.apache.flink.runtime.metrics.groups.TaskManagerMetricGroup;
import org.apache.flink.runtime.metrics.util.TestingMetricRegistry;
import org.junit.jupiter.api.Test;

class EmbedMetricsTest {

  private final Map<String, Metric> registered = new TreeMap<>();
  private final EmbedQueue queue = new EmbedQueue();
  private GpuReadings.Reading gpu = GpuReadings.Reading.UNKNOWN;
  private final EmbedMetrics metrics = new EmbedMetrics(group(), queue, () -> gpu, () -> 1_000_000);

  private MetricGroup group() {
    return TaskManagerMetricGroup.createTaskManagerMetricGroup(
            TestingMetricRegistry.builder()
                .setRegisterConsumer((metric, name, group) -> registered.put(name, metric))
                .build(),
            "localhost",
            ResourceID.generate())
        .addGroup("embed");
  }

  private Metric of(JobMetric metric) {
    return registered.get(metric.label());
  }

  private Object gauge(JobMetric metric) {
    return ((Gauge<?>) of(metric)).getValue();
  }

  private long count(JobMetric metric) {
    return ((Counter) of(metric)).getCount();
  }

  @Test
  void whatIsRegisteredIsWhatIsListed() {
    Set<String> elsewhere = Set.of("deadLetters", "latest");
    assertThat(registered.keySet())
        .isEqualTo(
            Stream.of(JobMetric.values())
                .map(JobMetric::label)
                .filter(label -> !elsewhere.contains(label))
                .collect(Collectors.toCollection(HashSet::new)));
    for (JobMetric metric : JobMetric.values()) {
      if (!elsewhere.contains(metric.label())) {
        assertThat(of(metric))
            .as(metric.label())
            .isInstanceOf(
                switch (metric.kind()) {
                  case "counter" -> Counter.class;
                  case "gauge" -> Gauge.class;
                  default -> Histogram.class;
                });
      }
    }
  }

  @Test
  void partsOfASecondAddUp() {
    for (int i = 0; i < 10; i++) {
      metrics.embedded(0.75);
    }
    assertThat(count(JobMetric.EMBEDDED_AUDIO_SECONDS)).isEqualTo(7);
  }

  @Test
  void theLagIsThatOfTheOldestCheckpointThatWaits() {
    CheckpointRequest request = Examples.request("a", 1, "dev", Path.of("/model.pt"));
    assertThat(gauge(JobMetric.CHECKPOINT_LAG_SECONDS)).isEqualTo(0.0);
    queue.add(request, 3);
    assertThat(gauge(JobMetric.QUEUED_SHARDS)).isEqualTo(1);
    assertThat(gauge(JobMetric.CHECKPOINT_LAG_SECONDS))
        .isEqualTo(Math.max(0, 1_000_000 - request.source().timestampMillis()) * 1e-3);
    queue.remove(request, 3);
    assertThat(gauge(JobMetric.CHECKPOINT_LAG_SECONDS)).isEqualTo(0.0);
  }

  @Test
  void useOfTheGpuIsThatOfTheLastReading() {
    assertThat(gauge(JobMetric.GPU_UTILISATION)).isEqualTo(Double.NaN);
    assertThat(gauge(JobMetric.GPU_MEMORY_BYTES)).isEqualTo(Double.NaN);
    gpu = new GpuReadings.Reading(0.37, 5e9);
    assertThat(gauge(JobMetric.GPU_UTILISATION)).isEqualTo(0.37);
    assertThat(gauge(JobMetric.GPU_MEMORY_BYTES)).isEqualTo(5e9);
  }

  @Test
  void slicesLoadsAndHalvingsAreTold() {
    assertThat(gauge(JobMetric.MODEL_LOAD_SECONDS)).isEqualTo(Double.NaN);
    metrics.modelLoaded(1.5);
    metrics.halved();
    metrics.slice(2_600_000);
    assertThat(gauge(JobMetric.MODEL_LOAD_SECONDS)).isEqualTo(1.5);
    assertThat(count(JobMetric.BATCH_HALVINGS)).isOne();
    assertThat(((Histogram) of(JobMetric.SLICE_MILLIS)).getStatistics().getMax()).isEqualTo(3);
  }
}
