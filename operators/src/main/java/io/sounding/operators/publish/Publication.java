package io.sounding.operators.publish;

import io.sounding.operators.admit.Rejection;

/**
 * A metric event that is to be published, unless its evaluation has failed before.
 *
 * @param evaluationId names the evaluation
 * @param event the event, encoded
 * @param failure the dead letter that goes with it; null unless the event is FAILED
 */
public record Publication(String evaluationId, OutgoingRecord event, Rejection failure) {}
