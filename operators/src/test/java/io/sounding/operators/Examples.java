package io.sounding.operators;

import io.sounding.operators.admit.CheckpointRequest;
import io.sounding.operators.admit.KafkaRecord;
import io.sounding.operators.admit.Manifest;
import io.sounding.operators.assemble.Utterance;
import io.sounding.operators.embed.DeviceChoice;
import io.sounding.operators.embed.ModelSettings;
import io.sounding.operators.embed.TrustedArtifacts;
import io.sounding.operators.relate.RelateSettings;
import io.sounding.operators.statistics.StatisticsSettings;
import io.sounding.schemas.AudioChunk;
import io.sounding.schemas.CheckpointEvent;
import io.sounding.schemas.CorpusDigest;
import io.sounding.schemas.CorpusSealed;
import io.sounding.schemas.DownstreamScore;
import io.sounding.schemas.InputNormalisation;
import io.sounding.schemas.ModelFormat;
import io.sounding.schemas.PcmEncoding;
import io.sounding.schemas.SealedUtterance;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Valid records for the tests of the operators, to be changed where a test needs it. */
public final class Examples {

  /** Sample rate of every example, Hz. */
  public static final int RATE_HZ = 16_000;

  private static final Instant NOON = Instant.ofEpochMilli(1_800_000_000_123L);

  private Examples() {}

  /** A record of partition 3 at offset 77. */
  public static KafkaRecord record(byte[] value) {
    return new KafkaRecord("a-topic", 3, 77, 1_800_000_000_000L, new byte[] {9, 8}, value);
  }

  /** A valid chunk of four 16-bit samples. */
  public static AudioChunk.Builder chunk() {
    return AudioChunk.newBuilder()
        .setCorpusId("dev")
        .setUtteranceId("theo_000")
        .setChunkIndex(0)
        .setChunkCount(2)
        .setSampleRateHz(RATE_HZ)
        .setChannels(1)
        .setEncoding(PcmEncoding.PCM_S16LE)
        .setPcm(ByteBuffer.wrap(new byte[] {0, 1, 2, 3, 4, 5, 6, 7}));
  }

  /** A valid checkpoint event. */
  public static CheckpointEvent.Builder checkpoint() {
    return CheckpointEvent.newBuilder()
        .setRunId("run-a")
        .setCheckpointId("step00400.pt")
        .setStep(400)
        .setCorpusId("dev")
        .setModelUri("file:///models/step00400.pt")
        .setModelFormat(ModelFormat.TORCHSCRIPT)
        .setModelSha256("0a".repeat(32))
        .setInputNormalisation(InputNormalisation.NONE)
        .setLayers(List.of(0, -1))
        .setTrainingLoss(3.5)
        .setPublishedAt(NOON);
  }

  /** A valid score of that checkpoint. */
  public static DownstreamScore.Builder score() {
    return DownstreamScore.newBuilder()
        .setRunId("run-a")
        .setStep(400)
        .setTask("asr-wer")
        .setValue(7.25)
        .setPublishedAt(NOON);
  }

  /** A valid manifest of two utterances. */
  public static CorpusSealed.Builder sealed() {
    return sealed(
        new SealedUtterance("theo_000", 4L, RATE_HZ, "a".repeat(64)),
        new SealedUtterance("theo_001", 32_000L, RATE_HZ, "b".repeat(64)));
  }

  /** A manifest of these utterances, with their digest. */
  public static CorpusSealed.Builder sealed(SealedUtterance... utterances) {
    return CorpusSealed.newBuilder()
        .setCorpusId("dev")
        .setUtterances(List.of(utterances))
        .setDigest(CorpusDigest.of(List.of(utterances)))
        .setSealedAt(NOON);
  }

  /** Small statistics, one utterance per batch, slices of a millisecond. */
  public static EvaluationSettings settings(int shards, Path modelCache) {
    return settings(shards, modelCache, 0.0001);
  }

  /** The same with up to {@code batchSeconds} of equally long utterances in a batch. */
  public static EvaluationSettings settings(int shards, Path modelCache, double batchSeconds) {
    return new EvaluationSettings(
        shards,
        new StatisticsSettings(4, 256, 8, 128, 2, 7),
        new ModelSettings(
            TrustedArtifacts.of(List.of("/", "stalled:/")),
            modelCache.toString(),
            1 << 20,
            1 << 20,
            Duration.ofMinutes(1),
            1,
            DeviceChoice.AUTO),
        0.2,
        batchSeconds,
        Duration.ofMillis(1),
        Duration.ZERO,
        Patience.DEFAULT.withRetention(Duration.ofDays(30)),
        RelateSettings.DEFAULT);
  }

  /** An utterance of 16-bit mono whose samples follow from its id. */
  public static Utterance utterance(String corpusId, String utteranceId, int samples) {
    ByteBuffer pcm = ByteBuffer.allocate(2 * samples).order(ByteOrder.LITTLE_ENDIAN);
    long state = utteranceId.hashCode();
    for (int i = 0; i < samples; i++) {
      state = state * 6_364_136_223_846_793_005L + 1_442_695_040_888_963_407L;
      pcm.putShort((short) (state >> 50));
    }
    return new Utterance(
        corpusId, utteranceId, RATE_HZ, 1, PcmEncoding.PCM_S16LE, pcm.array(), sha256(pcm.array()));
  }

  /** The manifest of a corpus of these utterances. */
  public static Manifest manifest(List<Utterance> utterances) {
    String corpusId = utterances.get(0).corpusId();
    return new Manifest(
        corpusId,
        sha256(corpusId.getBytes(StandardCharsets.UTF_8)),
        utterances.stream().map(Utterance::utteranceId).toArray(String[]::new),
        utterances.stream().mapToLong(Utterance::samples).toArray(),
        utterances.stream().mapToInt(Utterance::sampleRateHz).toArray(),
        utterances.stream().map(Utterance::sha256).toArray(String[]::new),
        record(null));
  }

  /** A request to evaluate the TorchScript or ONNX model at {@code model} on a corpus. */
  public static CheckpointRequest request(
      String checkpointId, long offset, String corpusId, Path model) {
    return request(checkpointId, offset, corpusId, model, 1_800_000_000_000L);
  }

  /** The same, published at a time, ms since 1970. */
  public static CheckpointRequest request(
      String checkpointId, long offset, String corpusId, Path model, long publishedAtMillis) {
    return new CheckpointRequest(
        "run-a",
        checkpointId,
        offset,
        0,
        corpusId,
        model.toUri().toString(),
        model.toString().endsWith(".onnx") ? ModelFormat.ONNX : ModelFormat.TORCHSCRIPT,
        null,
        null,
        null,
        RATE_HZ,
        InputNormalisation.NONE,
        null,
        2.5,
        new KafkaRecord("checkpoints", 0, offset, publishedAtMillis, null, new byte[] {1, 2}));
  }

  /** The same request with the digest of the model file given. */
  public static CheckpointRequest withSha256(CheckpointRequest request, String sha256) {
    return new CheckpointRequest(
        request.runId(),
        request.checkpointId(),
        request.step(),
        request.attempt(),
        request.corpusId(),
        request.modelUri(),
        request.modelFormat(),
        sha256,
        request.weightsUri(),
        request.weightsSha256(),
        request.sampleRateHz(),
        request.inputNormalisation(),
        request.layers(),
        request.trainingLoss(),
        request.source());
  }

  /** The same request with weights apart from the model file, and the digest of each, or null. */
  public static CheckpointRequest withWeights(
      CheckpointRequest request, String modelSha256, String weightsUri, String weightsSha256) {
    return new CheckpointRequest(
        request.runId(),
        request.checkpointId(),
        request.step(),
        request.attempt(),
        request.corpusId(),
        request.modelUri(),
        request.modelFormat(),
        modelSha256,
        weightsUri,
        weightsSha256,
        request.sampleRateHz(),
        request.inputNormalisation(),
        request.layers(),
        request.trainingLoss(),
        request.source());
  }

  /** SHA-256 in hexadecimal. */
  public static String sha256(byte[]... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      Arrays.stream(parts).forEach(digest::update);
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
