package io.sounding.jobs.cli;

import static io.sounding.jobs.cli.Arguments.checkRange;

import io.sounding.jobs.configuration.Configured;
import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.TopicAdmin;
import io.sounding.jobs.kafka.TopicDesign;
import io.sounding.jobs.kafka.TopicFinding;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sounding topics create}: makes the topics that are not there. */
@Command(
    name = "create",
    description =
        "Makes the topics that are not there yet. Those that are there are never changed: what is dangerous about them is told, with the command that mends it.",
    footer = {
      "",
      "Examples:",
      "  sounding topics create --bootstrap kafka:9092 --dry-run",
      "  sounding topics create --bootstrap kafka:9092 --replication-factor 3 \\",
      "    --audio-partitions 12",
      "",
      "Inputs keep every record, results the latest of each key, dead letters 30 days. Called again it makes what is missing.",
      "",
      "Exit status: 0 all are there and will do, 1 all are there and one is configured dangerously, 2 unusable arguments, 3 Kafka out of reach or refuses. With --dry-run as if they had been made."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class TopicsCreateCommand implements Callable<Integer> {

  private static final int BROKERS_DEFAULT = -1;
  private static final int MOST_PARTITIONS = 10_000;

  @Spec private CommandSpec spec;

  @Configured(section = "topic")
  @Option(
      names = "--audio-partitions",
      defaultValue = "-1",
      paramLabel = "PARTITIONS",
      description =
          "Of the topic of audio, the only bulky one; as many subtasks read it side by side. -1: the broker's default (default: ${DEFAULT-VALUE}).")
  private int audioPartitions;

  @Configured(section = "topic")
  @Option(
      names = "--partitions",
      defaultValue = "1",
      paramLabel = "PARTITIONS",
      description =
          "Of each of the other topics; they hold kilobytes per checkpoint (default: ${DEFAULT-VALUE}).")
  private int partitions;

  @Configured(section = "topic")
  @Option(
      names = "--replication-factor",
      defaultValue = "-1",
      paramLabel = "REPLICAS",
      description = "Of every topic. -1: the broker's default (default: ${DEFAULT-VALUE}).")
  private int replicationFactor;

  @Option(names = "--dry-run", description = "Ask Kafka whether it would, and make nothing.")
  private boolean dryRun;

  @Mixin private KafkaOptions kafka;

  @Override
  public Integer call() {
    Optional<Integer> ofAudio = given("--audio-partitions", audioPartitions, MOST_PARTITIONS);
    checkRange(spec, "--partitions", partitions, 1, MOST_PARTITIONS);
    Optional<Short> replicas =
        given("--replication-factor", replicationFactor, Short.MAX_VALUE).map(Integer::shortValue);
    PrintWriter terminal = spec.commandLine().getOut();
    KafkaClients clients = kafka.clients();
    boolean dangerous = false;
    try (TopicAdmin admin = new TopicAdmin(clients)) {
      for (TopicDesign design : TopicDesign.of(clients.topics(), ofAudio, partitions)) {
        Optional<String> made = admin.create(design, replicas, dryRun);
        if (made.isPresent()) {
          terminal.printf(
              "%s %s: %s, %s%n",
              design.name(), dryRun ? "would be made" : "is made", made.get(), design.settings());
        } else {
          List<TopicFinding> findings = admin.findings(design).orElse(List.of());
          terminal.printf("%s was there, and is left as it is.%n", design.name());
          FindingLines.of(findings, clients, kafka.propertiesFile()).forEach(terminal::println);
          dangerous |= !findings.isEmpty();
        }
        terminal.flush();
      }
    }
    return dangerous ? 1 : 0;
  }

  private Optional<Integer> given(String option, int value, int most) {
    if (value == BROKERS_DEFAULT) {
      return Optional.empty();
    }
    checkRange(spec, option, value, 1, most);
    return Optional.of(value);
  }
}
