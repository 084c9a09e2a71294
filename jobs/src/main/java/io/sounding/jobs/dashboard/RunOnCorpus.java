package io.sounding.jobs.dashboard;

import java.util.Comparator;

/**
 * A run on a corpus.
 *
 * @param run its name
 * @param corpus the corpus' name
 */
record RunOnCorpus(String run, String corpus) implements Comparable<RunOnCorpus> {

  private static final Comparator<RunOnCorpus> ORDER =
      Comparator.comparing(RunOnCorpus::run).thenComparing(RunOnCorpus::corpus);

  @Override
  public int compareTo(RunOnCorpus other) {
    return ORDER.compare(this, other);
  }
}
