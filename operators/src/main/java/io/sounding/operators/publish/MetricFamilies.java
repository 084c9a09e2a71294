package io.sounding.operators.publish;

import io.sounding.operators.fold.EmbedTiming;
import io.sounding.operators.merge.MergedLayer;
import io.sounding.operators.statistics.ClusterMetrics;
import io.sounding.operators.statistics.RankMetrics;
import io.sounding.schemas.ClusterFamily;
import io.sounding.schemas.EvaluationCost;
import io.sounding.schemas.RankFamily;

/** The metrics of {@code statistics} as the records of the contract. */
final class MetricFamilies {

  private MetricFamilies() {}

  static RankFamily rank(RankMetrics metrics, Double rankMeStdErr) {
    return RankFamily.newBuilder()
        .setRankMe(metrics.rankMe())
        .setRankMeLow(metrics.rankMeLow())
        .setRankMeHigh(metrics.rankMeHigh())
        .setRankMeStdErr(rankMeStdErr)
        .setRankMeCentred(metrics.rankMeCentred())
        .setRankMeUtterance(metrics.rankMeUtterance())
        .setEffectiveRankSquared(metrics.effectiveRankSquared())
        .setStableRank(metrics.stableRank())
        .setParticipationRatio(metrics.participationRatio())
        .setAlphaReQ(metrics.alphaReQ())
        .setAlphaFitFrom(metrics.alphaReQFirst())
        .setAlphaFitTo(metrics.alphaReQEnd())
        .setAnisotropy(metrics.anisotropy())
        .setMeanNorm(metrics.meanNorm())
        .setNormalisedStd(metrics.normalisedStd())
        .setSampleLimited(metrics.sampleLimited())
        .setUtteranceLimited(metrics.utteranceLimited())
        .setSketch(metrics.sketch())
        .build();
  }

  static ClusterFamily clusters(ClusterMetrics metrics) {
    boolean scored = metrics.sampleFrames() > 0;
    boolean several = scored && metrics.k() > 1;
    return ClusterFamily.newBuilder()
        .setInertiaPerFrame(orNull(scored, metrics.inertiaPerFrame()))
        .setInertiaStdErr(orNull(scored, metrics.inertiaStdErr()))
        .setInertiaNormalised(orNull(scored, metrics.inertiaNormalised()))
        .setDaviesBouldin(orNull(several, metrics.daviesBouldin()))
        .setSilhouette(orNull(several, metrics.silhouette()))
        .setSilhouetteStdErr(orNull(several, metrics.silhouetteStdErr()))
        .setSilhouetteFrames(metrics.silhouetteFrames())
        .setSimplifiedSilhouette(orNull(several, metrics.simplifiedSilhouette()))
        .setCalinskiHarabasz(orNull(several, metrics.calinskiHarabasz()))
        .setUsagePerplexity(orNull(scored, metrics.usagePerplexity()))
        .setDeadClusters(metrics.deadClusters())
        .setKRequested(metrics.kRequested())
        .setLloydIterations(metrics.iterations())
        .build();
  }

  /**
   * What the layer cost.
   *
   * @param metricsSeconds wall time of computing its metrics from the summary
   */
  static EvaluationCost cost(MergedLayer layer, double metricsSeconds) {
    EmbedTiming timing = layer.timing();
    return new EvaluationCost(
        layer.devices(),
        layer.embedSeconds(),
        layer.foldSeconds(),
        timing == null ? null : timing.loadSeconds(),
        timing == null ? null : timing.audioSecondsPerSecond(layer.audioSeconds()),
        metricsSeconds);
  }

  private static Double orNull(boolean defined, double value) {
    return defined && Double.isFinite(value) ? value : null;
  }
}
