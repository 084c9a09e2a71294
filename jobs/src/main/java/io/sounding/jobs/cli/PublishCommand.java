package io.sounding.jobs.cli;

import static io.sounding.jobs.cli.Arguments.unusable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code sounding publish}: audio or a checkpoint, for a job that runs elsewhere. */
@Command(
    name = "publish",
    description = "Publishes a corpus of audio, or a checkpoint of a training run.",
    footer = {
      "",
      "Examples:",
      "  sounding publish audio recordings/ --corpus dev --bootstrap kafka:9092",
      "  sounding publish checkpoint step00400.onnx --run run1 --corpus dev \\",
      "    --bootstrap kafka:9092"
    },
    subcommands = {PublishAudioCommand.class, PublishCheckpointCommand.class},
    mixinStandardHelpOptions = true)
final class PublishCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw unusable(spec, "Say what to publish: audio or checkpoint.");
  }
}
