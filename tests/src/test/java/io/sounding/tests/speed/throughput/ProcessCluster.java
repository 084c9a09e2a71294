package io.sounding.tests.speed.throughput;

import ai.djl.engine.EngineProvider;
import io.sounding.jobs.embedded.KafkaTopic;
import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.Topics;
import io.sounding.tests.JavaProcess;
import io.sounding.tests.faults.ApplicationMain;
import io.sounding.tests.faults.Broker;
import io.sounding.tests.faults.FreePorts;
import io.sounding.tests.speed.waiting.WaitingEngineProvider;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.runtime.rpc.RpcSystemLoader;

/**
 * A broker, a job manager that runs the job, and task managers, in processes of their own with
 * little memory, as many of them must fit into one machine. All end with this one.
 */
final class ProcessCluster implements AutoCloseable {

  private static final String NAME = "throughput";

  private static final List<String> SMALL_JVM =
      List.of(
          "-XX:+UseSerialGC",
          "-Xss512k",
          "-XX:+PerfDisableSharedMem",
          "-Dai.djl.onnx.disable_alternative=true",
          "--add-opens=java.base/java.util=ALL-UNNAMED");

  /**
   * What a cluster is like.
   *
   * @param taskManagers Flink's
   * @param processes they are in; no more than there are task managers
   * @param slots of each, and of each stage as many subtasks as slots in all
   * @param heap of a task manager, MB
   * @param stateBackend hashmap or rocksdb
   * @param waiting models wait instead of computing
   * @param modelsFrom folder of the models
   * @param options more options of the job
   */
  record Settings(
      int taskManagers,
      int processes,
      int slots,
      int heap,
      String stateBackend,
      boolean waiting,
      Path modelsFrom,
      List<String> options) {

    int parallelism() {
      return taskManagers * slots;
    }
  }

  private final List<JavaProcess> processes = new ArrayList<>();
  private final Broker broker;
  private JavaProcess jobManager;

  private ProcessCluster(Broker broker) {
    this.broker = broker;
  }

  /** Starts all of it below {@code folder}, which is emptied first. */
  static ProcessCluster start(Path folder, Settings settings) throws IOException {
    Folders.empty(folder);
    ProcessCluster cluster = new ProcessCluster(Broker.start(folder.resolve("kafka")));
    try {
      cluster.startFlink(folder, settings);
      return cluster;
    } catch (IOException | RuntimeException | Error e) {
      cluster.close();
      throw e;
    }
  }

  private void startFlink(Path folder, Settings settings) throws IOException {
    broker.createTopics(
        KafkaTopic.of(topics(), Math.min(8, settings.parallelism())).stream()
            .collect(Collectors.toMap(KafkaTopic::name, KafkaTopic::partitions)));
    Path configuration = Files.createDirectories(folder.resolve("conf"));
    Files.write(
        configuration.resolve("config.yaml"),
        flinkSettings(folder, settings).entrySet().stream()
            .map(setting -> setting.getKey() + ": " + setting.getValue())
            .toList());
    List<String> options = new ArrayList<>(List.of("--configDir", configuration.toString()));
    options.addAll(List.of("--bootstrap", broker.bootstrapServers(), "--topics", NAME));
    options.addAll(List.of("--models-from", settings.modelsFrom().toString()));
    options.addAll(settings.options());
    List<String> jvm = new ArrayList<>(SMALL_JVM);
    jvm.add("-Xmx768m");
    jobManager =
        JavaProcess.start(
            "job-manager", folder.resolve("job-manager"), jvm, ApplicationMain.class, options);
    for (int i = 0; i < settings.processes(); i++) {
      processes.add(startTaskManagers(folder, configuration, settings, i));
    }
  }

  /** The task managers {@code index}, {@code index + processes}, ... */
  private static JavaProcess startTaskManagers(
      Path folder, Path configuration, Settings settings, int index) throws IOException {
    List<String> names =
        IntStream.iterate(index, i -> i < settings.taskManagers(), i -> i + settings.processes())
            .mapToObj(i -> "task-manager-" + i)
            .toList();
    List<String> jvm = new ArrayList<>(SMALL_JVM);
    int heap = names.size() * settings.heap();
    jvm.add("-Xms" + heap + "m"); // growing it takes collections, which stop all of them
    jvm.add("-Xmx" + heap + "m");
    jvm.add("-XX:MaxDirectMemorySize=" + names.size() * 512 + "m");
    String process = "task-managers-" + index;
    Path own = folder.resolve(process);
    List<String> arguments = new ArrayList<>(List.of(configuration.toString(), own.toString()));
    arguments.addAll(names);
    return JavaProcess.start(
        process, own, jvm, classPath(folder, settings), TaskManagers.class, arguments);
  }

  /**
   * The tests' class path, with our engine for DJL's where models wait (the product does not know),
   * and one RPC system for all task managers of a process.
   */
  private static String classPath(Path folder, Settings settings) throws IOException {
    Path providers = folder.resolve("providers");
    provide(providers, RpcSystemLoader.class, SharedRpcSystem.class);
    Stream<String> entries =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1));
    if (settings.waiting()) {
      provide(providers, EngineProvider.class, WaitingEngineProvider.class);
      entries = entries.filter(entry -> !entry.matches(".*/(onnxruntime|pytorch)-engine-[^/]*"));
    }
    return Stream.concat(Stream.of(providers.toString()), entries)
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static <T> void provide(Path folder, Class<T> service, Class<? extends T> provider)
      throws IOException {
    Path services = Files.createDirectories(folder.resolve("META-INF/services"));
    Files.writeString(services.resolve(service.getName()), provider.getName());
  }

  private static Map<String, String> flinkSettings(Path folder, Settings cluster) {
    List<Integer> ports = FreePorts.find(2);
    Map<String, String> settings = new TreeMap<>();
    settings.put("jobmanager.rpc.address", "127.0.0.1");
    settings.put("jobmanager.rpc.port", ports.get(0).toString());
    settings.put("jobmanager.bind-host", "127.0.0.1");
    settings.put("rest.address", "127.0.0.1");
    settings.put("rest.bind-address", "127.0.0.1");
    settings.put("rest.port", ports.get(1).toString());
    settings.put("taskmanager.host", "127.0.0.1");
    settings.put("taskmanager.bind-host", "127.0.0.1");
    settings.put("taskmanager.numberOfTaskSlots", Integer.toString(cluster.slots()));
    settings.put("taskmanager.cpu.cores", "1");
    settings.put("taskmanager.memory.framework.heap.size", "64m");
    settings.put("taskmanager.memory.framework.off-heap.size", "64m");
    settings.put("taskmanager.memory.jvm-metaspace.size", "192m");
    settings.put("taskmanager.memory.jvm-overhead.min", "128m");
    settings.put("taskmanager.memory.jvm-overhead.max", "128m");
    settings.put("taskmanager.memory.task.heap.size", cluster.heap() + "m");
    settings.put("taskmanager.memory.task.off-heap.size", "0");
    settings.put("taskmanager.memory.network.min", "96m");
    settings.put("taskmanager.memory.network.max", "96m");
    settings.put("taskmanager.memory.managed.size", "256m");
    // many processes that start at once are slow, not dead
    settings.put("pekko.ask.timeout", "180 s");
    settings.put("heartbeat.timeout", "180000");
    settings.put("slot.request.timeout", "600000");
    settings.put("parallelism.default", Integer.toString(cluster.parallelism()));
    settings.put("state.backend.type", cluster.stateBackend());
    settings.put("state.backend.rocksdb.compression.per.level", "NO_COMPRESSION");
    // as the embedded default: metric events become visible with each Flink checkpoint
    settings.put("execution.checkpointing.interval", "1 s");
    settings.put("execution.checkpointing.min-pause", "500 ms");
    settings.put("execution.checkpointing.dir", folder.resolve("checkpoints").toUri().toString());
    settings.put("execution.checkpointing.incremental", "true"); // of RocksDB
    settings.put("restart-strategy.type", "none");
    return settings;
  }

  private static Topics topics() {
    return Topics.withPrefix(NAME);
  }

  KafkaClients kafka() {
    return KafkaClients.of(broker.bootstrapServers(), topics());
  }

  /**
   * @throws IllegalStateException if one of the processes has ended; says what it printed
   */
  void requireAlive() {
    for (JavaProcess process : processes) {
      requireAlive(process);
    }
    requireAlive(jobManager);
  }

  private static void requireAlive(JavaProcess process) {
    if (!process.isAlive()) {
      throw new IllegalStateException("The " + process + " ended: " + process.printed());
    }
  }

  /** Those of the task managers. */
  List<JavaProcess> processes() {
    return processes;
  }

  @Override
  public void close() {
    processes.forEach(JavaProcess::close);
    if (jobManager != null) {
      jobManager.close();
    }
    broker.close();
  }
}
