package io.sounding.jobs.dashboard;

import java.util.LinkedHashMap;
import java.util.Map;

/** Equal texts as one object: names come with every event. Not thread-safe. */
final class SharedTexts {

  private static final int LIMIT = 4_096;

  private final Map<String, String> texts =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
          return size() > LIMIT;
        }
      };

  /** The text as it came first, as long as it is remembered. */
  String shared(String text) {
    if (text == null) {
      return null;
    }
    String before = texts.putIfAbsent(text, text);
    return before == null ? text : before;
  }
}
