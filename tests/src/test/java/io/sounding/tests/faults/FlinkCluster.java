package io.sounding.tests.faults;

import com.fasterxml.jackson.databind.JsonNode;
import io.sounding.tests.Await;
import io.sounding.tests.JavaProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.flink.runtime.taskexecutor.TaskManagerRunner;

/**
 * A standalone Flink cluster in application mode, each of its processes a JVM of its own on
 * loopback. Task managers stay from one job to the next and look for the job manager at a fixed
 * port; each job brings its own job manager ({@link JobProcess}).
 */
final class FlinkCluster implements AutoCloseable {

  private static final List<String> TASK_MANAGER_JVM =
      List.of(
          // a heap of one size: what is resident grows with native memory only
          "-Xms640m",
          "-Xmx640m",
          "-XX:+AlwaysPreTouch",
          "-XX:+UseSerialGC",
          "-XX:MaxDirectMemorySize=512m");

  private final Path folder;
  private final Path configuration;
  private final int restPort;
  private final List<JavaProcess> taskManagers = new ArrayList<>();
  private int started;

  FlinkCluster(Path folder, int slotsPerTaskManager) {
    this.folder = folder;
    this.configuration = folder.resolve("conf");
    List<Integer> ports = FreePorts.find(2);
    restPort = ports.get(1);
    Map<String, String> settings = new TreeMap<>();
    settings.put("jobmanager.rpc.address", "127.0.0.1");
    settings.put("jobmanager.rpc.port", ports.get(0).toString());
    settings.put("jobmanager.bind-host", "127.0.0.1");
    settings.put("rest.address", "127.0.0.1");
    settings.put("rest.bind-address", "127.0.0.1");
    settings.put("rest.port", ports.get(1).toString());
    settings.put("taskmanager.host", "127.0.0.1");
    settings.put("taskmanager.bind-host", "127.0.0.1");
    settings.put("taskmanager.numberOfTaskSlots", Integer.toString(slotsPerTaskManager));
    settings.put("taskmanager.load-balance.mode", "SLOTS");
    settings.put("taskmanager.cpu.cores", "1");
    settings.put("taskmanager.memory.framework.heap.size", "128m");
    settings.put("taskmanager.memory.framework.off-heap.size", "128m");
    settings.put("taskmanager.memory.jvm-metaspace.size", "256m");
    settings.put("taskmanager.memory.jvm-overhead.min", "192m");
    settings.put("taskmanager.memory.jvm-overhead.max", "192m");
    settings.put("taskmanager.memory.task.heap.size", "512m");
    settings.put("taskmanager.memory.task.off-heap.size", "0");
    settings.put("taskmanager.memory.network.min", "64m");
    settings.put("taskmanager.memory.network.max", "64m");
    settings.put("taskmanager.memory.managed.size", "128m");
    // a killed process is missed within 5 s, Flink's own 50 s would only make the tests longer
    settings.put("heartbeat.interval", "1000");
    settings.put("heartbeat.timeout", "5000");
    settings.put("restart-strategy.type", "fixed-delay");
    settings.put("restart-strategy.fixed-delay.attempts", Integer.toString(Integer.MAX_VALUE));
    settings.put("restart-strategy.fixed-delay.delay", "1 s");
    settings.put("metrics.fetcher.update-interval", "500");
    try {
      Files.createDirectories(configuration);
      Files.write(
          configuration.resolve("config.yaml"),
          settings.entrySet().stream().map(s -> s.getKey() + ": " + s.getValue()).toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts one more task manager, and returns at once. */
  JavaProcess startTaskManager() {
    String name = "task-manager-" + ++started;
    Path own = folder.resolve(name);
    JavaProcess process =
        JavaProcess.start(
            name,
            own,
            TASK_MANAGER_JVM,
            TaskManagerRunner.class,
            List.of(
                "--configDir",
                configuration.toString(),
                "-Dtaskmanager.resource-id=" + name,
                "-Dio.tmp.dirs=" + own.resolve("tmp")));
    taskManagers.add(process);
    return process;
  }

  /** Kills a task manager and starts another in its place, as whatever runs the cluster would. */
  void killAndReplace(JavaProcess taskManager) {
    taskManager.kill();
    taskManagers.remove(taskManager);
    startTaskManager();
  }

  /**
   * Waits until the job manager knows every task manager. One whose job manager ends while it
   * registers there asks the end of it again and again, also when the next one has its address,
   * until it ends itself after {@code taskmanager.registration.timeout}, five minutes.
   */
  void awaitRegistered() {
    Set<String> names = new TreeSet<>();
    taskManagers.forEach(each -> names.add(each.name()));
    Await.until(
        "the job manager knows the task managers " + names,
        () -> {
          Set<String> known = new TreeSet<>();
          rest()
              .get("/taskmanagers")
              .path("taskmanagers")
              .forEach(each -> known.add(each.path("id").asText()));
          return known.containsAll(names);
        },
        this::toString);
  }

  /** One that embeds for the job: all may run on the one that was there first. */
  JavaProcess embedding(JobProcess job) {
    Set<String> names = job.taskManagers(job.vertex("embed"));
    return taskManagers.stream()
        .filter(process -> names.contains(process.name()))
        .findFirst()
        .orElseThrow(() -> new AssertionError("Subtasks run on " + names));
  }

  List<JavaProcess> taskManagers() {
    return List.copyOf(taskManagers);
  }

  Path configuration() {
    return configuration;
  }

  Path folder() {
    return folder;
  }

  FlinkRest rest() {
    return new FlinkRest(restPort);
  }

  /** For messages: which task managers live, and how many slots of theirs the job manager has. */
  @Override
  public String toString() {
    List<String> known = new ArrayList<>();
    for (JsonNode each : rest().get("/taskmanagers").path("taskmanagers")) {
      known.add(
          "%s with %d of %d slots free"
              .formatted(
                  each.path("id").asText(),
                  each.path("freeSlots").asInt(),
                  each.path("slotsNumber").asInt()));
    }
    List<String> processes =
        taskManagers.stream()
            .map(each -> each + (each.isAlive() ? " lives" : " ended: " + each.printed()))
            .toList();
    return "task managers " + processes + ", registered " + known;
  }

  @Override
  public void close() {
    taskManagers.forEach(JavaProcess::close);
  }
}
