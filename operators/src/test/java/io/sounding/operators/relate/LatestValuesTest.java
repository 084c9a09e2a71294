package io.sounding.operators.relate;

import static io.sounding.operators.relate.TrainedRuns.measurement;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.JobID;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.clusterframework.types.ResourceID;
import org.apache.flink.runtime.executiongraph.ExecutionAttemptID;
import org.apache.flink.runtime.metrics.groups.TaskManagerMetricGroup;
import org.apache.flink.runtime.metrics.util.TestingMetricRegistry;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class LatestValuesTest {

  private static final Instant NOON = Instant.ofEpochMilli(1_800_000_000_000L);
  private static final int OF_A_LAYER = LayerMetric.values().length + 2;

  /** The stage on its own, and the gauges it has registered, by labels. */
  private static final class Stage implements AutoCloseable {
    private final Map<String, Gauge<?>> gauges = new TreeMap<>();
    private final OneInputStreamOperatorTestHarness<Measurement, Void> harness;

    private Stage(RelateSettings settings, Instant now, OperatorSubtaskState saved)
        throws Exception {
      var registry =
          TestingMetricRegistry.builder()
              .setRegisterConsumer(
                  (metric, name, group) -> {
                    Map<String, String> labels = group.getAllVariables();
                    if (name.equals("latest")) {
                      String key =
                          String.join(
                              " ",
                              labels.get("<run>"),
                              labels.get("<corpus>"),
                              labels.get("<layer>"),
                              labels.get("<metric>"));
                      assertThat(gauges.put(key, (Gauge<?>) metric)).as(key).isNull();
                    }
                  })
              .build();
      var task =
          TaskManagerMetricGroup.createTaskManagerMetricGroup(
                  registry, "host", ResourceID.generate())
              .addJob(new JobID(), "job")
              .addTask(ExecutionAttemptID.randomId(), "task");
      harness =
          new OneInputStreamOperatorTestHarness<>(
              new ProcessOperator<>(new LatestValues(settings, Clock.fixed(now, ZoneOffset.UTC))),
              new MockEnvironmentBuilder().setMetricGroup(task).build());
      if (saved != null) {
        harness.initializeState(saved);
      }
      harness.open();
    }

    private static Stage open() throws Exception {
      return new Stage(RelateSettings.DEFAULT, NOON, null);
    }

    private void take(Measurement... measurements) throws Exception {
      for (Measurement measurement : measurements) {
        harness.processElement(measurement, 0);
      }
    }

    private Object value(String labels) {
      return gauges.get(labels).getValue();
    }

    @Override
    public void close() {
      try {
        harness.close();
      } catch (Exception e) {
        throw new IllegalStateException("The harness cannot be closed.", e);
      }
    }
  }

  @Test
  void everyMetricOfALayerIsAGaugeWithItsLabels() throws Exception {
    try (Stage stage = Stage.open()) {
      stage.take(measurement("r", 4, 5, 400, 3.5, 33.9, 0.75));
      stage.take(measurement("r", 4, 5, 500, 3.5, 33.9, 0.75).ofCheckpoint()); // as one that FAILED
      assertThat(stage.gauges).hasSize(OF_A_LAYER);
      assertThat(stage.value("r dev 4 rankMe")).isEqualTo(33.9);
      assertThat(stage.value("r dev 4 anisotropy")).isEqualTo(0.75);
      assertThat(stage.value("r dev 4 silhouette")).isEqualTo(Double.valueOf(Double.NaN));
      assertThat(stage.value("r dev 4 trainingLoss")).isEqualTo(3.5);
      assertThat(stage.value("r dev 4 step")).isEqualTo(400.0);
      assertThat(stage.harness.extractOutputValues()).isEmpty();
    }
  }

  @Test
  void theHighestStepIsShownInWhateverOrderStepsAreEvaluated() throws Exception {
    try (Stage stage = Stage.open()) {
      stage.take(
          measurement("r", 4, 5, 400, 3.5, 34, 0.5),
          measurement("r", 4, 5, 0, null, 84, 0.5),
          measurement("r", 4, 5, 200, 3.6, 38, 0.5));
      assertThat(stage.value("r dev 4 rankMe")).isEqualTo(34.0);
      stage.take(TrainedRuns.withAttempt(measurement("r", 4, 5, 400, 3.5, 35, 0.5), 1));
      assertThat(stage.value("r dev 4 rankMe")).isEqualTo(35.0);
      stage.take(measurement("r", 4, 5, 400, 3.5, 36, 0.5)); // of the attempt before
      assertThat(stage.value("r dev 4 rankMe")).isEqualTo(35.0);
      stage.take(measurement("r", 4, 5, 600, null, 42, 0.5));
      assertThat(stage.value("r dev 4 rankMe")).isEqualTo(42.0);
      assertThat(stage.value("r dev 4 trainingLoss")).isEqualTo(Double.valueOf(Double.NaN));
      assertThat(stage.gauges).hasSize(OF_A_LAYER);
    }
  }

  @Test
  void layersBeyondTheLimitAreNotShownAndThoseThatAreGoOn() throws Exception {
    try (Stage stage = new Stage(RelateSettings.DEFAULT.withGauges(2), NOON, null)) {
      for (int layer = 0; layer < 5; layer++) {
        stage.take(measurement("r", layer, 5, 0, null, 80 + layer, 0.5));
      }
      assertThat(stage.gauges).hasSize(2 * OF_A_LAYER);
      stage.take(measurement("r", 1, 5, 1, null, 7, 0.5), measurement("r", 2, 5, 1, null, 8, 0.5));
      assertThat(stage.value("r dev 1 rankMe")).isEqualTo(7.0);
      assertThat(stage.gauges).doesNotContainKey("r dev 2 rankMe");
    }
  }

  @Test
  void gaugesComeBackAfterARestartButForThoseThatWereSilent() throws Exception {
    RelateSettings settings = RelateSettings.DEFAULT.with(Duration.ofDays(2));
    OperatorSubtaskState saved;
    try (Stage stage = new Stage(settings, NOON, null)) {
      stage.take(measurement("a", 4, 5, 400, 3.5, 34, 0.5));
      saved = stage.harness.snapshot(1, 1);
    }
    try (Stage stage = new Stage(settings, NOON.plus(Duration.ofDays(1)), saved)) {
      assertThat(stage.value("a dev 4 rankMe")).isEqualTo(34.0);
      stage.take(measurement("b", 4, 5, 100, 3.5, 44, 0.5));
      saved = stage.harness.snapshot(1, 1);
    }
    try (Stage stage = new Stage(settings, NOON.plus(Duration.ofDays(3)), saved)) {
      assertThat(stage.gauges).hasSize(OF_A_LAYER);
      assertThat(stage.value("b dev 4 rankMe")).isEqualTo(44.0);
    }
  }

  @Test
  void underALowerLimitAfterARestartThoseHeardOfLastAreShown() throws Exception {
    OperatorSubtaskState saved = null;
    for (int hour = 0; hour < 2; hour++) {
      Instant now = NOON.plus(Duration.ofHours(hour));
      try (Stage stage = new Stage(RelateSettings.DEFAULT, now, saved)) {
        for (int layer = hour; layer < 5; layer += hour + 1) {
          stage.take(measurement("r", layer, 5, hour, null, 80 + layer, 0.5));
        }
        saved = stage.harness.snapshot(1, 1);
      }
    }
    try (Stage stage = new Stage(RelateSettings.DEFAULT.withGauges(3), NOON, saved)) {
      assertThat(stage.gauges)
          .hasSize(3 * OF_A_LAYER)
          .containsKeys("r dev 1 rankMe", "r dev 3 rankMe", "r dev 0 rankMe");
      stage.take(measurement("r", 4, 5, 2, null, 8, 0.5));
      assertThat(stage.gauges).hasSize(3 * OF_A_LAYER);
    }
  }
}
