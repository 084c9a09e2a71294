package io.sounding.jobs.configuration;

import io.sounding.jobs.publish.UnusableInputException;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * A configuration file: YAML of sections and keys, {@code job: {shards: 16}} or {@code job.shards:
 * 16}. Values are read as they are written: {@code off} is a text where a text is asked for.
 */
final class ConfigurationFile {

  private final OptionCatalogue known;
  private final Path file;
  private final Map<String, Setting> settings = new TreeMap<>();

  private ConfigurationFile(OptionCatalogue known, Path file) {
    this.known = known;
    this.file = file;
  }

  /**
   * Reads the file.
   *
   * @throws ConfigurationException with a sentence that names file and line, if it cannot be read
   *     or holds an unknown key
   */
  static Map<String, Setting> read(Path file, OptionCatalogue known) {
    ConfigurationFile configuration = new ConfigurationFile(known, file);
    try (Reader reader = Files.newBufferedReader(file)) {
      Node root = new Yaml(new LoaderOptions()).compose(reader);
      if (root != null) {
        configuration.section("", root);
      }
    } catch (MarkedYAMLException e) {
      throw new ConfigurationException(
          "%s, line %d is no YAML: %s."
              .formatted(file, e.getProblemMark().getLine() + 1, e.getProblem()),
          e);
    } catch (IOException e) {
      throw unreadable(file, UnusableInputException.reason(e), e);
    } catch (YAMLException e) {
      throw unreadable(file, e.toString(), e);
    }
    return configuration.settings;
  }

  private static ConfigurationException unreadable(Path file, String reason, Exception cause) {
    return new ConfigurationException(
        "The configuration %s cannot be read (%s). Name a YAML file in UTF-8 with --config or %s."
            .formatted(file, reason, ConfigOption.VARIABLE),
        cause);
  }

  private void section(String prefix, Node node) {
    if (!(node instanceof MappingNode mapping)) {
      throw refused(
          node,
          prefix.isEmpty()
              ? "the file is to hold keys with values, such as bootstrap: kafka:9092"
              : "%s is a section: it holds keys with values, such as %s"
                  .formatted(prefix, known.nearest(prefix + ".")));
    }
    for (NodeTuple entry : mapping.getValue()) {
      if (!(entry.getKeyNode() instanceof ScalarNode name)) {
        throw refused(entry.getKeyNode(), "a key is to be a plain text");
      }
      String key = prefix.isEmpty() ? name.getValue() : prefix + "." + name.getValue();
      if (known.get(key) != null) {
        setting(key, name, entry.getValueNode());
      } else if (known.isSection(key)) {
        section(key, entry.getValueNode());
      } else {
        throw refused(
            name,
            "there is no key %s; the nearest is %s. All are listed by sounding config --explain"
                .formatted(key, known.nearest(key)));
      }
    }
  }

  private void setting(String key, ScalarNode name, Node value) {
    Setting setting = new Setting(values(key, value), place(name));
    Setting earlier = settings.putIfAbsent(key, setting);
    if (earlier != null) {
      throw refused(name, "%s is set already in %s; take one out".formatted(key, earlier.source()));
    }
  }

  private List<String> values(String key, Node node) {
    if (node instanceof ScalarNode scalar) {
      return List.of(scalar(key, scalar));
    } else if (node instanceof SequenceNode sequence && known.get(key).isList()) {
      List<String> values = new ArrayList<>();
      for (Node element : sequence.getValue()) {
        if (!(element instanceof ScalarNode scalar)) {
          throw refused(element, "%s is a list of plain values".formatted(key));
        }
        values.add(scalar(key, scalar));
      }
      if (!values.isEmpty()) {
        return values;
      }
    }
    throw refused(
        node,
        known.get(key).isList()
            ? "%s takes one value or a list of some".formatted(key)
            : "%s takes one value".formatted(key));
  }

  private String scalar(String key, ScalarNode scalar) {
    if (scalar.getTag().equals(Tag.NULL)) {
      throw refused(scalar, "%s has no value; give it one or take it out".formatted(key));
    }
    return scalar.getValue();
  }

  private String place(Node node) {
    return "%s, line %d".formatted(file, node.getStartMark().getLine() + 1);
  }

  private ConfigurationException refused(Node node, String why) {
    return new ConfigurationException("%s: %s.".formatted(place(node), why));
  }
}
