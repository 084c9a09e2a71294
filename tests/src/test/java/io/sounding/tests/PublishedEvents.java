package io.sounding.tests;

import io.sounding.schemas.AlarmEvent;
import io.sounding.schemas.AlarmState;
import io.sounding.schemas.ClusterFamily;
import io.sounding.schemas.CorrelationEvent;
import io.sounding.schemas.CorrelationScope;
import io.sounding.schemas.EvaluationCost;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.MetricStatus;
import io.sounding.schemas.RankFamily;
import java.time.Instant;

/** Events as a job publishes them, on corpus dev. */
public final class PublishedEvents {

  private static final Instant NOON = Instant.ofEpochMilli(1_800_000_000_123L);

  private PublishedEvents() {}

  /** A FINAL event with that RankMe. */
  public static MetricEvent.Builder event(String run, long step, int layer, double rankMe) {
    return MetricEvent.newBuilder()
        .setStatus(MetricStatus.FINAL)
        .setRunId(run)
        .setCheckpointId("step%05d.pt".formatted(step))
        .setStep(step)
        .setTrainingLoss(1.0 / (1 + step))
        .setCorpusId("dev")
        .setCorpusDigest("b".repeat(64))
        .setLayer(layer)
        .setLayers(2)
        .setUtterances(47)
        .setCorpusUtterances(47)
        .setAudioSeconds(294.7)
        .setCorpusAudioSeconds(294.7)
        .setFrameDimension(128)
        .setK(64)
        .setSampleFrames(14_700)
        .setRank(
            RankFamily.newBuilder()
                .setRankMe(rankMe)
                .setRankMeLow(rankMe)
                .setRankMeHigh(rankMe)
                .setRankMeStdErr(0.5)
                .setRankMeCentred(60.1)
                .setRankMeUtterance(6.0)
                .setEffectiveRankSquared(30.5)
                .setStableRank(1.3)
                .setParticipationRatio(20.25)
                .setAnisotropy(0.75)
                .setMeanNorm(11.5)
                .setNormalisedStd(0.0625)
                .setSampleLimited(false)
                .setUtteranceLimited(true)
                .build())
        .setClusters(
            ClusterFamily.newBuilder().setInertiaPerFrame(42.5).setDaviesBouldin(3.5).build())
        .setCost(new EvaluationCost("cpu", 5.5, 0.5, 1.25, 42.5, 0.75))
        .setEmittedAt(NOON);
  }

  /** A PARTIAL event of layer 0, a quarter through. */
  public static MetricEvent partial(String run, long step) {
    return event(run, step, 0, 40)
        .setStatus(MetricStatus.PARTIAL)
        .setUtterances(12)
        .setClusters(null)
        .build();
  }

  /** A FAILED event. */
  public static MetricEvent failed(String run, long step, String reason) {
    return MetricEvent.newBuilder()
        .setStatus(MetricStatus.FAILED)
        .setRunId(run)
        .setCheckpointId("step%05d.pt".formatted(step))
        .setStep(step)
        .setCorpusId("dev")
        .setFailureReason(reason)
        .setEmittedAt(NOON)
        .build();
  }

  /** An alarm on the RankMe of layer 1 of run b. */
  public static AlarmEvent alarm(AlarmState state, long step) {
    return AlarmEvent.newBuilder()
        .setState(state)
        .setRunId("b")
        .setCheckpointId("step%05d.pt".formatted(step))
        .setStep(step)
        .setCorpusId("dev")
        .setLayer(1)
        .setMetric("rankMe")
        .setReason("RankMe of layer 1 fell.")
        .setEmittedAt(NOON)
        .build();
  }

  /** A correlation of a metric of layer 1 along a run with a task, over 9 checkpoints. */
  public static CorrelationEvent correlation(
      String run, String metric, String task, double spearman) {
    return CorrelationEvent.newBuilder()
        .setScope(CorrelationScope.ALONG_RUN)
        .setRunId(run)
        .setFromStep(10)
        .setFromShare(0.1)
        .setCorpusId("dev")
        .setLayer(1)
        .setMetric(metric)
        .setTask(task)
        .setPairs(9)
        .setPearson(spearman)
        .setSpearman(spearman)
        .setKendall(spearman)
        .setEmittedAt(NOON)
        .build();
  }
}
