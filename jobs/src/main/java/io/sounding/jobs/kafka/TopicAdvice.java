package io.sounding.jobs.kafka;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns whoever is about to use topics of what is dangerous about them; keeps nobody from using
 * them.
 */
public final class TopicAdvice {

  private static final Logger LOG = LoggerFactory.getLogger(TopicAdvice.class);

  private TopicAdvice() {}

  /**
   * Before the job starts: about all topics. That one is missing, or cannot be looked at from here,
   * is a warning too.
   */
  public static void beforeStart(KafkaClients kafka, Consumer<String> warnings) {
    try (TopicAdmin admin = new TopicAdmin(kafka)) {
      for (TopicDesign design : TopicDesign.of(kafka.topics(), Optional.empty(), 1)) {
        admin
            .findings(design)
            .ifPresentOrElse(
                findings -> give(kafka, findings, warnings),
                () -> warnings.accept(missing(design.name())));
      }
    } catch (KafkaRefusedException | KafkaUnavailableException e) {
      warnings.accept("The settings of the topics were not checked. " + e.getMessage());
    }
  }

  /**
   * Before records are published: about their topic, if it is there. Whoever may write to a topic
   * need not have the right to see its settings, and may wait for Kafka; both are told to the log
   * alone.
   */
  public static void beforePublishing(KafkaClients kafka, String topic, Consumer<String> warnings) {
    try (TopicAdmin admin = new TopicAdmin(kafka)) {
      TopicDesign.of(kafka.topics(), Optional.empty(), 1).stream()
          .filter(design -> design.name().equals(topic))
          .forEach(design -> give(kafka, admin.findings(design).orElse(List.of()), warnings));
    } catch (KafkaRefusedException | KafkaUnavailableException e) {
      LOG.info("The settings of the topic were not checked.", e);
    }
  }

  /** A sentence for a topic that is not there. */
  public static String missing(String topic) {
    return "There is no topic %s: sounding topics create makes it.".formatted(topic);
  }

  private static void give(
      KafkaClients kafka, List<TopicFinding> findings, Consumer<String> warnings) {
    for (TopicFinding finding : findings) {
      String command = finding.command(kafka.bootstrapServers());
      warnings.accept(finding.sentence() + (command.isEmpty() ? "" : " This mends it: " + command));
    }
  }
}
