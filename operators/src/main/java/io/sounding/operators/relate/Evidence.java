package io.sounding.operators.relate;

import io.sounding.operators.admit.Score;

/**
 * What the correlations of one layer on one corpus are made of: either a measurement or a score.
 *
 * @param corpusId the corpus
 * @param layer the layer; {@link Measurement#NO_LAYER} for loss and step
 * @param measurement numbers of that layer; null in the other case
 * @param score a score of a run that was measured there; null in the other case
 */
public record Evidence(String corpusId, int layer, Measurement measurement, Score score) {

  static Evidence of(Measurement measurement) {
    return new Evidence(measurement.corpusId(), measurement.layer(), measurement, null);
  }

  /** Corpus and layer as one key; ids hold no line feeds. */
  public String corpusAndLayer() {
    return corpusId + "\n" + layer;
  }

  String runId() {
    return measurement == null ? score.runId() : measurement.runId();
  }
}
