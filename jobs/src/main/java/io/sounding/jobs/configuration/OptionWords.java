package io.sounding.jobs.configuration;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.OptionSpec;

/** An option in words: what it takes, in which unit, what holds without it, what it is for. */
record OptionWords(String type, String unit, String defaultValue, String sentence) {

  private static final Pattern DEFAULT_IN_WORDS =
      Pattern.compile("\\s*\\(default: ([^)]*)\\)(?=[.;])");

  /** What a number counts or measures, from the label that its value has in the help. */
  private static final Map<String, String> UNITS =
      Map.of(
          "HZ", "Hz",
          "STEP", "training step",
          "PORT", "TCP port",
          "SUBTASKS", "subtasks of a stage",
          "LAYER", "index of a layer",
          "X", "that of the task or loss",
          "SEED", "none");

  static OptionWords of(OptionSpec option) {
    String text = String.join(" ", option.description()).replace("%%", "%").replace("$$", "$");
    Matcher inWords = DEFAULT_IN_WORDS.matcher(text);
    String told = inWords.find() ? inWords.group(1) : "";
    return new OptionWords(
        typeOf(option),
        unitOf(option),
        defaultOf(option, told.contains("${") ? "" : told),
        inWords.replaceFirst("").strip());
  }

  private static String typeOf(OptionSpec option) {
    if (option.isMultiValue()) {
      Class<?> element = option.auxiliaryTypes()[0];
      return Map.class.isAssignableFrom(option.type())
          ? "list of KEY=VALUE"
          : "list of " + plural(element);
    }
    Class<?> type = option.type();
    if (isWhole(type)) {
      return "whole number";
    } else if (isNumber(type)) {
      return "number";
    } else if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    } else if (type.isEnum()) {
      return Arrays.stream(type.getEnumConstants())
          .map(value -> value.toString().toLowerCase(Locale.ROOT))
          .reduce((a, b) -> a + " or " + b)
          .orElseThrow();
    }
    return Map.of(Path.class, "path", Duration.class, "duration", Instant.class, "moment")
        .getOrDefault(type, "text");
  }

  private static String plural(Class<?> element) {
    return isWhole(element) ? "whole numbers" : element == Path.class ? "paths" : "texts";
  }

  private static boolean isWhole(Class<?> type) {
    return type == int.class
        || type == Integer.class
        || type == long.class
        || type == Long.class
        || type == short.class
        || type == Short.class;
  }

  /** Whether the values are numbers. */
  static boolean isNumber(OptionSpec option) {
    Class<?> type = option.isMultiValue() ? option.auxiliaryTypes()[0] : option.type();
    return isWhole(type) || isNumber(type);
  }

  private static boolean isNumber(Class<?> type) {
    return type == double.class || type == Double.class;
  }

  private static String unitOf(OptionSpec option) {
    if (isNumber(option)) {
      return UNITS.getOrDefault(option.paramLabel(), option.paramLabel().toLowerCase(Locale.ROOT));
    } else if (option.type() == Duration.class) {
      return "with the value: 500ms, 30s, 5m, 2h, PT10M";
    }
    return "";
  }

  private static String defaultOf(OptionSpec option, String inWords) {
    if (option.defaultValue() != null) {
      return option.defaultValue();
    } else if (!inWords.isEmpty() && option.type() != boolean.class) {
      return inWords;
    }
    Object initial = option.initialValue();
    if (initial == null || initial.equals("")) {
      return option.required() && option.group() == null ? "must be given" : "none";
    } else if (initial instanceof Collection<?> values) {
      return values.isEmpty() ? "none" : values.toString();
    } else if (initial instanceof Map<?, ?> values && values.isEmpty()) {
      return "none";
    }
    return initial.toString();
  }
}
