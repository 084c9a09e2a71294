package io.sounding.jobs.cli;

import static io.sounding.jobs.cli.Arguments.unusable;

import io.sounding.jobs.WireFormatOptions;
import io.sounding.jobs.configuration.Configured;
import io.sounding.jobs.kafka.ClientProperties;
import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.Topics;
import io.sounding.jobs.watch.FileEvents;
import io.sounding.jobs.watch.KafkaEvents;
import io.sounding.jobs.watch.RecordedEvents;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Where metric events are read from: Kafka, or files that were written before. */
final class InputOptions {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Configured(section = Configured.TOP)
  @Option(
      names = "--bootstrap",
      paramLabel = "HOST:PORT",
      description = "Read from Kafka, comma-separated.")
  private String bootstrapServers;

  @Option(
      names = "--from",
      arity = "1..*",
      paramLabel = "FILE.jsonl",
      description = "Read from files of evaluate --out or export --format jsonl instead.")
  private List<Path> files = List.of();

  @Configured(section = Configured.TOP)
  @Option(
      names = "--topics",
      defaultValue = "sounding",
      paramLabel = "PREFIX",
      description = "Prefix of the topics' names (default: ${DEFAULT-VALUE}).")
  private String topicPrefix;

  @Configured(section = Configured.TOP)
  @Option(
      names = "--kafka-properties",
      paramLabel = "FILE",
      description = "A properties file for Kafka's clients: TLS, SASL and others.")
  private Path kafkaProperties;

  @Mixin private WireFormatOptions wireFormat;

  /** Whether Kafka is read, not files. */
  boolean isKafka() {
    boolean isNamed = bootstrapServers != null && (files.isEmpty() || !isConfigured());
    if (isNamed != files.isEmpty()) {
      throw unusable(
          command,
          "Say where metric events are: --bootstrap HOST:PORT for Kafka, or --from FILE.jsonl for a file of evaluate --out or export --format jsonl.");
    }
    return isNamed;
  }

  /** Whether nobody named that Kafka just now: files that are named are meant then. */
  private boolean isConfigured() {
    return !command.commandLine().getParseResult().hasMatchedOption("--bootstrap");
  }

  /**
   * What has been recorded there; Kafka is asked for its topics, files are looked for.
   *
   * @param progress tells how many were read
   */
  RecordedEvents events(ProgressLine progress) {
    return new EventsWithProgress(events(), progress);
  }

  private RecordedEvents events() {
    if (isKafka()) {
      return new KafkaEvents(clients());
    }
    for (Path file : files) {
      if (!Files.isReadable(file) || Files.isDirectory(file)) {
        throw unusable(
            command,
            "--from %s cannot be read; name a file of evaluate --out or export --format jsonl."
                .formatted(file));
      }
    }
    return new FileEvents(files);
  }

  /** The clients of the Kafka that is read; nothing is connected yet. */
  KafkaClients clients() {
    try {
      return new KafkaClients(
          bootstrapServers,
          Topics.withPrefix(topicPrefix),
          ClientProperties.read(kafkaProperties),
          wireFormat.format());
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(command.commandLine(), e.getMessage(), e);
    }
  }
}
