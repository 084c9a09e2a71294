package io.sounding.tests;

import io.sounding.jobs.kafka.Topics;
import io.sounding.schemas.AudioChunk;
import io.sounding.schemas.CheckpointEvent;
import io.sounding.schemas.CorpusDigest;
import io.sounding.schemas.CorpusSealed;
import io.sounding.schemas.DownstreamScore;
import io.sounding.schemas.InputNormalisation;
import io.sounding.schemas.ModelFormat;
import io.sounding.schemas.PcmEncoding;
import io.sounding.schemas.RecordKeys;
import io.sounding.schemas.SealedUtterance;
import io.sounding.schemas.SingleObjectCodec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Records as a publisher would make them, to be spoiled where a case needs it. */
final class PoisonRecords {

  static final int RATE_HZ = 16_000;

  /** The corpus that nothing is wrong with. */
  static final String HEALTHY = "healthy";

  /** Samples between two frames of the test models, which is also their receptive field. */
  private static final int HOP = 160;

  private static final Instant NOON = Instant.ofEpochMilli(1_800_000_000_000L);

  private final Topics topics;

  PoisonRecords(Topics topics) {
    this.topics = topics;
  }

  /** Seeded noise, 16 bit, mono; {@code samples} of them. */
  static byte[] noise(int seed, int samples) {
    byte[] pcm = new byte[2 * samples];
    new Random(seed).nextBytes(pcm);
    return pcm;
  }

  /** Samples of 32-bit floats. */
  static byte[] floats(float... samples) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * samples.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(samples);
    return bytes.array();
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The only chunk of an utterance of 16-bit mono. */
  static AudioChunk.Builder chunk(String corpusId, String utteranceId, byte[] pcm) {
    return AudioChunk.newBuilder()
        .setCorpusId(corpusId)
        .setUtteranceId(utteranceId)
        .setChunkIndex(0)
        .setChunkCount(1)
        .setSampleRateHz(RATE_HZ)
        .setChannels(1)
        .setEncoding(PcmEncoding.PCM_S16LE)
        .setPcm(ByteBuffer.wrap(pcm));
  }

  /** What the manifest says of an utterance of 16-bit mono. */
  static SealedUtterance sealed(String utteranceId, byte[] pcm) {
    return new SealedUtterance(utteranceId, pcm.length / 2L, RATE_HZ, sha256(pcm));
  }

  static CorpusSealed manifest(String corpusId, SealedUtterance... utterances) {
    List<SealedUtterance> all = List.of(utterances);
    return new CorpusSealed(corpusId, all, CorpusDigest.of(all), NOON);
  }

  /** The event of a checkpoint whose model is TorchScript unless its name ends in .onnx. */
  static CheckpointEvent.Builder checkpoint(String checkpointId, String corpusId, Path model) {
    boolean onnx = model.toString().endsWith(".onnx");
    return CheckpointEvent.newBuilder()
        .setRunId("poison")
        .setCheckpointId(checkpointId)
        .setStep(1)
        .setCorpusId(corpusId)
        .setModelUri(model.toUri().toString())
        .setModelFormat(onnx ? ModelFormat.ONNX : ModelFormat.TORCHSCRIPT)
        .setSampleRateHz(RATE_HZ)
        .setInputNormalisation(InputNormalisation.NONE)
        .setPublishedAt(NOON);
  }

  /** A model of {@code tests/models/make_test_models.py}, from wherever the tests run. */
  static Path model(String name) {
    return DemoData.folder()
        .resolve("../../operators/src/test/resources/models")
        .normalize()
        .resolve(name);
  }

  static byte[] half(byte[] whole) {
    return Arrays.copyOf(whole, whole.length / 2);
  }

  /** The corpus {@value #HEALTHY}: 12 utterances of 5 to 9 frames, 81 frames in all. */
  List<ProducerRecord<byte[], byte[]>> healthyCorpus() {
    return corpus(
        HEALTHY,
        IntStream.range(0, 12).mapToObj(i -> noise(i, (5 + i % 5) * HOP)).toArray(byte[][]::new));
  }

  /** A checkpoint that nothing is wrong with, of three layers. */
  ProducerRecord<byte[], byte[]> healthyCheckpoint(String checkpointId) {
    return checkpoint(checkpoint(checkpointId, HEALTHY, model("tuple.onnx")));
  }

  /** An utterance of 16-bit mono for each of {@code pcms}, then the manifest. */
  List<ProducerRecord<byte[], byte[]>> corpus(String corpusId, byte[]... pcms) {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    SealedUtterance[] sealed = new SealedUtterance[pcms.length];
    for (int i = 0; i < pcms.length; i++) {
      records.add(audio(chunk(corpusId, "speech_" + i, pcms[i])));
      sealed[i] = sealed("speech_" + i, pcms[i]);
    }
    records.add(audio(manifest(corpusId, sealed)));
    return records;
  }

  ProducerRecord<byte[], byte[]> audio(AudioChunk.Builder chunk) {
    AudioChunk built = chunk.build();
    return new ProducerRecord<>(
        topics.audio(), RecordKeys.of(built), SingleObjectCodec.encode(built));
  }

  ProducerRecord<byte[], byte[]> audio(CorpusSealed manifest) {
    return new ProducerRecord<>(
        topics.audio(), RecordKeys.of(manifest), SingleObjectCodec.encode(manifest));
  }

  ProducerRecord<byte[], byte[]> audio(byte[] value) {
    return new ProducerRecord<>(topics.audio(), value);
  }

  ProducerRecord<byte[], byte[]> checkpoint(CheckpointEvent.Builder event) {
    CheckpointEvent built = event.build();
    return new ProducerRecord<>(
        topics.checkpoints(), RecordKeys.of(built), SingleObjectCodec.encode(built));
  }

  ProducerRecord<byte[], byte[]> checkpoint(byte[] value) {
    return new ProducerRecord<>(topics.checkpoints(), value);
  }

  ProducerRecord<byte[], byte[]> score(String task, long step, double value) {
    DownstreamScore score = new DownstreamScore("poison", step, task, value, NOON);
    return new ProducerRecord<>(
        topics.scores(), RecordKeys.of(score), SingleObjectCodec.encode(score));
  }

  ProducerRecord<byte[], byte[]> score(byte[] value) {
    return new ProducerRecord<>(topics.scores(), value);
  }
}
