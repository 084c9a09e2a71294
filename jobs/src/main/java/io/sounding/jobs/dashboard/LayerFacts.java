package io.sounding.jobs.dashboard;

import io.sounding.jobs.report.Conditions;
import io.sounding.schemas.MetricEvent;

/**
 * What the layers of a checkpoint mostly have in common, so that it is held once.
 *
 * @param conditions corpus digest, clustering and sketch
 * @param trainingLoss null: not known
 * @param layers number of layers that are evaluated; null: not known
 * @param corpusUtterances utterances of the corpus
 * @param corpusAudioSeconds audio of the corpus, seconds
 * @param device devices that embedded; null: not known
 */
record LayerFacts(
    Conditions conditions,
    Double trainingLoss,
    Integer layers,
    long corpusUtterances,
    double corpusAudioSeconds,
    String device) {

  static LayerFacts of(MetricEvent event, SharedTexts texts) {
    return new LayerFacts(
        new Conditions(
            texts.shared(event.getCorpusDigest()),
            event.getK(),
            event.getSampleFrames(),
            event.getSeed(),
            event.getRank() == null ? null : texts.shared(event.getRank().getSketch())),
        event.getTrainingLoss(),
        event.getLayers(),
        event.getCorpusUtterances(),
        event.getCorpusAudioSeconds(),
        event.getCost() == null ? null : texts.shared(event.getCost().getDevice()));
  }
}
