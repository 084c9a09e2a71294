package io.sounding.jobs.configuration;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.commons.text.similarity.LevenshteinDistance;

/**
 * Configuration from environment variables. Many programs write to the environment, so what is
 * unknown there is told where it looks like a slip, and otherwise left alone. What Kubernetes sets
 * for a service named like a section ({@code SOUNDING_DASHBOARD_PORT=tcp://10.0.0.7:8085}) is meant
 * for others.
 */
final class ConfigurationVariables {

  private static final Set<String> NO_OPTIONS =
      Set.of(ConfigOption.VARIABLE, "SOUNDING_JAVA_OPTIONS", "SOUNDING_LOG_FORMAT");

  private static final Pattern SERVICE_LINK = Pattern.compile("(tcp|udp|sctp)://.*");
  private static final Pattern LIST = Pattern.compile("\\[(.*)]", Pattern.DOTALL);
  private static final int SLIP = 2;

  private ConfigurationVariables() {}

  /** Whether any of them may configure something. */
  static boolean areIn(Map<String, String> environment) {
    return environment.keySet().stream()
        .anyMatch(
            name -> name.startsWith(KnownOption.VARIABLE_PREFIX) && !NO_OPTIONS.contains(name));
  }

  /** What they configure; an empty one configures nothing. */
  static Map<String, Setting> read(Map<String, String> environment, OptionCatalogue known) {
    Map<String, Setting> settings = new TreeMap<>();
    for (KnownOption option : known.configured()) {
      String value = environment.getOrDefault(option.variable(), "");
      if (!value.isBlank() && !SERVICE_LINK.matcher(value).matches()) {
        settings.put(
            option.key(),
            new Setting(
                option.isList() ? elements(option, value) : List.of(value),
                "the environment variable " + option.variable()));
      }
    }
    return settings;
  }

  /** {@code [a, b]} are two, anything else is one. */
  private static List<String> elements(KnownOption option, String value) {
    var list = LIST.matcher(value.strip());
    if (!list.matches()) {
      return List.of(value);
    } else if (list.group(1).isBlank()) {
      throw new ConfigurationException(
          "The environment variable %s: %s takes one value or a list of some."
              .formatted(option.variable(), option.key()));
    }
    return List.of(list.group(1).strip().split("\\s*,\\s*"));
  }

  /** Sentences about variables that are probably misspelt. */
  static List<String> slips(Map<String, String> environment, OptionCatalogue known) {
    List<String> names = new ArrayList<>(NO_OPTIONS);
    known.configured().forEach(option -> names.add(option.variable()));
    LevenshteinDistance distance = new LevenshteinDistance(SLIP);
    return environment.keySet().stream()
        .filter(name -> name.startsWith(KnownOption.VARIABLE_PREFIX) && !names.contains(name))
        .sorted()
        .flatMap(
            name ->
                names.stream()
                    .filter(candidate -> distance.apply(name, candidate) >= 0)
                    .limit(1)
                    .map(
                        candidate ->
                            "The environment variable %s means nothing here. Is %s meant?"
                                .formatted(name, candidate)))
        .toList();
  }
}
