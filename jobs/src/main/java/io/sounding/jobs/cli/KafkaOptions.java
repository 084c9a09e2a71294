package io.sounding.jobs.cli;

import io.sounding.jobs.WireFormatOptions;
import io.sounding.jobs.configuration.Configured;
import io.sounding.jobs.kafka.ClientProperties;
import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.Topics;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Which Kafka: the options of every command that talks to one. */
@Configured(section = Configured.TOP)
final class KafkaOptions {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--bootstrap",
      required = true,
      paramLabel = "HOST:PORT",
      description = "Kafka, comma-separated.")
  private String bootstrapServers;

  @Option(
      names = "--topics",
      defaultValue = "sounding",
      paramLabel = "PREFIX",
      description = "Prefix of the topics' names (default: ${DEFAULT-VALUE}).")
  private String topicPrefix;

  @Option(
      names = "--kafka-properties",
      paramLabel = "FILE",
      description = "A properties file for Kafka's clients: TLS, SASL and others.")
  private Path kafkaProperties;

  @Mixin private WireFormatOptions wireFormat;

  /** The file that was given; null: none. */
  Path propertiesFile() {
    return kafkaProperties;
  }

  /** The clients for that Kafka; nothing is connected yet. */
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
