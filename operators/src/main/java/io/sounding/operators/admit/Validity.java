package io.sounding.operators.admit;

import io.sounding.schemas.DecodingException;
import io.sounding.schemas.RejectReason;

/** Refuses records that decode but cannot mean anything. */
final class Validity {

  private Validity() {}

  /** Refuses an id that is blank, longer than 200 characters, or holds control characters. */
  static void checkId(String field, String id) throws DecodingException {
    check(!id.isBlank(), RejectReason.BAD_ID, "The field %s is blank. Give it a name.", field);
    check(
        id.length() <= 200 && id.chars().noneMatch(Character::isISOControl),
        RejectReason.BAD_ID,
        "The field %s has %d characters or control characters among them; at most 200 printable ones are allowed.",
        field,
        id.length());
  }

  /** Whether a text is a SHA-256 in hexadecimal, as events write it. */
  static boolean isSha256(String text) {
    return text.matches("[0-9a-f]{64}");
  }

  /** Refuses {@code valid == false} with this reason and sentence. */
  static void check(boolean valid, RejectReason reason, String sentence, Object... arguments)
      throws DecodingException {
    if (!valid) {
      throw new DecodingException(reason, sentence.formatted(arguments));
    }
  }
}
