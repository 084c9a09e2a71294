package io.sounding.tests.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.sounding.tests.Await;
import io.sounding.tests.DemoData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What compose.yaml starts, started without a container engine: broker, topics, job manager, two
 * task managers, dashboard, publishers and Prometheus, with their own commands, from the files of
 * the images.
 */
class ImagesITCase {

  @TempDir private Path folder;
  private ImageFolder image;
  private OneMachine machine;
  private ComposedCluster cluster;

  @BeforeEach
  void layOut() throws IOException {
    Path data = data();
    image = ImageFolder.lay(folder.resolve("image"));
    machine = new OneMachine(image.root(), data);
    cluster = new ComposedCluster(image, machine);
  }

  @AfterEach
  void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  /** A checkpoint of either run, and one utterance of each of 16 voices. */
  private Path data() throws IOException {
    Path data = folder.resolve("data");
    copy(data, "runs/healthy/step00000.onnx", "runs/healthy/loss.csv");
    copy(data, "runs/collapse/step00400.onnx", "runs/collapse/loss.csv");
    try (Stream<Path> utterances = Files.list(DemoData.audio())) {
      copy(
          data,
          utterances
              .map(file -> "audio/" + file.getFileName())
              .filter(name -> name.endsWith("_000.flac"))
              .toArray(String[]::new));
    }
    return data;
  }

  private static void copy(Path data, String... names) throws IOException {
    for (String name : names) {
      Path to = data.resolve(name);
      Files.createDirectories(to.getParent());
      Files.copy(DemoData.folder().resolve(name), to);
    }
  }

  @Test
  void whatComposeStartsEvaluatesTheDemoIsSeenAndGoesOnWhenTheJobManagerIsKilled()
      throws IOException {
    cluster.startBroker();
    await("the broker answers", this::brokerAnswers, cluster::printed);
    cluster.start("topics");
    cluster.awaitEnd("topics");
    cluster.startFlink("jobmanager", 0);
    cluster.startFlink("taskmanager", 1);
    cluster.startFlink("taskmanager", 2);
    cluster.start("dashboard", "--port", machine.dashboard().split(":")[1]);
    cluster.start("publish-audio");
    cluster.start("watch-healthy");

    awaitEvaluated("healthy");

    cluster.kill("jobmanager-0");
    cluster.start("watch-collapse");

    awaitEvaluated("healthy", "collapse");
    assertThat(cluster.printed("jobmanager-0")).contains("The job goes on from ");
    assertThatLogsSayWhatTheyAreAbout();

    assumeTrue(
        PrometheusServer.isHere(),
        "Prometheus is missing (Debian, Ubuntu: apt-get install prometheus): its part was left out.");
    PrometheusServer prometheus = PrometheusServer.start(cluster, machine, image.root());
    String collapsed =
        "flink_taskmanager_job_task_operator_run_corpus_layer_metric_latest"
            + "{run=\"collapse\",metric=\"rankMe\"}";
    await(
        "Prometheus has scraped the RankMe of the collapsed run",
        () -> prometheus.query(collapsed).stream().anyMatch(rankMe -> rankMe > 1 && rankMe < 2),
        () -> prometheus.query(collapsed));
    await(
        "all reporters are scraped",
        () -> prometheus.query("up{job=\"flink\"} == 1").size() == machine.reporters().size(),
        () -> prometheus.query("up"));
    await(
        "all alert rules are evaluated",
        () -> prometheus.healthyAlerts().equals(WatchedMetrics.alerts()),
        prometheus::healthyAlerts);
    assertThat(prometheus.names()).containsAll(WatchedMetrics.names());
  }

  /**
   * The log of the task managers is that of a checkpoint, from loading its model to its metrics.
   */
  private void assertThatLogsSayWhatTheyAreAbout() {
    for (String sentence : List.of("Loaded .*", "Checkpoint .* is evaluated at layer 3; .*")) {
      assertThat(
              Stream.of("taskmanager-1", "taskmanager-2")
                  .flatMap(name -> LogLines.of(cluster.printed(name)).stream())
                  .filter(line -> line.path("message").asText().matches(sentence)))
          .as(sentence)
          .anySatisfy(line -> assertThatIsAbout(line, "healthy", "step00000.onnx", "0"))
          .anySatisfy(line -> assertThatIsAbout(line, "collapse", "step00400.onnx", "400"));
    }
    assertThat(cluster.printed("taskmanager-1").lines()).noneMatch(line -> line.contains(" INFO "));
    assertThat(LogLines.of(cluster.printed("jobmanager-0"))).isNotEmpty();
  }

  private static void assertThatIsAbout(JsonNode line, String run, String checkpoint, String step) {
    assertThat(line.path("run").asText()).isEqualTo(run);
    assertThat(line.path("checkpoint").asText()).isEqualTo(checkpoint);
    assertThat(line.path("step").asText()).isEqualTo(step);
    assertThat(line.path("corpus").asText()).isEqualTo("demo-speech");
    assertThat(line.path("job").asText()).matches("[0-9a-f]{32}");
  }

  private boolean brokerAnswers() throws InterruptedException {
    try (Admin admin =
        Admin.create(
            Map.of(
                "bootstrap.servers",
                machine.kafka(),
                "default.api.timeout.ms",
                "5000",
                "request.timeout.ms",
                "5000"))) {
      return !admin.describeCluster().nodes().get().isEmpty();
    } catch (ExecutionException notYet) {
      return false;
    }
  }

  private void awaitEvaluated(String... runs) {
    await(
        "the dashboard shows that " + List.of(runs) + " was evaluated",
        () -> evaluated().containsAll(List.of(runs)),
        () -> evaluated() + cluster.printed());
  }

  private void await(String sentence, Callable<Boolean> condition, Supplier<?> seen) {
    Await.until(
        ServiceProcess.LIMIT,
        sentence,
        () -> {
          cluster.supervise();
          return condition.call();
        },
        seen);
  }

  /** Runs whose one checkpoint is evaluated, by the dashboard's word. */
  private Set<String> evaluated() {
    JsonNode overview = Http.json("http://" + machine.dashboard() + "/api/overview");
    Set<String> runs = new TreeSet<>();
    for (JsonNode run : overview.path("runs")) {
      JsonNode on = run.path("on").path(0);
      if (on.path("checkpoints").asInt() == 1
          && on.path("evaluating").asInt() == 0
          && on.path("failed").asInt() == 0) {
        runs.add(run.path("name").asText());
      }
    }
    return runs;
  }
}
