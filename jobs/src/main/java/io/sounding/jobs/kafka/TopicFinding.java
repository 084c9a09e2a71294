package io.sounding.jobs.kafka;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What is dangerous about a topic.
 *
 * @param topic its name
 * @param sentence what is the matter, and what comes of it
 * @param remedy settings that mend it; empty: settings do not
 */
public record TopicFinding(String topic, String sentence, Map<String, String> remedy) {

  public TopicFinding {
    remedy = Map.copyOf(remedy);
  }

  /** The command of Kafka's that mends it; empty where the sentence says what to do. */
  public String command(String bootstrapServers) {
    return remedy.isEmpty()
        ? ""
        : "kafka-configs.sh --bootstrap-server %s --alter --entity-type topics --entity-name %s --add-config %s"
            .formatted(
                bootstrapServers,
                topic,
                new TreeMap<>(remedy)
                    .entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + entry.getValue())
                        .collect(Collectors.joining(",")));
  }
}
