package io.sounding.jobs.publish;

/** What the job takes as an id of a run, checkpoint, corpus, utterance or task. */
public final class EventIds {

  private static final int MAX_CHARACTERS = 200;

  /** What Java puts for bytes of a file's name, or of an argument, that it cannot decode. */
  private static final char UNREAD = '\uFFFD';

  private EventIds() {}

  /** What is wrong with an id, to be read after it, without the full stop; null: nothing. */
  public static String finding(String id) {
    if (id.isBlank()) {
      return "is blank";
    } else if (id.length() > MAX_CHARACTERS) {
      return "has %d characters; at most %d are taken".formatted(id.length(), MAX_CHARACTERS);
    } else if (id.indexOf(UNREAD) >= 0) {
      return "holds a letter that could not be read in the locale's encoding, %s (LC_ALL=C.UTF-8 would make it UTF-8)"
          .formatted(System.getProperty("sun.jnu.encoding"));
    }
    return id.chars().anyMatch(Character::isISOControl) ? "holds control characters" : null;
  }
}
