package io.sounding.tests;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Threads that keep the process alive, compared with those that lived before. */
final class LiveThreads {

  private final Set<Long> before;

  private LiveThreads(Set<Long> before) {
    this.before = before;
  }

  /** Remembers the threads that live now. */
  static LiveThreads now() {
    return new LiveThreads(
        Thread.getAllStackTraces().keySet().stream()
            .map(Thread::getId)
            .collect(Collectors.toSet()));
  }

  /** The names of the non-daemon threads that were started since and still live. */
  List<String> startedSince() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.isAlive() && !thread.isDaemon())
        .filter(thread -> !before.contains(thread.getId()))
        .map(Thread::getName)
        .sorted()
        .toList();
  }
}
