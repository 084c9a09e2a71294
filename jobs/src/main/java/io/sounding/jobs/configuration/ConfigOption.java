package io.sounding.jobs.configuration;

import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/** Which configuration file is read: the option that every command has. */
@Command
public final class ConfigOption {

  /** Names the file where no option does. */
  public static final String VARIABLE = "SOUNDING_CONFIG";

  @Option(
      names = "--config",
      scope = ScopeType.INHERIT,
      paramLabel = "FILE",
      description =
          "Options from a YAML file, see sounding config --explain (default: the file that "
              + VARIABLE
              + " names, if any).")
  private Path file;

  /**
   * The file that the arguments or else the environment name; null: none. Options get their
   * defaults before they are parsed, so this one must be known earlier.
   */
  static Path fileIn(Map<String, String> environment, String... arguments) {
    ConfigOption option = new ConfigOption();
    try {
      new CommandLine(option).setUnmatchedArgumentsAllowed(true).parseArgs(arguments);
    } catch (ParameterException e) {
      return null; // the command itself refuses such arguments, with its own words
    }
    String named = environment.getOrDefault(VARIABLE, "");
    return option.file == null && !named.isBlank() ? Path.of(named) : option.file;
  }
}
