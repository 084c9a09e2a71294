package io.sounding.jobs.watch;

import io.sounding.schemas.AlarmEvent;
import io.sounding.schemas.AlarmState;
import io.sounding.schemas.ClusterFamily;
import io.sounding.schemas.EvaluationCost;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.MetricStatus;
import io.sounding.schemas.RankFamily;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

/** Metric events for tests, to be changed where a test needs it. */
public final class Events {

  /** When all of them were emitted. */
  public static final Instant NOON = Instant.ofEpochMilli(1_800_000_000_123L);

  private Events() {}

  /** A FINAL event, whose numbers depend on step and layer. */
  public static MetricEvent.Builder finished(String run, long step, int layer) {
    return MetricEvent.newBuilder()
        .setStatus(MetricStatus.FINAL)
        .setRunId(run)
        .setCheckpointId("step%05d.pt".formatted(step))
        .setStep(step)
        .setTrainingLoss(6.0 / (1 + step))
        .setCorpusId("dev")
        .setCorpusDigest("b".repeat(64))
        .setLayer(layer)
        .setLayers(2)
        .setFrames(14_700)
        .setUtterances(47)
        .setCorpusUtterances(47)
        .setAudioSeconds(294.7)
        .setCorpusAudioSeconds(294.7)
        .setFrameDimension(128)
        .setK(64)
        .setSampleFrames(14_700)
        .setShards(16)
        .setRank(rank(50 + 10 * Math.sin(step) + layer))
        .setClusters(clusters(40 + layer))
        .setCost(new EvaluationCost("cpu", 5.5, 0.5, 1.25, 42.5, 0.75))
        .setEmittedAt(NOON);
  }

  /** A PARTIAL event after half of the corpus. */
  public static MetricEvent.Builder partial(String run, long step, int layer) {
    return finished(run, step, layer)
        .setStatus(MetricStatus.PARTIAL)
        .setUtterances(23)
        .setAudioSeconds(147.0)
        .setK(null)
        .setSampleFrames(null)
        .setClusters(null);
  }

  /** A FAILED event. */
  public static MetricEvent.Builder failed(String run, long step, String reason) {
    return MetricEvent.newBuilder()
        .setStatus(MetricStatus.FAILED)
        .setRunId(run)
        .setCheckpointId("step%05d.pt".formatted(step))
        .setStep(step)
        .setCorpusId("dev")
        .setFailureReason(reason)
        .setEmittedAt(NOON);
  }

  /** An alarm on RankMe. */
  public static AlarmEvent.Builder alarm(AlarmState state, String run, long step, Integer layer) {
    return AlarmEvent.newBuilder()
        .setState(state)
        .setRunId(run)
        .setCheckpointId("step%05d.pt".formatted(step))
        .setStep(step)
        .setCorpusId("dev")
        .setLayer(layer)
        .setMetric("rankMe")
        .setValue(2.0)
        .setReference(60.0)
        .setThreshold(0.75)
        .setReason("RankMe fell to 2.0.")
        .setEmittedAt(NOON);
  }

  /** A rank family with that RankMe. */
  public static RankFamily rank(double rankMe) {
    return RankFamily.newBuilder()
        .setRankMe(rankMe)
        .setRankMeLow(rankMe - 0.75)
        .setRankMeHigh(rankMe + 0.25)
        .setRankMeStdErr(0.4)
        .setRankMeCentred(60.1)
        .setRankMeUtterance(6.0)
        .setEffectiveRankSquared(30.5)
        .setStableRank(1.3)
        .setParticipationRatio(20.25)
        .setAlphaReQ(1.5)
        .setAnisotropy(0.75)
        .setMeanNorm(11.5)
        .setNormalisedStd(0.0625)
        .setSampleLimited(false)
        .setUtteranceLimited(true)
        .build();
  }

  private static ClusterFamily clusters(double inertia) {
    return ClusterFamily.newBuilder()
        .setInertiaPerFrame(inertia)
        .setInertiaStdErr(0.25)
        .setInertiaNormalised(0.75)
        .setDaviesBouldin(3.5)
        .setSilhouette(-0.0125)
        .setSilhouetteStdErr(0.001)
        .setSilhouetteFrames(5_000)
        .setSimplifiedSilhouette(0.0625)
        .setCalinskiHarabasz(82.5)
        .setUsagePerplexity(62.75)
        .setDeadClusters(0)
        .setKRequested(64)
        .setLloydIterations(40)
        .build();
  }

  /** These events and alarms as if they had been recorded. */
  public static RecordedEvents recorded(
      Collection<MetricEvent> metrics, Collection<AlarmEvent> alarms) {
    return new RecordedEvents() {
      @Override
      public void metrics(Consumer<MetricEvent> taker) {
        metrics.forEach(taker);
      }

      @Override
      public Alarms alarms() {
        return new Alarms(List.copyOf(alarms), null);
      }

      @Override
      public List<PassedOver> passedOver() {
        return List.of();
      }
    };
  }

  /** Writes them as evaluations do. */
  public static Path jsonLines(Path file, Collection<MetricEvent> events) throws IOException {
    StringBuilder lines = new StringBuilder();
    events.forEach(event -> lines.append(RecordJson.of(event)).append('\n'));
    return Files.writeString(file, lines);
  }
}
