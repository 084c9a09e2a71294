package io.sounding.jobs.configuration;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * What holds for options that are not on the command line: the environment before the file, the
 * file before the defaults. Every component reads the same file, so keys and types of all of them
 * are checked by each.
 */
public final class Configuration implements IDefaultValueProvider {

  private final Map<String, Setting> settings;
  private final List<String> warnings;

  /** Nothing is configured: defaults hold. */
  public static final Configuration NONE = new Configuration(Map.of(), List.of());

  private Configuration(Map<String, Setting> settings, List<String> warnings) {
    this.settings = settings;
    this.warnings = warnings;
  }

  /**
   * Reads the file that arguments or environment name, and the environment.
   *
   * @param known all options of all components; asked for only if anything is configured
   * @throws ConfigurationException with a sentence that says where and why, if it cannot be used
   */
  public static Configuration of(
      Supplier<OptionCatalogue> known, Map<String, String> environment, String... arguments) {
    Path file = ConfigOption.fileIn(environment, arguments);
    if (file == null && !ConfigurationVariables.areIn(environment)) {
      return NONE;
    }
    OptionCatalogue catalogue = known.get();
    Map<String, Setting> settings = new TreeMap<>();
    if (file != null) {
      settings.putAll(ConfigurationFile.read(file, catalogue));
    }
    settings.putAll(ConfigurationVariables.read(environment, catalogue));
    settings.forEach((key, setting) -> check(catalogue.get(key), setting));
    return new Configuration(settings, ConfigurationVariables.slips(environment, catalogue));
  }

  /** Picocli itself says whether an option can have this value. */
  private static void check(KnownOption known, Setting setting) {
    OptionSpec option = OptionSpec.builder(known.option()).required(false).build();
    try {
      new CommandLine(CommandSpec.create().addOption(option))
          .parseArgs(known.name() + "=" + setting.text());
    } catch (ParameterException e) {
      OptionWords words = OptionWords.of(known.option());
      throw new ConfigurationException(
          "%s: %s is '%s', but it takes %s%s. What it is: %s"
              .formatted(
                  setting.source(),
                  known.key(),
                  setting.shown(),
                  words.type().contains(" or ") ? words.type() : "a " + words.type(),
                  words.unit().isEmpty() ? "" : " (unit: %s)".formatted(words.unit()),
                  words.sentence()),
          e);
    }
  }

  @Override
  public String defaultValue(ArgSpec argument) {
    String key = OptionCatalogue.keyOf(argument);
    Setting setting = key == null ? null : settings.get(key);
    return setting == null ? null : setting.text().replace("${", "$${"); // it is no template
  }

  /**
   * The command, for which this holds from now on. Where it refuses a configured value later than
   * its type, it tells where that comes from.
   */
  public CommandLine appliedTo(CommandLine command) {
    var refusal = command.getParameterExceptionHandler();
    return command
        .setDefaultValueProvider(this)
        .setParameterExceptionHandler(
            (failure, arguments) -> {
              sources(failure.getCommandLine(), failure.getMessage())
                  .forEach(failure.getCommandLine().getErr()::println);
              return refusal.handleParseException(failure, arguments);
            });
  }

  /** What is configured, by key. */
  public Map<String, Setting> settings() {
    return Map.copyOf(settings);
  }

  /** Sentences about what was probably meant otherwise. */
  public List<String> warnings() {
    return warnings;
  }

  private static boolean names(String sentence, OptionSpec option) {
    String name = option.longestName().substring("--".length());
    return Pattern.compile("(?<![\\w-])(--)?" + name + "(?![\\w-])").matcher(sentence).find();
  }

  /**
   * Where the options come from that a sentence about a command's failure names, each as a line;
   * those that are on the command line need no such line.
   */
  private List<String> sources(CommandLine command, String sentence) {
    List<String> lines = new ArrayList<>();
    var parsed = command.getParseResult();
    for (OptionSpec option : command.getCommandSpec().options()) {
      String key = OptionCatalogue.keyOf(option);
      Setting setting = key == null ? null : settings.get(key);
      if (setting != null
          && (parsed == null || !parsed.hasMatchedOption(option))
          && names(sentence, option)) {
        lines.add("%s comes from %s (%s).".formatted(option.longestName(), setting.source(), key));
      }
    }
    return lines;
  }
}
