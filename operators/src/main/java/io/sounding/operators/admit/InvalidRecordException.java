package io.sounding.operators.admit;

import io.sounding.schemas.RejectReason;

/**
 * A record that decodes but cannot mean anything; the message is a sentence for the dead letter.
 */
final class InvalidRecordException extends Exception {

  private static final long serialVersionUID = 1L;

  private final RejectReason reason;

  InvalidRecordException(RejectReason reason, String message) {
    super(message);
    this.reason = reason;
  }

  RejectReason reason() {
    return reason;
  }

  /** Refuses an id that is blank, longer than 200 characters, or holds control characters. */
  static void checkId(String field, String id) throws InvalidRecordException {
    if (id.isBlank()) {
      throw new InvalidRecordException(
          RejectReason.BAD_ID, "The field " + field + " is blank. Give it a name.");
    }
    if (id.length() > 200 || id.chars().anyMatch(Character::isISOControl)) {
      throw new InvalidRecordException(
          RejectReason.BAD_ID,
          "The field %s has %d characters or control characters among them; at most 200 printable ones are allowed."
              .formatted(field, id.length()));
    }
  }

  /** Refuses {@code valid == false} with this reason and sentence. */
  static void check(boolean valid, RejectReason reason, String sentence, Object... arguments)
      throws InvalidRecordException {
    if (!valid) {
      throw new InvalidRecordException(reason, sentence.formatted(arguments));
    }
  }
}
