package io.sounding.jobs.configuration;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.text.similarity.LevenshteinDistance;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** All options of all commands, as picocli knows them. */
public final class OptionCatalogue {

  private final Map<String, KnownOption> configured = new TreeMap<>();
  private final List<KnownOption> others = new ArrayList<>();

  private OptionCatalogue() {}

  /** The options of these commands and of their subcommands. */
  public static OptionCatalogue of(Collection<CommandLine> commands) {
    OptionCatalogue catalogue = new OptionCatalogue();
    commands.forEach(command -> catalogue.add(command.getCommandSpec()));
    return catalogue;
  }

  private void add(CommandSpec command) {
    for (OptionSpec option : command.options()) {
      if (!option.inherited() && !option.usageHelp() && !option.versionHelp()) {
        add(command, option);
      }
    }
    command.subcommands().values().stream().distinct().forEach(sub -> add(sub.getCommandSpec()));
  }

  private void add(CommandSpec command, OptionSpec option) {
    String key = keyOf(option);
    List<String> commands = List.of(command.qualifiedName().replaceFirst("^sounding ", ""));
    if (key == null) {
      others.add(new KnownOption(null, option, commands));
      return;
    }
    configured.merge(
        key,
        new KnownOption(key, option, commands),
        (known, added) -> {
          List<String> both = new ArrayList<>(known.commands());
          both.addAll(added.commands());
          return new KnownOption(key, known.option(), both);
        });
  }

  /** What the option is called in the configuration file; null: it cannot stand there. */
  static String keyOf(ArgSpec argument) {
    if (!(argument instanceof OptionSpec option) || !(option.userObject() instanceof Field field)) {
      return null;
    }
    Configured annotation = field.getAnnotation(Configured.class);
    if (annotation == null) {
      annotation = field.getDeclaringClass().getAnnotation(Configured.class);
    }
    if (annotation == null) {
      return null;
    }
    String name = option.longestName().replaceFirst("^-+", "");
    return switch (annotation.section()) {
      case Configured.TOP -> name;
      case Configured.OF_THE_COMMAND -> option.command().name() + "." + name;
      default -> annotation.section() + "." + name;
    };
  }

  /** Those that may stand in the configuration file, in the order of their keys. */
  public Collection<KnownOption> configured() {
    return configured.values();
  }

  /** Those that are given on the command line alone. */
  public List<KnownOption> others() {
    return List.copyOf(others);
  }

  /** The option of this key; null: there is none. */
  KnownOption get(String key) {
    return configured.get(key);
  }

  boolean isSection(String name) {
    return configured.keySet().stream().anyMatch(key -> key.startsWith(name + "."));
  }

  /** The key that looks most like an unknown one. */
  String nearest(String unknown) {
    return configured.keySet().stream()
        .min(
            Comparator.<String, Boolean>comparing(key -> !key.endsWith("." + unknown))
                .thenComparing(key -> LevenshteinDistance.getDefaultInstance().apply(unknown, key)))
        .orElseThrow();
  }
}
