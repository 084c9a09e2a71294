package io.sounding.operators.relate;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * When state that expires is written again, unchanged, so that it lives on: at the first record of
 * a key after a start, and then once a hundredth of the time has passed for which it is kept; so it
 * expires that much too early at most. Used by one thread.
 */
final class Renewals {

  private static final int PARTS = 100;

  /** Keys that are remembered; one that is not is renewed once more. */
  private static final int MOST_KEYS = 10_000;

  private final long intervalMillis;
  private final Map<String, Long> lastMillis =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > MOST_KEYS;
        }
      };

  /** Of state that is kept for so long. */
  Renewals(Duration history) {
    intervalMillis = history.toMillis() / PARTS;
  }

  /** Whether the key's state is to be written again now; it is, if this says so. */
  boolean isDue(String key, long nowMillis) {
    Long last = lastMillis.get(key);
    boolean due = last == null || nowMillis - last >= intervalMillis || nowMillis < last;
    if (due) {
      lastMillis.remove(key); // the newest comes last
      lastMillis.put(key, nowMillis);
    }
    return due;
  }
}
