package io.sounding.tests.images;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What {@code docker/Dockerfile} says of its stages: entry points and variables. */
final class Dockerfile {

  private static final Pattern FROM = Pattern.compile("FROM (\\S+) AS (\\S+)");
  private static final Pattern ENTRYPOINT = Pattern.compile("ENTRYPOINT \\[(.*)]");
  private static final Pattern ARGUMENT = Pattern.compile("\"([^\"]*)\"");
  private static final Pattern VARIABLE = Pattern.compile("(\\w+)=(?:\"([^\"]*)\"|(\\S+))");

  private final Map<String, String> bases = new TreeMap<>();
  private final Map<String, List<String>> lines = new TreeMap<>();

  private Dockerfile() {}

  static Dockerfile read(Path file) {
    Dockerfile dockerfile = new Dockerfile();
    String stage = "";
    try {
      for (String line : Files.readAllLines(file)) {
        Matcher from = FROM.matcher(line);
        if (from.matches()) {
          stage = from.group(2);
          dockerfile.bases.put(stage, from.group(1).replace("${ENGINES}", "cpu"));
        }
        dockerfile.lines.computeIfAbsent(stage, key -> new ArrayList<>()).add(line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return dockerfile;
  }

  /** The entry point of a stage, or that of the Flink image which it is built on. */
  List<String> entryPoint(String stage) {
    return linesOf(stage)
        .map(ENTRYPOINT::matcher)
        .filter(Matcher::matches)
        .reduce((before, last) -> last)
        .map(found -> ARGUMENT.matcher(found.group(1)).results().map(a -> a.group(1)).toList())
        .orElse(List.of("/docker-entrypoint.sh"));
  }

  /** The variables of a stage. */
  Map<String, String> environment(String stage) {
    Map<String, String> environment = new TreeMap<>();
    linesOf(stage)
        .filter(line -> line.startsWith("ENV "))
        .flatMap(line -> VARIABLE.matcher(line).results())
        .forEach(
            variable ->
                environment.put(
                    variable.group(1),
                    variable.group(2) == null ? variable.group(3) : variable.group(2)));
    return environment;
  }

  /** Who runs what a stage starts; empty: whoever runs its base. */
  String user(String stage) {
    return linesOf(stage)
        .filter(line -> line.startsWith("USER "))
        .reduce("", (before, line) -> line.substring("USER ".length()));
  }

  /** The lines of a stage after those of the stages it is built on. */
  private Stream<String> linesOf(String stage) {
    if (!bases.containsKey(stage)) {
      return Stream.of();
    }
    return Stream.concat(linesOf(bases.get(stage)), lines.get(stage).stream());
  }
}
