package io.sounding.jobs.configuration;

import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.OptionSpec;

/**
 * An option of one or more commands.
 *
 * @param key what it is called in the configuration file; null: it is given on the command line
 *     alone
 * @param option the option
 * @param commands the commands that have it
 */
public record KnownOption(String key, OptionSpec option, List<String> commands) {

  static final String VARIABLE_PREFIX = "SOUNDING_";

  public KnownOption {
    commands = List.copyOf(commands);
  }

  /** What it is called in the environment. */
  public String variable() {
    return VARIABLE_PREFIX + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  /** What it is called on the command line. */
  public String name() {
    return option.longestName();
  }

  boolean isList() {
    return option.isMultiValue();
  }
}
