package io.sounding.tests.savepoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.MetricStatus;
import io.sounding.tests.Await;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.flink.api.dag.Transformation;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A job goes on from a savepoint that was taken in the middle of its work, by this version and by
 * every version released before, and comes to the numbers of a job that was never interrupted.
 */
class SavepointITCase {

  /** Another machine may have made part of the frames: float32 products differ in the last bits. */
  private static final double TOLERANCE_OF_FIXTURES = 1e-5;

  @TempDir private Path work;

  static Stream<Path> fixtures() throws Exception {
    try (Stream<Path> folders = Files.list(resources())) {
      return folders.filter(Files::isDirectory).sorted().toList().stream();
    }
  }

  private static Path resources() throws URISyntaxException {
    return Path.of(SavepointITCase.class.getResource("/savepoints/README.md").toURI()).getParent();
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void aSavepointOfAReleasedVersionIsRestored(Path folder) throws Exception {
    // 0.1.0 divided corpora otherwise, and the error of RankMe is found from shards;
    // and its samples did not tell utterances apart
    assertGoesOnAsIfUninterrupted(
        new SavepointFixture(folder),
        TOLERANCE_OF_FIXTURES,
        "rank.rankMeStdErr",
        "clusters.inertiaStdErr",
        "clusters.silhouetteStdErr");
  }

  @Test
  void aSavepointOfThisVersionIsRestored() throws Exception {
    Path folder = Files.createDirectory(work.resolve("fixture"));
    assertGoesOnAsIfUninterrupted(SavepointFixture.take(folder, work.resolve("taken")), 1e-9);
  }

  @Test
  void aStageWithAnotherUidIsNotGivenItsState() throws Exception {
    SavepointFixture fixture = new SavepointFixture(fixtures().findFirst().orElseThrow());
    try (RestorableJob job = new RestorableJob(work.resolve("renamed"))) {
      StreamExecutionEnvironment environment =
          job.environment(fixture.models(), 2, fixture.savepoint());
      for (Transformation<?> stage : environment.getTransformations()) {
        if ("merge".equals(stage.getUid())) {
          stage.setUid("merge-renamed");
        }
      }
      job.start(environment);
      assertThatThrownBy(() -> job.job().getJobExecutionResult().get())
          .rootCause()
          .hasMessageContaining("Cannot map checkpoint/savepoint state for operator")
          .hasMessageContaining("the operator is not available in the new program");
    }
  }

  private void assertGoesOnAsIfUninterrupted(
      SavepointFixture fixture, double tolerance, String... ignored) throws Exception {
    Map<String, MetricEvent> uninterrupted = finals(fixture, null, 9);
    assertThat(uninterrupted)
        .containsOnlyKeys(
            "step1/0", "step2/0", "step3/0", "step3/1", "step3/2", "step4/0", "step5/0", "step5/1",
            "step5/2");
    Map<String, MetricEvent> restored = finals(fixture, fixture.savepoint(), 8);
    uninterrupted.remove("step1/0"); // it was done before the savepoint, and is not done again
    assertThat(restored).hasSameSizeAs(uninterrupted);
    for (var expected : uninterrupted.entrySet()) {
      assertThat(fields(restored.get(expected.getKey())))
          .as(expected.getKey())
          .usingRecursiveComparison()
          .ignoringFields("emittedAt", "cost")
          .ignoringFields(ignored)
          .withComparatorForType(relative(tolerance), Double.class)
          .isEqualTo(fields(expected.getValue()));
    }
  }

  /** The final events of a job that reads all records of the fixture, by step and layer. */
  private Map<String, MetricEvent> finals(SavepointFixture fixture, Path savepoint, int count)
      throws Exception {
    try (RestorableJob job = new RestorableJob(Files.createTempDirectory(work, "job"))) {
      job.publish(fixture.records());
      job.start(job.environment(fixture.models(), 2, savepoint));
      Await.until(
          count + " layers are final", () -> finals(job).size() >= count, () -> job.summary());
      return finals(job);
    }
  }

  private static Map<String, MetricEvent> finals(RestorableJob job) throws Exception {
    Map<String, MetricEvent> finals = new TreeMap<>();
    for (MetricEvent event : job.events()) {
      assertThat(event.getStatus()).as("%s", event).isNotEqualTo(MetricStatus.FAILED);
      if (event.getStatus() == MetricStatus.FINAL) {
        String layer = event.getCheckpointId() + "/" + event.getLayer();
        assertThat(finals.put(layer, event)).as("%s is final twice", layer).isNull();
      }
    }
    return finals;
  }

  private static Map<?, ?> fields(MetricEvent event) throws Exception {
    return new ObjectMapper().readValue(event.toString(), Map.class);
  }

  private static Comparator<Double> relative(double tolerance) {
    return (a, b) ->
        Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b))
            ? 0
            : Double.compare(a, b);
  }
}
