package io.sounding.jobs.cli;

import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.TopicAdmin;
import io.sounding.jobs.kafka.TopicAdvice;
import io.sounding.jobs.kafka.TopicDesign;
import io.sounding.jobs.kafka.TopicFinding;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code sounding topics check}: whether the topics that are there will do. */
@Command(
    name = "check",
    description =
        "Says what is dangerous about the topics: what loses records or keeps them from being written, each with the command that mends it. Changes nothing.",
    footer = {
      "",
      "Example:",
      "  sounding topics check --bootstrap kafka:9092",
      "",
      "Exit status: 0 they will do, 1 one is missing or configured dangerously, 2 unusable arguments, 3 Kafka out of reach or refuses."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class TopicsCheckCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private KafkaOptions kafka;

  @Override
  public Integer call() {
    PrintWriter terminal = spec.commandLine().getOut();
    KafkaClients clients = kafka.clients();
    boolean well = true;
    try (TopicAdmin admin = new TopicAdmin(clients)) {
      for (TopicDesign design : TopicDesign.of(clients.topics(), Optional.empty(), 1)) {
        Optional<List<TopicFinding>> findings = admin.findings(design);
        if (findings.isEmpty()) {
          terminal.println(TopicAdvice.missing(design.name()));
        } else if (findings.get().isEmpty()) {
          terminal.printf("%s will do.%n", design.name());
        } else {
          FindingLines.of(findings.get(), clients, kafka.propertiesFile())
              .forEach(terminal::println);
        }
        terminal.flush();
        well &= findings.map(List::isEmpty).orElse(false);
      }
    }
    return well ? 0 : 1;
  }
}
