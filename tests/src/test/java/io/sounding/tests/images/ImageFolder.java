package io.sounding.tests.images;

import io.sounding.tests.DemoData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The files of the images in a folder, laid out by {@code docker/layout} as the Dockerfile has it
 * done, and beside them what the official Flink image brings: its jars, the Prometheus reporter as
 * a plugin, and stand-ins for its scripts ({@code src/test/image}).
 */
final class ImageFolder {

  private static final List<Class<?>> STAND_INS = List.of(StandaloneJob.class);

  private final Path root;

  private ImageFolder(Path root) {
    this.root = root;
  }

  /** The folder {@code docker} of the project. */
  static Path docker() {
    return DemoData.folder().getParent().getParent().resolve("docker");
  }

  /** Lays everything out below a folder. */
  static ImageFolder lay(Path root) {
    try {
      Path log = Files.createDirectories(root).resolve("layout.txt");
      Process layout =
          new ProcessBuilder(
                  docker().resolve("layout").toString(), "--built", "--with-flink", root.toString())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      if (!layout.waitFor(5, TimeUnit.MINUTES) || layout.exitValue() != 0) {
        throw new AssertionError("docker/layout failed: " + Files.readString(log));
      }
      ImageFolder image = new ImageFolder(root);
      image.logAsFlink();
      image.copyStandIns();
      return image;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted while the layout was made.", e);
    }
  }

  /** Flink's distribution logs through an older SLF4J and Log4j than those of the build. */
  private void logAsFlink() throws IOException {
    Path lib = flinkHome().resolve("lib");
    try (Stream<Path> jars = Files.list(lib)) {
      for (Path jar : jars.filter(ImageFolder::isLogging).toList()) {
        Files.delete(jar);
      }
    }
    for (Path jar : loggingOfFlink()) {
      copy(jar, lib.resolve(jar.getFileName()));
    }
  }

  static boolean isLogging(Path jar) {
    String name = jar.getFileName().toString();
    return name.startsWith("slf4j-api-")
        || name.startsWith("log4j-") && !name.startsWith("log4j-layout-");
  }

  /** The jars that Flink's distribution logs through. */
  static List<Path> loggingOfFlink() {
    try (Stream<Path> jars =
        Files.list(docker().resolveSibling("tests").resolve("target/flink-logging"))) {
      return jars.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void copyStandIns() throws IOException {
    Path scripts = docker().resolveSibling("tests").resolve("src/test/image");
    copy(scripts.resolve("docker-entrypoint.sh"), root.resolve("docker-entrypoint.sh"));
    for (String script : List.of("standalone-job.sh", "taskmanager.sh", "java-command.sh")) {
      copy(scripts.resolve(script), flinkHome().resolve("bin").resolve(script));
    }
    copy(docker().resolve("restored-job"), root.resolve("opt/sounding/bin/restored-job"));
    Path reporter = onClassPath("flink-metrics-prometheus-");
    copy(
        reporter,
        flinkHome().resolve("plugins/metrics-prometheus").resolve(reporter.getFileName()));
    Path classes = onClassPath("test-classes");
    for (Class<?> standIn : STAND_INS) {
      Path file = Path.of(standIn.getName().replace('.', '/') + ".class");
      copy(classes.resolve(file), standIns().resolve(file));
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    Files.copy(from, to);
  }

  private static Path onClassPath(String name) {
    return Arrays.stream(System.getProperty("java.class.path").split(":"))
        .map(Path::of)
        .filter(entry -> entry.getFileName().toString().startsWith(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " is not on the class path of the tests."));
  }

  Path root() {
    return root;
  }

  Path flinkHome() {
    return root.resolve("opt/flink");
  }

  private Path standIns() {
    return root.resolve("stand-ins");
  }

  /**
   * The variables that a process of the Flink image has, whose configuration goes into a folder of
   * its own: on one machine there is one file system for what would be several containers.
   */
  Map<String, String> flinkEnvironment(Path configuration) {
    Path logging = configuration.resolve("log4j-console.properties");
    try {
      copy(docker().resolve(logging.getFileName()), logging);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new TreeMap<>(
        Map.of(
            "JAVA_HOME", System.getProperty("java.home"),
            "FLINK_HOME", flinkHome().toString(),
            "FLINK_CONF_DIR", configuration.toString(),
            "STAND_IN", standIns().toString()));
  }
}
