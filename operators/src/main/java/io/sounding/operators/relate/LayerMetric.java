package io.sounding.operators.relate;

import io.sounding.schemas.MetricEvent;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * The metrics of a FINAL event, but for their errors, bounds and counts. State holds their values
 * in this order, so new ones go to the end; what was measured before has none of them, which reads
 * as NaN ({@link Measurement}, {@link LayerHistory}).
 */
enum LayerMetric {
  RANK_ME("rankMe", event -> event.getRank().getRankMe()),
  RANK_ME_CENTRED("rankMeCentred", event -> event.getRank().getRankMeCentred()),
  RANK_ME_UTTERANCE("rankMeUtterance", event -> event.getRank().getRankMeUtterance()),
  EFFECTIVE_RANK_SQUARED(
      "effectiveRankSquared", event -> event.getRank().getEffectiveRankSquared()),
  STABLE_RANK("stableRank", event -> event.getRank().getStableRank()),
  PARTICIPATION_RATIO("participationRatio", event -> event.getRank().getParticipationRatio()),
  ALPHA_REQ("alphaReQ", event -> event.getRank().getAlphaReQ()),
  ANISOTROPY("anisotropy", event -> event.getRank().getAnisotropy()),
  MEAN_NORM("meanNorm", event -> event.getRank().getMeanNorm()),
  NORMALISED_STD("normalisedStd", event -> event.getRank().getNormalisedStd()),
  INERTIA_PER_FRAME("inertiaPerFrame", event -> event.getClusters().getInertiaPerFrame()),
  INERTIA_NORMALISED("inertiaNormalised", event -> event.getClusters().getInertiaNormalised()),
  DAVIES_BOULDIN("daviesBouldin", event -> event.getClusters().getDaviesBouldin()),
  SILHOUETTE("silhouette", event -> event.getClusters().getSilhouette()),
  SIMPLIFIED_SILHOUETTE(
      "simplifiedSilhouette", event -> event.getClusters().getSimplifiedSilhouette()),
  CALINSKI_HARABASZ("calinskiHarabasz", event -> event.getClusters().getCalinskiHarabasz()),
  USAGE_PERPLEXITY("usagePerplexity", event -> event.getClusters().getUsagePerplexity()),
  DEAD_CLUSTERS("deadClusters", event -> (double) event.getClusters().getDeadClusters());

  private static final List<String> FIELDS =
      Arrays.stream(values()).map(LayerMetric::field).toList();

  private final String field;
  private final Function<MetricEvent, Double> value;

  LayerMetric(String field, Function<MetricEvent, Double> value) {
    this.field = field;
    this.value = value;
  }

  /** Its field in the event. */
  String field() {
    return field;
  }

  /** The fields of all, in their order. */
  static List<String> fields() {
    return FIELDS;
  }

  /** The values of all in a FINAL event, in their order; NaN where one is not defined. */
  static double[] valuesOf(MetricEvent event) {
    return Arrays.stream(values())
        .mapToDouble(
            metric -> {
              Double value = metric.value.apply(event);
              return value == null ? Double.NaN : value;
            })
        .toArray();
  }
}
