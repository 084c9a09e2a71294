package io.sounding.jobs.cli;

import java.util.ArrayList;
import java.util.List;

/** The value of {@code --layers}. */
final class LayerList {

  private LayerList() {}

  /**
   * The layers in {@code text}; null: all.
   *
   * @throws IllegalArgumentException with a sentence
   */
  static List<Integer> parse(String text) {
    if (text.equals("all")) {
      return null;
    }
    try {
      List<Integer> parsed = new ArrayList<>();
      for (String part : text.split(",", -1)) {
        parsed.add(Integer.valueOf(part.strip()));
      }
      if (parsed.stream().distinct().count() == parsed.size()) {
        return parsed;
      }
    } catch (NumberFormatException e) {
      // told below, with the other case
    }
    throw new IllegalArgumentException(
        "--layers is '%s'; say all, or numbers such as 0,4 or -1, each once.".formatted(text));
  }
}
