package io.sounding.jobs.configuration;

import java.util.List;

/**
 * What is configured for one key.
 *
 * @param values one value, or those of a list
 * @param source where it stands: file and line, or the environment
 */
public record Setting(List<String> values, String source) {

  /** Lists reach picocli as one text; nobody types a line break on a command line. */
  public static final String SEPARATOR = "\n";

  public Setting {
    values = List.copyOf(values);
  }

  String text() {
    return String.join(SEPARATOR, values);
  }

  /** The value as a person would write it. */
  public String shown() {
    return values.size() == 1 ? values.get(0) : values.toString();
  }
}
