package io.sounding.jobs.cli;

import static io.sounding.jobs.cli.Arguments.unusable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code sounding topics}: the topics of a Kafka of one's own. */
@Command(
    name = "topics",
    description = "Makes the topics on a Kafka of your own, or looks whether those there will do.",
    footer = {
      "",
      "Examples:",
      "  sounding topics create --bootstrap kafka:9092 --dry-run",
      "  sounding topics check --bootstrap kafka:9092"
    },
    subcommands = {TopicsCreateCommand.class, TopicsCheckCommand.class},
    mixinStandardHelpOptions = true)
final class TopicsCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw unusable(spec, "Say what to do with the topics: create or check.");
  }
}
