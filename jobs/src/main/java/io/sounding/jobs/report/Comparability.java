package io.sounding.jobs.report;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Whether numbers may be compared with each other: sentences where not. */
public final class Comparability {

  private static final String CLUSTERS = "Cluster metrics";
  private static final String RANKS = "RankMe and the other metrics of the spectrum";

  private Comparability() {}

  static List<String> notes(History history) {
    List<String> notes = new ArrayList<>();
    for (String corpus : ids(history)) {
      Set<Conditions> all = new LinkedHashSet<>();
      history.runs().stream()
          .filter(run -> run.corpusId().equals(corpus))
          .flatMap(run -> run.checkpoints().stream())
          .map(CheckpointResult::conditions)
          .filter(Objects::nonNull)
          .forEach(all::add);
      notes.addAll(notes(corpus, all));
    }
    return notes;
  }

  /** Of checkpoints on one corpus that were evaluated under these conditions. */
  public static List<String> notes(String corpus, Set<Conditions> all) {
    List<String> notes = new ArrayList<>();
    if (different(all, Conditions::corpusDigest).size() > 1) {
      notes.add(
          "Corpus %s is not the same audio in all checkpoints (its digests differ): differences between them are not of the models alone."
              .formatted(corpus));
    }
    note(notes, corpus, "numbers of clusters (k)", different(all, Conditions::k), CLUSTERS);
    note(
        notes,
        corpus,
        "numbers of sampled frames",
        different(all, Conditions::sampleFrames),
        CLUSTERS);
    note(notes, corpus, "seeds of the clustering", different(all, Conditions::seed), CLUSTERS);
    note(notes, corpus, "sketches of the spectrum", different(all, Conditions::sketch), RANKS);
    return notes;
  }

  private static void note(
      List<String> notes, String corpus, String what, Set<?> values, String metrics) {
    if (values.size() > 1) {
      notes.add(
          "On corpus %s, checkpoints were evaluated with different %s: %s. %s are comparable only where these are equal."
              .formatted(
                  corpus,
                  what,
                  values.stream().map(Object::toString).collect(Collectors.joining(", ")),
                  metrics));
    }
  }

  private static <T> Set<T> different(Set<Conditions> all, Function<Conditions, T> of) {
    return all.stream()
        .map(of)
        .filter(Objects::nonNull)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> ids(History history) {
    return history.runs().stream()
        .map(RunHistory::corpusId)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
