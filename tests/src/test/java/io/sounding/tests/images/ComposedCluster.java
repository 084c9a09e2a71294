package io.sounding.tests.images;

import io.sounding.tests.Await;
import io.sounding.tests.images.ComposeFile.Service;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The services of {@code docker/compose.yaml} as processes of this machine: entry points and
 * variables from the Dockerfile, commands, variables and restarts from compose.yaml.
 */
final class ComposedCluster implements AutoCloseable {

  /** A dozen JVMs on a small machine: compiling well costs more than it gives in a minute. */
  private static final String QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

  private static final int SHOWN = 4_000;

  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();

  private final ImageFolder image;
  private final OneMachine machine;
  private final ComposeFile compose =
      ComposeFile.read(ImageFolder.docker().resolve("compose.yaml"));
  private final Dockerfile dockerfile = Dockerfile.read(ImageFolder.docker().resolve("Dockerfile"));
  private final Map<String, Running> running = new LinkedHashMap<>();

  /** A service, how its process is started, and the process. */
  private record Running(Service service, Supplier<ServiceProcess> start, ServiceProcess process) {}

  /** Over files of the images. */
  ComposedCluster(ImageFolder image, OneMachine machine) {
    this.image = image;
    this.machine = machine;
    folder("checkpoints");
  }

  /**
   * Starts the broker as the image apache/kafka does: its properties come from KAFKA_ variables.
   */
  void startBroker() {
    Service kafka = compose.service("kafka");
    Path properties = folder("kafka").resolve("server.properties");
    List<String> lines =
        kafka.environment().entrySet().stream()
            .map(variable -> property(variable.getKey()) + "=" + machine.here(variable.getValue()))
            .toList();
    try {
      Files.write(properties, lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String classPath = image.root() + "/opt/sounding/lib/*";
    List<String> format =
        List.of(
            JAVA,
            "-cp",
            classPath,
            "kafka.tools.StorageTool",
            "format",
            "--ignore-formatted",
            "-t",
            "c291bmRpbmctdGVzdHMhIQ",
            "-c",
            properties.toString());
    List<String> serve = List.of(JAVA, "-cp", classPath, "kafka.Kafka", properties.toString());
    run("kafka-format", kafka, folder("kafka"), Map.of("JDK_JAVA_OPTIONS", QUICK), format);
    awaitEnd("kafka-format");
    run("kafka", kafka, folder("kafka"), Map.of("JDK_JAVA_OPTIONS", QUICK), serve);
  }

  private static String property(String variable) {
    return variable.substring("KAFKA_".length()).toLowerCase(Locale.ROOT).replace('_', '.');
  }

  /** Starts a service that is built here, with more arguments where one machine needs them. */
  void start(String name, String... more) {
    Service service = compose.service(name);
    run(name, service, folder(name), environment(service), command(name, service, more));
  }

  /** Starts the job manager, 0, or a task manager with a number of its own. */
  void startFlink(String name, int number) {
    Service service = compose.service(name);
    Path own = folder(name + "-" + number);
    Map<String, String> environment = environment(service);
    environment.putAll(image.flinkEnvironment(own.resolve("conf")));
    environment.put("JOB_MANAGER_RPC_ADDRESS", OneMachine.LOOPBACK);
    environment.put("CHECKPOINTS", folder("checkpoints").toString());
    environment.merge(
        "FLINK_PROPERTIES", machine.flinkProperties(number, own.resolve("tmp")), String::concat);
    // the working directory of the image: the job's jars are found from there
    run(name + "-" + number, service, image.flinkHome(), environment, command(name, service));
  }

  private Map<String, String> environment(Service service) {
    Map<String, String> environment = new TreeMap<>(dockerfile.environment(service.target()));
    environment.putAll(service.environment());
    environment.replaceAll((variable, value) -> machine.here(value));
    environment.merge("JDK_JAVA_OPTIONS", QUICK, (before, quick) -> before + " " + quick);
    return environment;
  }

  private List<String> command(String name, Service service, String... more) {
    List<String> command = new ArrayList<>();
    if (service.target().isEmpty()) {
      command.add(name);
    } else {
      command.addAll(dockerfile.entryPoint(service.target()));
    }
    command.addAll(service.command());
    command.replaceAll(machine::here);
    command.addAll(List.of(more));
    return command;
  }

  private void run(
      String name,
      Service service,
      Path workingDirectory,
      Map<String, String> environment,
      List<String> command) {
    Path output = folder("output").resolve(name + ".txt");
    Supplier<ServiceProcess> start =
        () -> ServiceProcess.start(name, workingDirectory, output, environment, command);
    running.put(name, new Running(service, start, start.get()));
  }

  /**
   * Starts again what has ended and is to be, as compose.yaml says; fails if another has failed.
   */
  void supervise() {
    running.replaceAll(
        (name, service) -> {
          ServiceProcess process = service.process();
          if (process.isAlive()) {
            return service;
          }
          if (service.service().isRestartedAfter(process.status())
              && !name.equals("kafka-format")) {
            return new Running(service.service(), service.start(), service.start().get());
          }
          if (process.status() != 0) {
            throw new AssertionError(
                name
                    + " ended with "
                    + process.status()
                    + "; it printed: "
                    + end(process.printed()));
          }
          return service;
        });
  }

  /** Returns when a service has done its work. */
  void awaitEnd(String name) {
    Await.until(
        ServiceProcess.LIMIT,
        name + " has ended",
        () -> {
          supervise();
          return !running.get(name).process().isAlive();
        },
        this::printed);
  }

  /** Kills a process; whoever supervises starts it again. */
  void kill(String name) {
    running.get(name).process().kill();
  }

  /** What a process printed. */
  String printed(String name) {
    return running.get(name).process().printed();
  }

  /** What each of them printed last. */
  String printed() {
    return running.keySet().stream()
        .map(name -> "\n--- " + name + "\n" + end(printed(name)))
        .collect(Collectors.joining());
  }

  private static String end(String text) {
    return text.substring(Math.max(0, text.length() - SHOWN));
  }

  private Path folder(String name) {
    try {
      return Files.createDirectories(image.root().resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    running.values().forEach(service -> service.process().close());
  }
}
