package io.sounding.jobs.dashboard;

import io.sounding.jobs.watch.MetricField;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** The parameters of a request, checked; what is told of wrong ones repeats nothing of them. */
final class Question {

  private static final int RUNS = 64;
  private static final int METRICS = 8;
  private static final int NAME_LENGTH = 200;
  private static final int LAYERS = 10_000;

  /**
   * Layers of a run.
   *
   * @param all whatever there is
   * @param last the last one of each run
   * @param indices these
   */
  record Layers(boolean all, boolean last, SortedSet<Integer> indices) {

    /** Those that are meant of those that a run has. */
    SortedSet<Integer> of(SortedSet<Integer> there) {
      if (all) {
        return there;
      }
      SortedSet<Integer> meant = new TreeSet<>(indices);
      meant.retainAll(there);
      if (last && !there.isEmpty()) {
        meant.add(there.last());
      }
      return meant;
    }
  }

  private final Map<String, List<String>> parameters;

  /**
   * Checks that there are no others.
   *
   * @param known the parameters that there may be
   */
  Question(Map<String, List<String>> parameters, Set<String> known) throws RefusedException {
    if (!known.containsAll(parameters.keySet())) {
      throw new RefusedException(
          known.isEmpty()
              ? "There are no parameters here: leave them out."
              : "A parameter is not known here; those that are: %s."
                  .formatted(String.join(", ", new TreeSet<>(known))));
    }
    this.parameters = parameters;
  }

  /** Names of runs, in the order asked for; empty: all. */
  Set<String> runs() throws RefusedException {
    Set<String> runs = new LinkedHashSet<>(all("run"));
    if (runs.size() > RUNS) {
      throw new RefusedException("At most %d runs are answered at once.".formatted(RUNS));
    }
    for (String run : runs) {
      checkLength("run", run);
    }
    return runs;
  }

  /** The same, but some must be named. */
  Set<String> namedRuns() throws RefusedException {
    Set<String> runs = runs();
    if (runs.isEmpty()) {
      throw missing("run");
    }
    return runs;
  }

  /** A name; null: it is not asked for. */
  String name(String parameter) throws RefusedException {
    List<String> given = all(parameter);
    if (given.isEmpty()) {
      return null;
    }
    if (given.size() > 1) {
      throw new RefusedException("Parameter %s is given more than once.".formatted(parameter));
    }
    checkLength(parameter, given.get(0));
    return given.get(0);
  }

  String requiredName(String parameter) throws RefusedException {
    String name = name(parameter);
    if (name == null) {
      throw missing(parameter);
    }
    return name;
  }

  /** One of a few values; null: it is not asked for. */
  <E extends Enum<E>> E choice(String parameter, List<E> choices) throws RefusedException {
    String name = name(parameter);
    if (name == null) {
      return null;
    }
    for (E choice : choices) {
      if (choice.name().equals(name)) {
        return choice;
      }
    }
    throw new RefusedException(
        "Parameter %s is none of %s."
            .formatted(parameter, String.join(", ", choices.stream().map(Enum::name).toList())));
  }

  /** A whole number. */
  int number(String parameter, int least, int most, int otherwise) throws RefusedException {
    String given = name(parameter);
    if (given == null) {
      return otherwise;
    }
    try {
      int number = Integer.parseInt(given);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new RefusedException(
        "Parameter %s must be a whole number from %d to %d.".formatted(parameter, least, most));
  }

  /** Indices in {@link MetricField#ALL}, in the order asked for. */
  List<Integer> metrics() throws RefusedException {
    Set<Integer> metrics = new LinkedHashSet<>();
    for (String name : all("metric")) {
      MetricField field = MetricField.named(name);
      if (field == null) {
        throw new RefusedException(
            "Parameter metric names none that there is; /api/overview lists them.");
      }
      metrics.add(MetricField.ALL.indexOf(field));
    }
    if (metrics.isEmpty()) {
      throw missing("metric");
    }
    if (metrics.size() > METRICS) {
      throw new RefusedException("At most %d metrics are answered at once.".formatted(METRICS));
    }
    return new ArrayList<>(metrics);
  }

  Layers layers() throws RefusedException {
    boolean all = false;
    boolean last = false;
    SortedSet<Integer> indices = new TreeSet<>();
    for (String given : all("layer")) {
      if (given.equals("all")) {
        all = true;
      } else if (given.equals("last")) {
        last = true;
      } else {
        indices.add(index(given));
      }
    }
    if (!all && !last && indices.isEmpty()) {
      throw missing("layer");
    }
    return new Layers(all, last, indices);
  }

  private static int index(String given) throws RefusedException {
    if (given.length() <= 4 && given.chars().allMatch(c -> c >= '0' && c <= '9')) {
      int index = given.isEmpty() ? LAYERS : Integer.parseInt(given);
      if (index < LAYERS) {
        return index;
      }
    }
    throw new RefusedException(
        "Parameter layer must be last, all, or a whole number from 0 to 9999.");
  }

  private List<String> all(String parameter) {
    return parameters.getOrDefault(parameter, List.of());
  }

  private static void checkLength(String parameter, String value) throws RefusedException {
    if (value.length() > NAME_LENGTH) {
      throw new RefusedException(
          "Parameter %s is longer than %d characters.".formatted(parameter, NAME_LENGTH));
    }
  }

  private static RefusedException missing(String parameter) {
    return new RefusedException("Parameter %s is missing.".formatted(parameter));
  }
}
