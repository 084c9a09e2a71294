package io.sounding.jobs.cli;

import io.sounding.jobs.SoundingJob;
import io.sounding.jobs.configuration.OptionCatalogue;
import java.util.List;
import picocli.CommandLine;

/** Everything that can be configured: the verbs, and the main class for a cluster. */
public final class Components {

  private Components() {}

  /** The options of all of them. */
  public static OptionCatalogue options() {
    return OptionCatalogue.of(List.of(verbs(), new CommandLine(new SoundingJob())));
  }

  /** The command line with all its verbs, and nothing configured. */
  public static CommandLine verbs() {
    return new CommandLine(new Sounding());
  }
}
