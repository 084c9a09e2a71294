package io.sounding.jobs.cli;

import io.sounding.jobs.publish.EventIds;
import io.sounding.jobs.watch.ReplacedFile;
import io.sounding.operators.admit.CheckpointRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Refuses arguments of a command that cannot be used. */
final class Arguments {

  private Arguments() {}

  /** That the command cannot be run with its arguments. */
  static ParameterException unusable(CommandSpec command, String sentence) {
    return new ParameterException(command.commandLine(), sentence);
  }

  /** Refuses a number that is out of bounds. */
  static void checkRange(CommandSpec command, String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw unusable(
          command, "%s is %d; it must lie in %d to %d.".formatted(option, value, least, most));
    }
  }

  /** Refuses an option that is given as nothing; null: it is not given. */
  static void checkNotEmpty(CommandSpec command, String option, String value) {
    if (value != null && value.isEmpty()) {
      throw unusable(command, "%s is empty; is a variable unset?".formatted(option));
    }
  }

  /** Refuses a sample rate that no checkpoint may have. */
  static void checkSampleRate(CommandSpec command, int rateHz) {
    int least = CheckpointRequest.MIN_SAMPLE_RATE_HZ;
    checkRange(command, "--sample-rate", rateHz, least, CheckpointRequest.MAX_SAMPLE_RATE_HZ);
  }

  /** Refuses a file that cannot be written as a whole in its place, or where a link leads. */
  static void checkFile(CommandSpec command, String option, Path file) throws IOException {
    Path folder = ReplacedFile.place(file).toAbsolutePath().getParent();
    boolean replaceable =
        !Files.exists(file) || Files.isRegularFile(file) && Files.isWritable(file);
    if (!replaceable || !Files.isDirectory(folder) || !Files.isWritable(folder)) {
      throw unusable(
          command,
          "%s %s cannot be written; name a file in an existing folder that is writable."
              .formatted(option, file));
    }
  }

  /** Refuses what the job does not take as an id. */
  static void checkId(CommandSpec command, String option, String id) {
    String finding = EventIds.finding(id);
    if (finding != null) {
      throw unusable(command, "%s '%s' cannot be an id: it %s.".formatted(option, id, finding));
    }
  }
}
