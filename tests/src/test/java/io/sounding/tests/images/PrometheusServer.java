package io.sounding.tests.images;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.yaml.snakeyaml.Yaml;

/** Prometheus with the configuration of {@code docker/prometheus}, and what it answers. */
final class PrometheusServer {

  private final String root;

  private PrometheusServer(String address) {
    root = "http://" + address + "/api/v1/";
  }

  /** Whether this machine has one. */
  static boolean isHere() {
    return List.of(System.getenv("PATH").split(":")).stream()
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "prometheus")));
  }

  /**
   * Starts the service. Its file says which names in the network of compose are scraped; here they
   * are addresses.
   */
  static PrometheusServer start(ComposedCluster cluster, OneMachine machine, Path root) {
    Path folder = root.resolve("etc/prometheus");
    Path said = ImageFolder.docker().resolve("prometheus");
    try (Reader reader = Files.newBufferedReader(said.resolve("prometheus.yml"))) {
      Map<String, Object> configuration = new Yaml().load(reader);
      for (Object job : (List<?>) configuration.get("scrape_configs")) {
        @SuppressWarnings("unchecked")
        Map<String, Object> scrape = (Map<String, Object>) job;
        if (scrape.remove("dns_sd_configs") != null) {
          scrape.put("static_configs", List.of(Map.of("targets", machine.reporters())));
        }
      }
      Files.createDirectories(folder);
      Files.writeString(
          folder.resolve("prometheus.yml"), new Yaml().dump(configuration).replace("15s", "1s"));
      Files.copy(said.resolve("alerts.yml"), folder.resolve("alerts.yml"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    cluster.start("prometheus", "--web.listen-address=" + machine.prometheus());
    return new PrometheusServer(machine.prometheus());
  }

  /** The values that an expression has now; empty: none. */
  List<Double> query(String expression) {
    JsonNode answer =
        Http.json(root + "query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8));
    return answer.path("data").path("result").findValues("value").stream()
        .map(value -> Double.valueOf(value.path(1).asText().replace("Inf", "Infinity")))
        .toList();
  }

  /** Names of all that was scraped. */
  Set<String> names() {
    Set<String> names = new TreeSet<>();
    Http.json(root + "label/__name__/values").path("data").forEach(n -> names.add(n.asText()));
    return names;
  }

  /** Names of the alerts whose rules are loaded and evaluated without an error. */
  Set<String> healthyAlerts() {
    Set<String> alerts = new TreeSet<>();
    for (JsonNode group : Http.json(root + "rules?type=alert").path("data").path("groups")) {
      for (JsonNode rule : group.path("rules")) {
        if (rule.path("health").asText().equals("ok")) {
          alerts.add(rule.path("name").asText());
        }
      }
    }
    return alerts;
  }
}
