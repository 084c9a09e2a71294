package io.sounding.schemas;

/** Bytes that are not a record one can use; the message is a sentence for the dead letter. */
public final class DecodingException extends Exception {

  private static final long serialVersionUID = 1L;

  private final RejectReason reason;

  /** Why, as a code and as a sentence. */
  public DecodingException(RejectReason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** Why, as a code. */
  public RejectReason reason() {
    return reason;
  }
}
