package io.sounding.tests.speed.throughput;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * What was measured, in a file that outlives the process: the report is made of whatever parts have
 * been run. Names are paths such as {@code whole/base/ratio}; of each there is a value for every
 * repetition.
 */
final class Results {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** The file's content. */
  record Content(TreeMap<String, List<Double>> values, TreeMap<String, String> words) {}

  private final Path file;
  private final Content content;

  Results(Path work) {
    file = work.resolve("results.json");
    try {
      content =
          Files.exists(file)
              ? JSON.readValue(file.toFile(), Content.class)
              : new Content(new TreeMap<>(), new TreeMap<>());
    } catch (IOException e) {
      throw new UncheckedIOException("The results in " + file + " cannot be read; move it.", e);
    }
  }

  /** Removes everything whose name begins so: it is about to be measured again. */
  void forget(String prefix) {
    content.values.keySet().removeIf(name -> name.startsWith(prefix));
    content.words.keySet().removeIf(name -> name.startsWith(prefix));
    save();
  }

  void add(String name, double value) {
    content.values.computeIfAbsent(name, any -> new ArrayList<>()).add(value);
    save();
  }

  void say(String name, String words) {
    content.words.put(name, words);
    save();
  }

  boolean has(String name) {
    return content.values.containsKey(name) || content.words.containsKey(name);
  }

  List<Double> values(String name) {
    return content.values.getOrDefault(name, List.of());
  }

  /** NaN in all places where there is nothing. */
  Spread spread(String name) {
    return Spread.of(values(name));
  }

  String words(String name) {
    return content.words.getOrDefault(name, "-");
  }

  /** The names between {@code prefix} and the next slash. */
  List<String> below(String prefix) {
    TreeMap<String, Object> all = new TreeMap<>(content.words);
    all.putAll(content.values);
    return all.keySet().stream()
        .filter(name -> name.startsWith(prefix))
        .map(name -> name.substring(prefix.length()).split("/", -1)[0])
        .distinct()
        .toList();
  }

  private void save() {
    try {
      Path whole = file.resolveSibling("results.json.new");
      JSON.writerWithDefaultPrettyPrinter().writeValue(whole.toFile(), content);
      Files.move(whole, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("The results cannot be written to " + file + ".", e);
    }
  }
}
