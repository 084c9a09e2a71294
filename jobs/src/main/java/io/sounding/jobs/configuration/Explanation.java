package io.sounding.jobs.configuration;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** All options in words, as a list for people, as Markdown and as JSON. */
public final class Explanation {

  private static final String ON_THE_COMMAND_LINE = "On the command line alone";

  private static final String INTRODUCTION =
      """
      Every component reads one YAML file, named by `--config FILE` or `SOUNDING_CONFIG`. A command line wins over the
      environment, the environment over the file, the file over the defaults. Keys stand below their section (`job:`, then
      `shards: 16` indented) or are written out (`job.shards: 16`); a list is `[a, b]` in the file and in the environment. Keys
      that are unknown and values of another type are refused with file and line. Paths are relative to where the process runs.
      Switches are undone by `--switch=false`. An empty variable counts as not set, and so does one with the `tcp://...` of a
      Kubernetes service. Below each option stands what reads it.

      No value is a secret: `kafka-properties` and `dashboard.token-file` name files, and in the first
      `${file:/run/secrets/kafka.properties:password}` names another (`config.providers`, see `--help` of the job).
      """;

  private final OptionCatalogue catalogue;

  /** Explains these options. */
  public Explanation(OptionCatalogue catalogue) {
    this.catalogue = catalogue;
  }

  /** A paragraph per option. */
  public String text() {
    StringBuilder text = new StringBuilder();
    for (KnownOption known : catalogue.configured()) {
      text.append("%s  (%s)%n".formatted(known.key(), known.variable()))
          .append("    %s of %s%n".formatted(known.name(), String.join(", ", known.commands())))
          .append(paragraph(known));
    }
    text.append("%s:%n%n".formatted(ON_THE_COMMAND_LINE));
    for (KnownOption known : catalogue.others()) {
      text.append("%s of %s%n".formatted(known.name(), String.join(", ", known.commands())))
          .append(paragraph(known));
    }
    return text.toString();
  }

  private static String paragraph(KnownOption known) {
    OptionWords words = OptionWords.of(known.option());
    return "    %s%s; default: %s%n    %s%n%n"
        .formatted(
            words.type(),
            words.unit().isEmpty() ? "" : ", unit: " + words.unit(),
            words.defaultValue(),
            words.sentence());
  }

  /** A table per section. */
  public String markdown() {
    StringBuilder text = new StringBuilder("# Configuration\n\n" + INTRODUCTION);
    bySection().forEach((section, options) -> text.append(configuredTable(section, options)));
    text.append("\n## %s\n".formatted(ON_THE_COMMAND_LINE));
    text.append("\n| option | | type, unit | default |\n|---|---|---|---|\n");
    for (KnownOption known : catalogue.others()) {
      text.append("| `%s` | %s\n".formatted(known.name(), cells(known)));
    }
    return text.toString();
  }

  private Map<String, List<KnownOption>> bySection() {
    Map<String, List<KnownOption>> sections = new TreeMap<>();
    for (KnownOption known : catalogue.configured()) {
      int dot = known.key().lastIndexOf('.');
      String section = dot < 0 ? "" : known.key().substring(0, dot);
      sections.computeIfAbsent(section, name -> new ArrayList<>()).add(known);
    }
    return sections;
  }

  private static String configuredTable(String section, List<KnownOption> options) {
    StringBuilder table =
        new StringBuilder(
            section.isEmpty() ? "\n## Without a section\n" : "\n## `%s`\n".formatted(section));
    table.append("\n| key, variable | | type, unit | default |\n|---|---|---|---|\n");
    for (KnownOption known : options) {
      table.append("| `%s`<br>`%s` | %s\n".formatted(known.key(), known.variable(), cells(known)));
    }
    return table.toString();
  }

  private static String cells(KnownOption known) {
    OptionWords words = OptionWords.of(known.option());
    return "%s<br>*%s* | %s%s | %s |"
        .formatted(
            cell(words.sentence()),
            String.join(", ", known.commands()),
            words.type(),
            words.unit().isEmpty() ? "" : ", " + words.unit(),
            cell(words.defaultValue()));
  }

  private static String cell(String text) {
    return text.replace("|", "\\|");
  }

  /** An array with an object per option. */
  public String json() {
    ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    ArrayNode array = mapper.createArrayNode();
    addTo(array, catalogue.configured());
    addTo(array, catalogue.others());
    try {
      return mapper.writeValueAsString(array) + System.lineSeparator();
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void addTo(ArrayNode array, Collection<KnownOption> options) {
    for (KnownOption known : options) {
      OptionWords words = OptionWords.of(known.option());
      ObjectNode object = array.addObject();
      object.put("key", known.key());
      object.put("environment", known.key() == null ? null : known.variable());
      object.put("option", known.name());
      known.commands().forEach(object.putArray("commands")::add);
      object.put("type", words.type());
      object.put("unit", words.unit());
      object.put("default", words.defaultValue());
      object.put("description", words.sentence());
    }
  }
}
