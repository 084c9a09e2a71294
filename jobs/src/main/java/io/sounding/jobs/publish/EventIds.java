package io.sounding.jobs.publish;

/** What the job takes as an id of a run, checkpoint, corpus, utterance or task. */
public final class EventIds {

  private static final int MAX_CHARACTERS = 200;

  private EventIds() {}

  /** What is wrong with an id, to be read after it, without the full stop; null: nothing. */
  public static String finding(String id) {
    if (id.isBlank()) {
      return "is blank";
    } else if (id.length() > MAX_CHARACTERS) {
      return "has %d characters; at most %d are taken".formatted(id.length(), MAX_CHARACTERS);
    }
    return id.chars().anyMatch(Character::isISOControl) ? "holds control characters" : null;
  }
}
