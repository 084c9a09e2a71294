package io.sounding.jobs.dashboard;

import io.sounding.jobs.watch.LatestEvents;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.MetricStatus;

/**
 * A metric event, reduced to what is shown: about 300 bytes instead of kilobytes.
 *
 * @param layer its index; {@link #NO_LAYER}: of the checkpoint
 * @param emittedAt milliseconds since 1970-01-01 UTC
 * @param frames seen
 * @param utterances seen
 * @param audioSeconds audio seen, seconds
 * @param embedSeconds wall time of the forward passes, seconds; NaN: not known
 * @param foldSeconds wall time of folding, seconds; NaN: not known
 * @param loadSeconds wall time of fetching and loading the model, seconds; NaN: not known
 * @param audioSecondsPerSecond audio embedded per wall time; NaN: not known
 * @param numbers its metrics, see {@link LayerNumbers}
 * @param facts what its siblings mostly have too
 * @param failureReason FAILED only
 */
record LayerEvent(
    int layer,
    MetricStatus status,
    long emittedAt,
    long frames,
    long utterances,
    double audioSeconds,
    double embedSeconds,
    double foldSeconds,
    double loadSeconds,
    double audioSecondsPerSecond,
    double[] numbers,
    LayerFacts facts,
    String failureReason) {

  static final int NO_LAYER = -1;

  /** Reasons are sentences; what is longer would be somebody's stack trace. */
  private static final int REASON_LIMIT = 2_000;

  static LayerEvent of(MetricEvent event, LayerFacts facts) {
    return new LayerEvent(
        layerOf(event),
        event.getStatus(),
        event.getEmittedAt().toEpochMilli(),
        event.getFrames(),
        event.getUtterances(),
        event.getAudioSeconds(),
        event.getCost() == null ? Double.NaN : event.getCost().getEmbedSeconds(),
        event.getCost() == null ? Double.NaN : event.getCost().getFoldSeconds(),
        event.getCost() == null ? Double.NaN : orNaN(event.getCost().getLoadSeconds()),
        event.getCost() == null ? Double.NaN : orNaN(event.getCost().getAudioSecondsPerSecond()),
        LayerNumbers.of(event),
        facts,
        abbreviated(event.getFailureReason()));
  }

  static int layerOf(MetricEvent event) {
    return event.getLayer() == null ? NO_LAYER : event.getLayer();
  }

  boolean isFinal() {
    return status == MetricStatus.FINAL;
  }

  /** Whether it ends the evaluation, as {@link LatestEvents#isClosing}. */
  boolean isClosing() {
    return LatestEvents.isClosing(status);
  }

  /** Share of the corpus' audio that was seen, 0 to 1. */
  double progress() {
    if (isFinal()) {
      return 1;
    }
    double share =
        facts.corpusAudioSeconds() > 0
            ? audioSeconds / facts.corpusAudioSeconds()
            : facts.corpusUtterances() > 0 ? (double) utterances / facts.corpusUtterances() : 0;
    return share > 0 ? Math.min(1, share) : 0;
  }

  private static double orNaN(Double value) {
    return value == null ? Double.NaN : value;
  }

  private static String abbreviated(String text) {
    return text == null || text.length() <= REASON_LIMIT
        ? text
        : text.substring(0, REASON_LIMIT) + "...";
  }
}
