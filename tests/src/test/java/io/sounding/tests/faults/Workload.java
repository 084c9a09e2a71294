package io.sounding.tests.faults;

import io.sounding.jobs.publish.AudioFile;
import io.sounding.jobs.publish.AudioFiles;
import io.sounding.jobs.publish.AudioFiles.AudioFilePath;
import io.sounding.jobs.publish.DecodedAudio;
import io.sounding.schemas.AudioChunk;
import io.sounding.schemas.CheckpointEvent;
import io.sounding.schemas.CorpusDigest;
import io.sounding.schemas.CorpusSealed;
import io.sounding.schemas.ModelFormat;
import io.sounding.schemas.PcmEncoding;
import io.sounding.schemas.RecordKeys;
import io.sounding.schemas.SealedUtterance;
import io.sounding.schemas.SingleObjectCodec;
import io.sounding.tests.DemoData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * The demo's corpus and some of its checkpoints as records that can be sent in any order: audio in
 * chunks of a second, its manifest, and checkpoint events.
 */
record Workload(List<Message> chunks, Message manifest, List<Message> checkpoints) {

  /** Outputs of the demo's models, each evaluated. */
  static final int LAYERS = 4;

  private static final String CORPUS = "demo-speech";
  private static final List<Integer> STEPS = List.of(0, 25, 50, 100, 200, 400, 800, 1_200);
  private static final List<Integer> MORE_STEPS =
      List.of(0, 25, 50, 100, 200, 400, 800, 1_200, 1_600, 2_400);

  /** Models of {@code tests/models/make_test_models.py}. */
  static final Path TINY_MODELS =
      DemoData.folder().resolve("../../operators/src/test/resources/models").normalize();

  /** Key and value of a Kafka record. */
  record Message(byte[] key, byte[] value) {}

  /**
   * The demo's audio and 16 evaluations of eight checkpoints, so that no fault comes after them.
   */
  static Workload ofDemo() {
    return ofDemo(1, twice(STEPS));
  }

  /** Twelve copies of the demo's audio, 63 min, and 20 evaluations of ten checkpoints. */
  static Workload ofAnHour() {
    return ofDemo(12, twice(MORE_STEPS));
  }

  private static List<Message> twice(List<Integer> steps) {
    return IntStream.of(0, 1)
        .boxed()
        .flatMap(attempt -> steps.stream().map(step -> checkpoint(step, attempt)))
        .toList();
  }

  private static Workload ofDemo(int copies, List<Message> checkpoints) {
    try {
      List<Message> chunks = new ArrayList<>();
      List<SealedUtterance> sealed = new ArrayList<>();
      for (AudioFilePath file : AudioFiles.list(List.of(DemoData.audio()))) {
        DecodedAudio audio = AudioFile.read(file.path());
        for (int copy = 0; copy < copies; copy++) {
          long samples = audio.samplesPerChannel() - copy; // as in speech, no two lengths are equal
          sealed.add(chop(file.utteranceId() + "-" + copy, audio, samples, chunks));
        }
      }
      return sealed(sealed, chunks, checkpoints);
    } catch (IOException e) {
      throw new AssertionError("The demo's audio cannot be read.", e);
    }
  }

  /**
   * 16 utterances of half a second of noise, and so many checkpoints: ONNX and TorchScript, models
   * exported whole and weights for a graph in turn, one layer of models of a few hundred weights.
   */
  static Workload tiny(int evaluations) {
    List<Message> chunks = new ArrayList<>();
    List<SealedUtterance> sealed = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      byte[] pcm = new byte[16_000];
      new Random(i).nextBytes(pcm);
      DecodedAudio noise = new DecodedAudio(16_000, 1, 8_000, PcmEncoding.PCM_S16LE, pcm);
      sealed.add(chop("noise-" + i, noise, noise.samplesPerChannel(), chunks));
    }
    return sealed(
        sealed,
        chunks,
        IntStream.range(0, evaluations).mapToObj(step -> message(tinyCheckpoint(step))).toList());
  }

  private static CheckpointEvent.Builder tinyCheckpoint(int step) {
    return switch (step % 4) {
      case 0 -> event(TINY_MODELS.resolve("one_tensor.onnx"), ModelFormat.ONNX, step, 0);
      case 1 -> event(TINY_MODELS.resolve("one_tensor.pt"), ModelFormat.TORCHSCRIPT, step, 0);
      case 2 -> tinyWeights("weights_graph.onnx", ModelFormat.ONNX, step);
      default -> tinyWeights("weights_graph.pt", ModelFormat.TORCHSCRIPT, step);
    };
  }

  private static CheckpointEvent.Builder tinyWeights(String graph, ModelFormat format, int step) {
    String weights = step % 3 == 0 ? "weights_a_bf16.safetensors" : "weights_b.safetensors";
    return event(TINY_MODELS.resolve(graph), format, step, 0)
        .setLayers(List.of(-1))
        .setWeightsUri(TINY_MODELS.resolve(weights).toUri().toString());
  }

  private static Workload sealed(
      List<SealedUtterance> utterances, List<Message> chunks, List<Message> checkpoints) {
    utterances.sort(Comparator.comparing(SealedUtterance::getUtteranceId));
    CorpusSealed manifest =
        new CorpusSealed(CORPUS, utterances, CorpusDigest.of(utterances), Instant.EPOCH);
    return new Workload(
        chunks,
        new Message(RecordKeys.of(manifest), SingleObjectCodec.encode(manifest)),
        checkpoints);
  }

  private static SealedUtterance chop(
      String utteranceId, DecodedAudio audio, long samples, List<Message> chunks) {
    int perChunk = audio.sampleRateHz();
    int count = (int) ((samples + perChunk - 1) / perChunk);
    for (int i = 0; i < count; i++) {
      long from = (long) i * perChunk;
      AudioChunk chunk =
          new AudioChunk(
              CORPUS,
              utteranceId,
              i,
              count,
              audio.sampleRateHz(),
              audio.channels(),
              audio.encoding(),
              ByteBuffer.wrap(audio.interleavedPcm(from, Math.min(samples, from + perChunk))));
      chunks.add(new Message(RecordKeys.of(chunk), SingleObjectCodec.encode(chunk)));
    }
    return new SealedUtterance(
        utteranceId, samples, audio.sampleRateHz(), sha256(audio.interleavedPcm(0, samples)));
  }

  private static Message checkpoint(int step, int attempt) {
    return message(event(DemoData.checkpoint("healthy", step), ModelFormat.ONNX, step, attempt));
  }

  private static CheckpointEvent.Builder event(
      Path model, ModelFormat format, int step, int attempt) {
    SingleObjectCodec.initialise();
    return CheckpointEvent.newBuilder()
        .setRunId("healthy")
        .setCheckpointId("step-" + step)
        .setStep(step)
        .setAttempt(attempt)
        .setCorpusId(CORPUS)
        .setModelUri(model.toUri().toString())
        .setModelFormat(format)
        .setPublishedAt(Instant.EPOCH);
  }

  private static Message message(CheckpointEvent.Builder checkpoint) {
    CheckpointEvent event = checkpoint.build();
    return new Message(RecordKeys.of(event), SingleObjectCodec.encode(event));
  }

  private static String sha256(byte[] pcm) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(pcm));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256.", e);
    }
  }
}
