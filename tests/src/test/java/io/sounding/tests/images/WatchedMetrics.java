package io.sounding.tests.images;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What alert rules and the Grafana board look at. */
final class WatchedMetrics {

  private static final Pattern METRIC = Pattern.compile("\\bflink_\\w+");
  private static final Pattern ALERT = Pattern.compile("alert: (\\w+)");

  private WatchedMetrics() {}

  /** Names of Flink's metrics in their expressions. */
  static Set<String> names() {
    Set<String> names = found(METRIC, alertRules());
    names.addAll(found(METRIC, read("grafana/dashboards/sounding.json")));
    return names;
  }

  /** Names of the alerts. */
  static Set<String> alerts() {
    return found(ALERT, alertRules()).stream()
        .map(line -> line.substring("alert: ".length()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String alertRules() {
    return read("prometheus/alerts.yml");
  }

  private static Set<String> found(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map(r -> r.group())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String read(String file) {
    try {
      return Files.readString(ImageFolder.docker().resolve(Path.of(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
