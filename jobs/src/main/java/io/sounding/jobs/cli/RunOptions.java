package io.sounding.jobs.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Which training runs are of interest; remembers which there were. */
final class RunOptions implements Predicate<String> {

  private static final int MOST_NAMED = 20;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--run",
      arity = "1..*",
      paramLabel = "NAME",
      description = "Only these training runs (default: all).")
  private List<String> runs = List.of();

  private final TreeSet<String> seen = new TreeSet<>();

  List<String> named() {
    return runs;
  }

  @Override
  public boolean test(String runId) {
    if (!seen.contains(runId)) {
      seen.add(runId);
    }
    return runs.isEmpty() || runs.contains(runId);
  }

  /** Once everything is read: refuses runs of which nothing was there. */
  void requireSeen() {
    requireSeen("metric event");
  }

  /** The same where something else was looked for. */
  void requireSeen(String something) {
    List<String> missing = new ArrayList<>(runs);
    missing.removeAll(seen);
    if (!missing.isEmpty()) {
      throw Arguments.unusable(
          command,
          "There is no %s of run %s; %s."
              .formatted(something, String.join(", ", missing), there(seen)));
    }
  }

  /** Which runs there are, in words. */
  static String there(Set<String> runs) {
    if (runs.isEmpty()) {
      return "there is none at all";
    }
    return "there are runs "
        + runs.stream()
            .limit(MOST_NAMED)
            .map(MetricRow::printable)
            .collect(Collectors.joining(", "))
        + (runs.size() > MOST_NAMED ? " and others" : "");
  }
}
