package io.sounding.schemas;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;

/** One record of every contract, with every field set; the golden bytes are of these. */
final class Examples {

  private static final Instant NOON = Instant.ofEpochMilli(1_800_000_000_123L);

  private Examples() {}

  static CheckpointEvent checkpoint() {
    return CheckpointEvent.newBuilder()
        .setRunId("bestrq-a")
        .setCheckpointId("step00400.pt")
        .setStep(400)
        .setCorpusId("dev")
        .setModelUri("file:///models/step00400.pt")
        .setModelFormat(ModelFormat.TORCHSCRIPT)
        .setModelSha256("0".repeat(64))
        .setSampleRateHz(16_000)
        .setInputNormalisation(InputNormalisation.ZERO_MEAN_UNIT_VARIANCE)
        .setLayers(List.of(0, -1))
        .setTrainingLoss(3.5)
        .setAttempt(1)
        .setPublishedAt(NOON)
        .setTags(Map.of("lr", "1e-3"))
        .setWeightsUri("file:///models/step00400.safetensors")
        .setWeightsSha256("1".repeat(64))
        .build();
  }

  static AudioChunk chunk() {
    return AudioChunk.newBuilder()
        .setCorpusId("dev")
        .setUtteranceId("theo_000")
        .setChunkIndex(0)
        .setChunkCount(2)
        .setSampleRateHz(16_000)
        .setChannels(1)
        .setEncoding(PcmEncoding.PCM_S16LE)
        .setPcm(ByteBuffer.wrap(new byte[] {0, 1, 2, 3}))
        .build();
  }

  static CorpusSealed manifest() {
    return CorpusSealed.newBuilder()
        .setCorpusId("dev")
        .setUtterances(List.of(new SealedUtterance("theo_000", 4L, 16_000, "a".repeat(64))))
        .setDigest("b".repeat(64))
        .setSealedAt(NOON)
        .build();
  }

  static MetricEvent metric() {
    return MetricEvent.newBuilder()
        .setStatus(MetricStatus.FINAL)
        .setRunId("bestrq-a")
        .setCheckpointId("step00400.pt")
        .setStep(400)
        .setTrainingLoss(3.5)
        .setCorpusId("dev")
        .setCorpusDigest("b".repeat(64))
        .setLayer(4)
        .setLayers(5)
        .setFrames(14_700)
        .setUtterances(47)
        .setCorpusUtterances(47)
        .setAudioSeconds(294.7)
        .setCorpusAudioSeconds(294.7)
        .setFrameDimension(128)
        .setK(64)
        .setSampleFrames(14_700)
        .setSeed(7)
        .setShards(16)
        .setRank(
            RankFamily.newBuilder()
                .setRankMe(33.9)
                .setRankMeLow(33.9)
                .setRankMeHigh(33.9)
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
                .build())
        .setClusters(
            ClusterFamily.newBuilder()
                .setInertiaPerFrame(42.5)
                .setInertiaStdErr(0.25)
                .setInertiaNormalised(0.75)
                .setDaviesBouldin(3.5)
                .setSilhouette(0.0125)
                .setSilhouetteStdErr(0.001)
                .setSilhouetteFrames(5_000)
                .setSimplifiedSilhouette(0.0625)
                .setCalinskiHarabasz(82.5)
                .setUsagePerplexity(62.75)
                .setDeadClusters(0)
                .setKRequested(64)
                .setLloydIterations(40)
                .build())
        .setCost(new EvaluationCost("cpu", 5.5, 0.5, 1.25, 42.5, 0.75))
        .setEmittedAt(NOON)
        .build();
  }

  static List<SpecificRecord> all() {
    return List.of(
        checkpoint(),
        chunk(),
        manifest(),
        metric(),
        DeadLetter.newBuilder()
            .setReason(RejectReason.BAD_PCM)
            .setMessage("The chunk has 3 bytes.")
            .setTopic("sounding.audio")
            .setPartition(2)
            .setOffset(17L)
            .setKey(ByteBuffer.wrap(new byte[] {1}))
            .setValue(ByteBuffer.wrap(new byte[] {2, 3}))
            .setRejectedAt(NOON)
            .build(),
        AlarmEvent.newBuilder()
            .setState(AlarmState.RAISED)
            .setRunId("b")
            .setCheckpointId("step00050.pt")
            .setStep(50)
            .setCorpusId("dev")
            .setLayer(4)
            .setMetric("anisotropy")
            .setValue(0.995)
            .setReference(0.55)
            .setThreshold(0.99)
            .setReason("The anisotropy of layer 4 rose to 0.995.")
            .setEmittedAt(NOON)
            .build(),
        new DownstreamScore("r", 3L, "t", 0.5, NOON),
        CorrelationEvent.newBuilder()
            .setScope(CorrelationScope.ALONG_RUN)
            .setRunId("a")
            .setFromStep(200)
            .setCorpusId("dev")
            .setLayer(4)
            .setMetric("rankMe")
            .setTask("digits")
            .setPairs(7)
            .setPearson(0.9)
            .setSpearman(0.8)
            .setKendall(0.7)
            .setSpearmanLow(0.1)
            .setSpearmanHigh(1.0)
            .setSpearmanGivenStep(-0.1)
            .setEmittedAt(NOON)
            .setScoreStep(800L)
            .setResamples(1_000)
            .setSeed(-5)
            .setFromShare(0.1)
            .build());
  }
}
