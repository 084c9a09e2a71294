package io.sounding.jobs.dashboard;

import io.sounding.schemas.AlarmEvent;
import io.sounding.schemas.AlarmState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * Alarms as they were raised and cleared, as many as a limit allows: beyond it the oldest that is
 * not open goes, then the oldest. One that comes again before it was cleared was corrected, and
 * takes the place of the former. Thread-safe.
 */
final class AlarmLog {

  /**
   * An alarm.
   *
   * @param event what was told
   * @param open raised, and not cleared later
   */
  record Alarm(AlarmEvent event, boolean open) {}

  private static final class Entry { // equal to itself alone: an alarm may come again as it was

    private final String key;
    private final AlarmEvent event;

    private Entry(String key, AlarmEvent event) {
      this.key = key;
      this.event = event;
    }
  }

  private final int limit;
  private final LinkedHashSet<Entry> entries = new LinkedHashSet<>();
  private final Map<String, Entry> latest = new HashMap<>();

  AlarmLog(int limit) {
    this.limit = limit;
  }

  /**
   * Takes note of an alarm.
   *
   * @param key that of its record
   */
  synchronized void add(String key, AlarmEvent event) {
    Entry entry = new Entry(key, event);
    Entry before = latest.put(key, entry);
    if (isRaised(before) && isRaised(entry)) {
      entries.remove(before);
    }
    entries.add(entry);
    if (entries.size() > limit) {
      Entry oldest = oldest();
      entries.remove(oldest);
      latest.remove(oldest.key, oldest);
    }
  }

  /** Forgets the alarms of a key, which was deleted from the topic. */
  synchronized void remove(String key) {
    entries.removeIf(entry -> entry.key.equals(key));
    latest.remove(key);
  }

  /** Forgets all. */
  synchronized void clear() {
    entries.clear();
    latest.clear();
  }

  private Entry oldest() {
    for (Entry entry : entries) {
      if (!isOpen(entry)) {
        return entry;
      }
    }
    return entries.iterator().next();
  }

  private boolean isOpen(Entry entry) {
    return isRaised(entry) && latest.get(entry.key) == entry;
  }

  private static boolean isRaised(Entry entry) {
    return entry != null && entry.event.getState() == AlarmState.RAISED;
  }

  /** All, in the order in which they came. */
  synchronized List<Alarm> all() {
    List<Alarm> all = new ArrayList<>(entries.size());
    entries.forEach(entry -> all.add(new Alarm(entry.event, isOpen(entry))));
    return all;
  }

  /** How many are open, by run. */
  synchronized Map<String, Integer> openByRun() {
    Map<String, Integer> open = new HashMap<>();
    for (Entry entry : latest.values()) {
      if (isOpen(entry)) {
        open.merge(entry.event.getRunId(), 1, Integer::sum);
      }
    }
    return open;
  }
}
