package io.sounding.operators;

import org.apache.flink.runtime.throwable.ThrowableAnnotation;
import org.apache.flink.runtime.throwable.ThrowableType;

/**
 * The job cannot go on from the state it was given, however often it is tried: Flink has it fail
 * instead of restarting it. The message is a sentence for people.
 */
@ThrowableAnnotation(ThrowableType.NonRecoverableError)
public final class UnusableStateException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  public UnusableStateException(String sentence) {
    super(sentence);
  }
}
