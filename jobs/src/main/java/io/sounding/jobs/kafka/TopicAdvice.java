package io.sounding.jobs.kafka;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Warns whoever is about to use topics of what is dangerous about them. It never keeps anybody from
 * using them: a topic that cannot be looked at is told, and the rest goes on.
 */
public final class TopicAdvice {

  private TopicAdvice() {}

  /** Warns of all topics, the missing ones included. */
  public static void give(KafkaClients kafka, Consumer<String> warnings) {
    List<TopicDesign> all = TopicDesign.of(kafka.topics(), Optional.empty(), 1);
    give(kafka, all.stream().map(TopicDesign::name).toList(), warnings);
  }

  /** Warns of these topics. */
  public static void give(
      KafkaClients kafka, Collection<String> topics, Consumer<String> warnings) {
    try (TopicAdmin admin = new TopicAdmin(kafka)) {
      for (TopicDesign design : TopicDesign.of(kafka.topics(), Optional.empty(), 1)) {
        if (topics.contains(design.name())) {
          give(kafka, design, admin.findings(design), warnings);
        }
      }
    } catch (KafkaUnavailableException e) {
      warnings.accept("The settings of the topics were not checked. " + e.getMessage());
    }
  }

  private static void give(
      KafkaClients kafka,
      TopicDesign design,
      Optional<List<TopicFinding>> findings,
      Consumer<String> warnings) {
    if (findings.isEmpty()) {
      warnings.accept(
          "There is no topic %s: sounding topics create makes it.".formatted(design.name()));
      return;
    }
    for (TopicFinding finding : findings.get()) {
      String command = finding.command(kafka.bootstrapServers());
      warnings.accept(finding.sentence() + (command.isEmpty() ? "" : " This mends it: " + command));
    }
  }
}
