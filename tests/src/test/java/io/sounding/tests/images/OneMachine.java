package io.sounding.tests.images;

import io.sounding.tests.faults.FreePorts;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What several containers have of their own and one machine has once: names of hosts, ports and
 * roots of file systems. Texts of compose.yaml and the Dockerfile are put into its terms.
 */
final class OneMachine {

  static final String LOOPBACK = "127.0.0.1";

  private static final int REPORTERS = 3;

  private final List<Integer> ports = FreePorts.find(8 + REPORTERS);
  private final Map<String, String> terms = new TreeMap<>();
  private final Pattern known;

  /**
   * Chooses free ports.
   *
   * @param root folder that stands for the roots of the containers
   * @param data what is mounted as /data
   */
  OneMachine(Path root, Path data) {
    terms.put("kafka:9092", kafka());
    terms.put("kafka:9093", at(1));
    terms.put("localhost:9094", at(2));
    terms.put("INTERNAL://:9092", "INTERNAL://" + kafka());
    terms.put("CONTROLLER://:9093", "CONTROLLER://" + at(1));
    terms.put("HOST://:9094", "HOST://" + at(2));
    terms.put("/data", data.toString());
    terms.put("=/prometheus", "=" + root.resolve("prometheus"));
    for (String rooted :
        List.of(
            "/var/lib/kafka/data",
            "/docker-entrypoint.sh",
            "/opt/",
            "/checkpoints",
            "/etc/prometheus")) {
      terms.put(rooted, root + rooted);
    }
    known =
        Pattern.compile(
            terms.keySet().stream().map(Pattern::quote).collect(Collectors.joining("|")));
  }

  /** The same text in terms of this machine. */
  String here(String text) {
    return known
        .matcher(text)
        .replaceAll(found -> Matcher.quoteReplacement(terms.get(found.group())));
  }

  private String at(int index) {
    return LOOPBACK + ":" + ports.get(index);
  }

  String kafka() {
    return at(0);
  }

  String dashboard() {
    return at(3);
  }

  String prometheus() {
    return at(4);
  }

  /** The Prometheus reporters of the job manager, 0, and of task managers, from 1. */
  List<String> reporters() {
    return ports.subList(8, 8 + REPORTERS).stream().map(port -> LOOPBACK + ":" + port).toList();
  }

  /** Settings of Flink, one a line, that keep a process on loopback and its ports from others. */
  String flinkProperties(int number, Path temporary) {
    return String.join(
        "\n",
        "jobmanager.bind-host: " + LOOPBACK,
        "jobmanager.rpc.port: " + ports.get(6),
        "blob.server.port: 0",
        "rest.address: " + LOOPBACK,
        "rest.bind-address: " + LOOPBACK,
        "rest.port: " + ports.get(5),
        "taskmanager.host: " + LOOPBACK,
        "taskmanager.bind-host: " + LOOPBACK,
        "io.tmp.dirs: " + temporary,
        "metrics.reporter.prom.port: " + ports.get(8 + number),
        "");
  }
}
