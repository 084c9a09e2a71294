package io.sounding.tests;

import io.sounding.schemas.ClusterFamily;
import io.sounding.schemas.EvaluationCost;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.MetricStatus;
import io.sounding.schemas.RankFamily;
import io.sounding.schemas.SingleObjectCodec;
import java.time.Instant;

/** Metric events as the job publishes them, without the job. */
final class DashboardEvents {

  static {
    SingleObjectCodec.initialise();
  }

  private DashboardEvents() {}

  /** That of a layer, whose numbers depend on step and layer. */
  static MetricEvent.Builder layer(String run, long step, int layer, MetricStatus status) {
    double value = 50 + 10 * Math.sin(step / 1e4) + layer;
    return MetricEvent.newBuilder()
        .setStatus(status)
        .setRunId(run)
        .setCheckpointId("step%08d.pt".formatted(step))
        .setStep(step)
        .setTrainingLoss(6.0 / (1 + step))
        .setCorpusId("dev")
        .setCorpusDigest("b".repeat(64))
        .setLayer(layer)
        .setLayers(layer + 1)
        .setFrames(14_700)
        .setUtterances(47)
        .setCorpusUtterances(47)
        .setAudioSeconds(294.7)
        .setCorpusAudioSeconds(294.7)
        .setRank(rank(value))
        .setClusters(status == MetricStatus.FINAL ? clusters(value) : null)
        .setCost(new EvaluationCost("cpu", 5.5, value / 100, 1.25, 42.5, 0.75))
        .setEmittedAt(Instant.ofEpochMilli(1_800_000_000_000L + step));
  }

  private static RankFamily rank(double value) {
    return RankFamily.newBuilder()
        .setRankMe(value)
        .setRankMeLow(value)
        .setRankMeHigh(value)
        .setRankMeStdErr(value / 99)
        .setRankMeCentred(value - 1.1)
        .setRankMeUtterance(value / 3)
        .setEffectiveRankSquared(value / 2)
        .setStableRank(value / 20)
        .setParticipationRatio(value / 5)
        .setAlphaReQ(value / 40)
        .setAnisotropy(1 / value)
        .setMeanNorm(value / 7)
        .setNormalisedStd(value / 800)
        .setSampleLimited(false)
        .setUtteranceLimited(false)
        .build();
  }

  private static ClusterFamily clusters(double value) {
    return ClusterFamily.newBuilder()
        .setInertiaPerFrame(value)
        .setInertiaStdErr(value / 101)
        .setInertiaNormalised(1 / value)
        .setDaviesBouldin(value / 17)
        .setSilhouette(value / 1_000)
        .setSilhouetteStdErr(value / 1e6)
        .setSimplifiedSilhouette(value / 900)
        .setCalinskiHarabasz(value * 2)
        .setUsagePerplexity(value + 3.3)
        .build();
  }
}
