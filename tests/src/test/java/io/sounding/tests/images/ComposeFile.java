package io.sounding.tests.images;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.yaml.snakeyaml.Yaml;

/** What {@code docker/compose.yaml} says of its services. */
record ComposeFile(Map<String, Service> services) {

  /**
   * A service.
   *
   * @param image what it runs in
   * @param target stage of the Dockerfile, or empty
   * @param command what its entry point is called with
   * @param environment variables
   * @param restart when it is started again: unless-stopped, on-failure or no
   * @param replicas how many there are of it
   */
  record Service(
      String image,
      String target,
      List<String> command,
      Map<String, String> environment,
      String restart,
      int replicas) {

    /** Whether it is started again after it has ended so. */
    boolean isRestartedAfter(int exitStatus) {
      return restart.equals("unless-stopped") || restart.equals("on-failure") && exitStatus != 0;
    }
  }

  static ComposeFile read(Path file) {
    try (Reader reader = Files.newBufferedReader(file)) {
      Map<String, Map<String, Object>> root = new Yaml().load(reader);
      Map<String, Service> services = new TreeMap<>();
      root.get("services").forEach((name, service) -> services.put(name, service(map(service))));
      return new ComposeFile(services);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Service service(Map<String, Object> service) {
    Map<String, String> environment = new TreeMap<>();
    map(service.getOrDefault("environment", Map.of()))
        .forEach((name, value) -> environment.put(name, value.toString()));
    List<?> command = (List<?>) service.getOrDefault("command", List.of());
    return new Service(
        service.get("image").toString(),
        map(service.getOrDefault("build", Map.of())).getOrDefault("target", "").toString(),
        command.stream().map(Object::toString).toList(),
        environment,
        service.getOrDefault("restart", "no").toString(),
        (Integer) map(service.getOrDefault("deploy", Map.of())).getOrDefault("replicas", 1));
  }

  @SuppressWarnings("unchecked") // keys of these files are texts
  private static Map<String, Object> map(Object node) {
    return (Map<String, Object>) node;
  }

  Service service(String name) {
    Service service = services.get(name);
    if (service == null) {
      throw new AssertionError("compose.yaml has no service " + name + ".");
    }
    return service;
  }
}
