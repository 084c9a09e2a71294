package io.sounding.jobs.cli;

import io.sounding.jobs.publish.EventIds;
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

  /** Refuses what the job does not take as an id. */
  static void checkId(CommandSpec command, String option, String id) {
    String finding = EventIds.finding(id);
    if (finding != null) {
      throw unusable(command, "%s '%s' cannot be an id: it %s.".formatted(option, id, finding));
    }
  }
}
