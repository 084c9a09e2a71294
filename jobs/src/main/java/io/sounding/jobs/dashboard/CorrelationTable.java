package io.sounding.jobs.dashboard;

import io.sounding.schemas.CorrelationEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The latest correlation of each key, as many as a limit allows: beyond it the one that was written
 * longest ago goes. Thread-safe.
 */
final class CorrelationTable {

  private final int limit;
  private final Map<String, CorrelationEvent> byKey = new LinkedHashMap<>();

  CorrelationTable(int limit) {
    this.limit = limit;
  }

  /**
   * Takes note of a correlation.
   *
   * @param key that of its record
   */
  synchronized void put(String key, CorrelationEvent event) {
    byKey.remove(key);
    byKey.put(key, event);
    if (byKey.size() > limit) {
      byKey.remove(byKey.keySet().iterator().next());
    }
  }

  /** Forgets that of a key, which was deleted from the topic. */
  synchronized void remove(String key) {
    byKey.remove(key);
  }

  /** Forgets all. */
  synchronized void clear() {
    byKey.clear();
  }

  /** All, in the order in which they were written. */
  synchronized List<CorrelationEvent> all() {
    return new ArrayList<>(byKey.values());
  }

  /** The downstream tasks. */
  synchronized SortedSet<String> tasks() {
    SortedSet<String> tasks = new TreeSet<>();
    byKey.values().forEach(event -> tasks.add(event.getTask()));
    return tasks;
  }
}
