package io.sounding.tests.faults;

import com.fasterxml.jackson.databind.JsonNode;
import io.sounding.tests.Await;
import io.sounding.tests.DemoData;
import io.sounding.tests.JavaProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.flink.api.common.JobID;

/**
 * One job and its job manager. There is no high availability service: when the job manager is
 * killed, {@link #killAndSupervise} does what systemd or Kubernetes would be told to do, and starts
 * it with the newest completed checkpoint that lies in the checkpoints' folder.
 */
final class JobProcess implements AutoCloseable {

  private static final List<String> JVM_OPTIONS =
      List.of(
          "-Xmx384m",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "--add-opens=java.base/java.util=ALL-UNNAMED");

  /**
   * How a job is run.
   *
   * @param name of the job, its folder and the prefix of its topics
   * @param bootstrapServers of Kafka
   * @param parallelism subtasks of each stage
   * @param stateBackend hashmap or rocksdb
   * @param checkpointSeconds interval of Flink's checkpoints, s
   */
  record Settings(
      String name,
      String bootstrapServers,
      int parallelism,
      String stateBackend,
      int checkpointSeconds) {

    Settings with(int newParallelism) {
      return new Settings(name, bootstrapServers, newParallelism, stateBackend, checkpointSeconds);
    }
  }

  private final FlinkCluster cluster;
  private final FlinkRest rest;
  private final Settings settings;
  private final Path folder;
  private final List<String> options;
  private final JobID id = new JobID();
  private JavaProcess process;

  private JobProcess(FlinkCluster cluster, Settings settings, List<String> options) {
    this.cluster = cluster;
    this.rest = cluster.rest();
    this.settings = settings;
    this.options = options;
    this.folder = cluster.folder().resolve(settings.name());
  }

  /** Starts a job from the beginning of its topics, with more of its options. */
  static JobProcess start(FlinkCluster cluster, Settings settings, String... options) {
    JobProcess job = new JobProcess(cluster, settings, List.of(options));
    job.start(Optional.empty());
    return job;
  }

  /** Starts a job from a savepoint, with other settings. */
  static JobProcess restore(FlinkCluster cluster, Settings settings, String savepoint) {
    JobProcess job = new JobProcess(cluster, settings, List.of());
    job.start(Optional.of(savepoint));
    return job;
  }

  private void start(Optional<String> savepoint) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--configDir",
                cluster.configuration().toString(),
                "-D$internal.pipeline.job-id=" + id,
                "-Dexecution.shutdown-on-application-finish=false",
                "-Dio.tmp.dirs=" + folder.resolve("tmp"),
                "-Dparallelism.default=" + settings.parallelism(),
                "-Dstate.backend.type=" + settings.stateBackend(),
                "-Dexecution.checkpointing.interval=" + settings.checkpointSeconds() + " s",
                "-Dexecution.checkpointing.min-pause=500 ms",
                "-Dexecution.checkpointing.dir=" + checkpoints().toUri(),
                "-Dexecution.checkpointing.savepoint-dir=" + folder.resolve("savepoints").toUri()));
    savepoint.ifPresent(path -> arguments.add("-Dexecution.state-recovery.path=" + path));
    arguments.addAll(
        List.of(
            "--bootstrap",
            settings.bootstrapServers(),
            "--topics",
            settings.name(),
            "--name",
            settings.name(),
            "--models-from",
            DemoData.folder().toString(),
            "--shards",
            "8",
            "--k",
            "16",
            "--sample",
            "2000"));
    arguments.addAll(options);
    process =
        JavaProcess.start("job-manager", folder, JVM_OPTIONS, ApplicationMain.class, arguments);
  }

  private Path checkpoints() {
    return folder.resolve("checkpoints");
  }

  /** Kills the job manager, and starts it again from the newest completed checkpoint. */
  void killAndSupervise() {
    process.kill();
    start(newestCheckpoint());
  }

  private Optional<String> newestCheckpoint() {
    try (var files = Files.walk(checkpoints())) {
      return files
          .filter(file -> file.endsWith("_metadata"))
          .map(Path::getParent)
          .max(
              Comparator.comparingLong(
                  (Path folder) ->
                      Long.parseLong(folder.getFileName().toString().substring("chk-".length()))))
          .map(folder -> folder.toUri().toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** RUNNING once all its tasks run; empty while the job manager does not answer yet. */
  String state() {
    if (!process.isAlive()) {
      throw new AssertionError("The job manager ended: " + process.printed());
    }
    JsonNode job = rest.get("/jobs/" + id);
    String state = job.path("state").asText("");
    JsonNode tasks = job.path("status-counts");
    int running = tasks.path("RUNNING").asInt();
    int all = 0;
    for (JsonNode count : tasks) {
      all += count.asInt();
    }
    return state.equals("RUNNING") && running < all ? running + " of " + all + " tasks" : state;
  }

  /** Flink's checkpoints: counts, latest, history. */
  JsonNode checkpointStatistics() {
    return rest.get("/jobs/" + id + "/checkpoints");
  }

  /** How many checkpoints this job manager has seen complete; -1 while it does not answer. */
  int completedCheckpoints() {
    return checkpointStatistics().path("counts").path("completed").asInt(-1);
  }

  /** How often this job manager has restored the job. */
  int restores() {
    return checkpointStatistics().path("counts").path("restored").asInt();
  }

  /** How many checkpoints this job manager has seen fail or expire. */
  int failedCheckpoints() {
    return checkpointStatistics().path("counts").path("failed").asInt();
  }

  /** The checkpoint that this job manager has restored last; 0 if none. */
  long restoredCheckpoint() {
    return checkpointStatistics().path("latest").path("restored").path("id").asLong();
  }

  /** The checkpoint that has completed last; 0 if none. */
  long latestCheckpoint() {
    return checkpointStatistics().path("latest").path("completed").path("id").asLong();
  }

  /** Id of the stage whose name begins so. */
  String vertex(String name) {
    for (JsonNode vertex : answer("/jobs/" + id).path("vertices")) {
      if (vertex.path("name").asText().startsWith(name)) {
        return vertex.path("id").asText();
      }
    }
    throw new AssertionError("The job has no stage " + name + ".");
  }

  private JsonNode answer(String path) {
    AtomicReference<JsonNode> answer = new AtomicReference<>();
    Await.until(
        "the job manager answers " + path,
        () -> {
          answer.set(rest.get(path));
          return !answer.get().isMissingNode();
        },
        this::state);
    return answer.get();
  }

  /** Names of the task managers that run subtasks of a stage. */
  Set<String> taskManagers(String vertex) {
    Set<String> names = new TreeSet<>();
    for (JsonNode subtask : answer("/jobs/%s/vertices/%s".formatted(id, vertex)).path("subtasks")) {
      names.add(subtask.path("taskmanager-id").asText());
    }
    return names;
  }

  /** A metric of a stage, summed over its subtasks; NaN while it is not reported. */
  double metric(String vertex, String metric) {
    String path = "/jobs/" + id + "/vertices/" + vertex + "/subtasks/metrics";
    for (JsonNode known : rest.get(path)) {
      String name = known.path("id").asText();
      if (name.endsWith("." + metric)) {
        String query = URLEncoder.encode(name, StandardCharsets.UTF_8);
        return rest.get(path + "?get=" + query).path(0).path("sum").asDouble(Double.NaN);
      }
    }
    return Double.NaN;
  }

  /** What a checkpoint was like for the subtasks of a stage. */
  JsonNode checkpointOf(long checkpoint, String vertex) {
    return rest.get(
        "/jobs/%s/checkpoints/details/%d/subtasks/%s".formatted(id, checkpoint, vertex));
  }

  /** When the job came into a state, milliseconds since 1970. */
  long since(String state) {
    return rest.get("/jobs/" + id).path("timestamps").path(state).asLong();
  }

  /** Returns when so many more checkpoints have completed. */
  void awaitCheckpoints(int more) {
    awaitState("RUNNING");
    int before = completedCheckpoints();
    Await.until(
        more + " more Flink checkpoints are complete",
        () -> completedCheckpoints() >= before + more,
        this::checkpointStatistics);
  }

  void awaitState(String wanted) {
    Await.until("the job is " + wanted, () -> state().equals(wanted), this::state);
  }

  /** Stops the job with a savepoint, and its job manager; returns the savepoint. */
  String stopWithSavepoint() {
    awaitState("RUNNING");
    String request =
        rest.post("/jobs/" + id + "/stop", "{\"drain\": false}").path("request-id").asText();
    String[] location = new String[1];
    Await.until(
        "the savepoint is complete",
        () -> {
          JsonNode operation = rest.get("/jobs/" + id + "/savepoints/" + request).path("operation");
          if (operation.has("failure-cause")) {
            throw new AssertionError(
                "The savepoint failed: "
                    + operation
                        .path("failure-cause")
                        .path("stack-trace")
                        .asText()
                        .lines()
                        .findFirst());
          }
          location[0] = operation.path("location").asText("");
          return !location[0].isEmpty();
        });
    awaitState("FINISHED");
    process.kill();
    return location[0];
  }

  /** Cancels the job and returns when all of it has let go. */
  void cancel() {
    rest.patch("/jobs/" + id + "?mode=cancel");
    awaitState("CANCELED");
  }

  /** Cancels the job if it runs, and ends its job manager. */
  @Override
  public void close() {
    try {
      if (process.isAlive() && !List.of("FAILED", "CANCELED", "FINISHED").contains(state())) {
        cancel();
      }
    } finally {
      process.kill();
    }
  }
}
