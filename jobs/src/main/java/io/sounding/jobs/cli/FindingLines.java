package io.sounding.jobs.cli;

import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.TopicFinding;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What is dangerous about topics, as lines: a sentence, and the command that mends it. */
final class FindingLines {

  private FindingLines() {}

  /**
   * The lines.
   *
   * @param properties of Kafka's clients, which its own tools take too; null: none
   */
  static List<String> of(List<TopicFinding> findings, KafkaClients kafka, Path properties) {
    List<String> lines = new ArrayList<>();
    for (TopicFinding finding : findings) {
      lines.add(finding.sentence());
      String command = finding.command(kafka.bootstrapServers());
      if (!command.isEmpty()) {
        lines.add("  " + command + (properties == null ? "" : " --command-config " + properties));
      }
    }
    return lines;
  }
}
