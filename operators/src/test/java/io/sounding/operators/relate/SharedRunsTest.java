package io.sounding.operators.relate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sounding.operators.admit.Score;
import io.sounding.operators.statistics.KendallTau;
import io.sounding.operators.statistics.PearsonCorrelation;
import io.sounding.operators.statistics.SpearmanCorrelation;
import io.sounding.schemas.AlarmEvent;
import io.sounding.schemas.CorrelationEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two really trained runs: their correlations against those of scipy.stats with probe accuracies,
 * and their alarms. The data lies beside the checkout or where the system property sounding.shared
 * says; without it the tests are skipped.
 */
class SharedRunsTest {

  private static final int LAST_LAYER = 4;
  private static final String CLUSTERS = "k64"; // those of the table, 64 clusters

  private final Path checkpoints = shared().resolve("checkpoints");

  @Test
  void theArithmeticReproducesTheTableOfScipy() throws IOException {
    Map<String, TreeMap<Long, Double>> scores = scores();
    List<Measurement> run = lastLayerOf("A");
    int rows = 0;
    for (String[] row : table("A/correlations.csv")) {
      double[] x = run.stream().mapToDouble(m -> value(m, row[1])).toArray();
      double[] y = scores.get(row[0]).values().stream().mapToDouble(Double::doubleValue).toArray();
      assertThat(x).as("%s, %s", row[0], row[1]).hasSize(Integer.parseInt(row[2]));
      assertEqual(PearsonCorrelation.of(x, y), row, 3);
      assertEqual(SpearmanCorrelation.of(x, y), row, 4);
      assertEqual(KendallTau.of(x, y), row, 5);
      rows++;
    }
    assertThat(rows).isEqualTo(54);
  }

  @Test
  void theStageReproducesTheTableOfScipy() throws Exception {
    List<Object> records = new ArrayList<>(lastLayerOf("A"));
    scores()
        .forEach(
            (task, values) ->
                values.forEach(
                    (step, value) -> records.add(new Score("A", step, task, value, 0, 0))));
    Map<String, CorrelationEvent> events = new HashMap<>();
    try (CorrelationHarness harness = CorrelationHarness.open(RelateSettings.DEFAULT)) {
      harness.take(records);
      harness.finishSweeps();
      for (CorrelationEvent event : harness.events()) {
        if (event.getFromStep() == 0) {
          events.put(event.getTask() + "," + event.getMetric(), event);
        } else {
          assertThat(event.getFromStep()).isEqualTo(320);
          assertThat(event.getPairs()).isEqualTo(7);
        }
      }
    }
    List<String[]> table = table("A/correlations.csv");
    for (String[] row : table) {
      CorrelationEvent event = events.get(row[0] + "," + row[1]);
      assertThat(event.getPairs()).isEqualTo(Integer.parseInt(row[2]));
      assertEqual(event.getPearson(), row, 3);
      assertEqual(event.getSpearman(), row, 4);
      assertEqual(event.getKendall(), row, 5);
      assertThat(event.getSpearman()).isBetween(event.getSpearmanLow(), event.getSpearmanHigh());
    }
    assertThat(table).hasSize(54);
    // not all are in the table
    assertThat(events).hasSize(scores().size() * (LayerMetric.fields().size() + 2));
  }

  @ParameterizedTest
  @ValueSource(strings = {"A", "B"})
  void theAlarmsAreThoseOfTheTableOfTrainedRuns(String run) throws Exception {
    List<Measurement> oracle = allLayersOf(run);
    List<Measurement> small = TrainedRuns.inOrder(run);
    assertThat(oracle).hasSameSizeAs(small);
    for (int i = 0; i < small.size(); i++) {
      for (LayerMetric metric : List.of(LayerMetric.RANK_ME, LayerMetric.ANISOTROPY)) {
        assertThat(oracle.get(i).values()[metric.ordinal()])
            .as("%s of layer %d, step %d", metric, small.get(i).layer(), small.get(i).step())
            .isCloseTo(small.get(i).values()[metric.ordinal()], withinPercentage(1e-3));
      }
    }
    for (boolean allLayers : new boolean[] {false, true}) {
      AlarmRules rules = AlarmRules.DEFAULT.with(2, 0, allLayers);
      List<AlarmEvent> alarms = AlarmHarness.alarms(rules, oracle);
      assertThat(AlarmHarness.brief(alarms))
          .isEqualTo(AlarmHarness.brief(AlarmHarness.alarms(rules, small)));
      assertThat(alarms.isEmpty()).isEqualTo(run.equals("A"));
    }
  }

  private static void assertEqual(double actual, String[] row, int column) {
    assertThat(actual)
        .as("%s, %s, column %d", row[0], row[1], column)
        .isCloseTo(Double.parseDouble(row[column]), within(1e-6));
  }

  private static double value(Measurement measurement, String metric) {
    return metric.equals("trainingLoss")
        ? measurement.trainingLoss()
        : measurement.values()[LayerMetric.fields().indexOf(metric)];
  }

  private List<Measurement> lastLayerOf(String run) throws IOException {
    return allLayersOf(run).stream().filter(m -> m.layer() == LAST_LAYER).toList();
  }

  /** Checkpoint by checkpoint. */
  private List<Measurement> allLayersOf(String run) throws IOException {
    Map<Long, Double> losses = new HashMap<>();
    for (String[] row : table(run + "/loss.csv")) {
      losses.put(Long.valueOf(row[0]), Double.valueOf(row[1]));
    }
    List<Measurement> measurements = new ArrayList<>();
    Path oracle = checkpoints.resolve(run).resolve("oracle.json");
    for (JsonNode checkpoint : new ObjectMapper().readTree(oracle.toFile())) {
      long step = checkpoint.get("step").asLong();
      for (int layer = 0; layer <= LAST_LAYER; layer++) {
        JsonNode node = checkpoint.get("layers").get(Integer.toString(layer));
        double[] values =
            LayerMetric.fields().stream()
                .mapToDouble(
                    field -> node.path(field).asDouble(node.path(CLUSTERS).path(field).asDouble(0)))
                .toArray();
        measurements.add(
            new Measurement(
                run,
                "step%05d.pt".formatted(step),
                step,
                0,
                "dev",
                losses.get(step),
                layer,
                LAST_LAYER + 1,
                0,
                values));
      }
    }
    return measurements;
  }

  private Map<String, TreeMap<Long, Double>> scores() throws IOException {
    Map<String, TreeMap<Long, Double>> scores = new HashMap<>();
    for (String[] row : table("A/scores.csv")) {
      scores
          .computeIfAbsent(row[1], task -> new TreeMap<>())
          .put(Long.valueOf(row[0]), Double.valueOf(row[2]));
    }
    return scores;
  }

  private List<String[]> table(String file) throws IOException {
    List<String> lines = Files.readAllLines(checkpoints.resolve(file));
    return lines.stream().skip(1).map(line -> line.split(",")).toList();
  }

  private static Path shared() {
    List<Path> places =
        Stream.of(System.getProperty("sounding.shared"), "../shared", "../../shared")
            .filter(place -> place != null)
            .map(Path::of)
            .filter(place -> Files.isRegularFile(place.resolve("checkpoints/A/correlations.csv")))
            .toList();
    assumeTrue(!places.isEmpty(), "the trained runs are not there");
    return places.get(0);
  }
}
