package io.sounding.tests.savepoint;

import io.sounding.schemas.AudioChunk;
import io.sounding.schemas.CheckpointEvent;
import io.sounding.schemas.CorpusDigest;
import io.sounding.schemas.CorpusSealed;
import io.sounding.schemas.InputNormalisation;
import io.sounding.schemas.ModelFormat;
import io.sounding.schemas.PcmEncoding;
import io.sounding.schemas.RecordKeys;
import io.sounding.schemas.SealedUtterance;
import io.sounding.schemas.SingleObjectCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Input that brings the job into the middle of its work, and the input that follows.
 *
 * <p>Step 1 is evaluated to its end. Then step 2, a slow model, is under way on the sealed corpus
 * "whole", step 3 (three layers) waits behind it, and step 4 waits for the corpus "late", of which
 * some utterances are there, one is there in half, and the rest and the manifest are not.
 * Afterwards comes what is missing, step 1 again, and step 5.
 */
final class Scenario {

  /** The models that are evaluated. */
  static final List<String> MODELS = List.of("one_tensor.onnx", "tuple.onnx", "busy.pt");

  /** What {@code busy.pt} reads from the first sample: 14 ms of work each, measured on one core. */
  private static final short BUSY_ROUNDS = 3;

  private static final int RATE_HZ = 16_000;
  private static final int WHOLE_UTTERANCES = 48;
  private static final int LATE_UTTERANCES = 6;
  private static final Instant NOON = Instant.ofEpochMilli(1_800_000_000_000L);

  private final Path models;

  /**
   * The scenario.
   *
   * @param models folder with the {@link #MODELS}
   */
  Scenario(Path models) {
    this.models = models;
  }

  /** The corpus "whole", and the step that is evaluated to its end. */
  List<InputRecord> first() throws IOException {
    List<InputRecord> records = new ArrayList<>(corpus("whole", 0, WHOLE_UTTERANCES));
    records.add(manifest("whole", WHOLE_UTTERANCES));
    records.add(step1());
    return records;
  }

  /** What is under way then, or waits. */
  List<InputRecord> second() throws IOException {
    List<InputRecord> late = corpus("late", 0, LATE_UTTERANCES / 2);
    List<InputRecord> records = new ArrayList<>(late.subList(0, late.size() - 1));
    records.add(checkpoint(4, "late", "one_tensor.onnx"));
    records.add(checkpoint(2, "whole", "busy.pt"));
    records.add(checkpoint(3, "whole", "tuple.onnx"));
    return records;
  }

  /** What comes after the savepoint. */
  List<InputRecord> rest() throws IOException {
    List<InputRecord> late = corpus("late", 0, LATE_UTTERANCES / 2);
    List<InputRecord> records = new ArrayList<>();
    records.add(step1());
    records.add(late.get(late.size() - 1));
    records.addAll(corpus("late", LATE_UTTERANCES / 2, LATE_UTTERANCES));
    records.add(manifest("late", LATE_UTTERANCES));
    records.add(checkpoint(5, "late", "tuple.onnx"));
    return records;
  }

  private InputRecord step1() throws IOException {
    return checkpoint(1, "whole", "one_tensor.onnx");
  }

  private InputRecord checkpoint(int step, String corpusId, String model) throws IOException {
    CheckpointEvent event =
        CheckpointEvent.newBuilder()
            .setRunId("run")
            .setCheckpointId("step" + step)
            .setStep(step)
            .setCorpusId(corpusId)
            .setModelUri(RestorableJob.MODELS + "/" + model)
            .setModelFormat(model.endsWith(".pt") ? ModelFormat.TORCHSCRIPT : ModelFormat.ONNX)
            .setModelSha256(sha256(Files.readAllBytes(models.resolve(model))))
            .setInputNormalisation(InputNormalisation.NONE)
            .setTrainingLoss(1.0 / step)
            .setPublishedAt(NOON)
            .build();
    return new InputRecord(false, RecordKeys.of(event), SingleObjectCodec.encode(event));
  }

  /** Two chunks for each utterance. */
  private static List<InputRecord> corpus(String corpusId, int from, int to) {
    List<InputRecord> records = new ArrayList<>();
    for (int utterance = from; utterance < to; utterance++) {
      byte[] pcm = pcm(corpusId, utterance);
      int half = pcm.length / 4 * 2;
      for (int index = 0; index < 2; index++) {
        AudioChunk chunk =
            AudioChunk.newBuilder()
                .setCorpusId(corpusId)
                .setUtteranceId(id(utterance))
                .setChunkIndex(index)
                .setChunkCount(2)
                .setSampleRateHz(RATE_HZ)
                .setChannels(1)
                .setEncoding(PcmEncoding.PCM_S16LE)
                .setPcm(ByteBuffer.wrap(pcm, index * half, index == 0 ? half : pcm.length - half))
                .build();
        records.add(new InputRecord(true, RecordKeys.of(chunk), SingleObjectCodec.encode(chunk)));
      }
    }
    return records;
  }

  private static InputRecord manifest(String corpusId, int utterances) {
    List<SealedUtterance> sealed =
        IntStream.range(0, utterances)
            .mapToObj(
                u -> {
                  byte[] pcm = pcm(corpusId, u);
                  return new SealedUtterance(id(u), pcm.length / 2L, RATE_HZ, sha256(pcm));
                })
            .toList();
    CorpusSealed manifest =
        CorpusSealed.newBuilder()
            .setCorpusId(corpusId)
            .setUtterances(sealed)
            .setDigest(CorpusDigest.of(sealed))
            .setSealedAt(NOON)
            .build();
    return new InputRecord(true, RecordKeys.of(manifest), SingleObjectCodec.encode(manifest));
  }

  private static String id(int utterance) {
    return "utterance-%02d".formatted(utterance);
  }

  /** Noise of 10 to 40 ms; every utterance has a length of its own, hence a batch of its own. */
  private static byte[] pcm(String corpusId, int utterance) {
    ByteBuffer pcm = ByteBuffer.allocate(2 * (160 + 10 * utterance)).order(ByteOrder.LITTLE_ENDIAN);
    long state = corpusId.length() + 1_000L * utterance;
    while (pcm.hasRemaining()) {
      state = state * 6_364_136_223_846_793_005L + 1_442_695_040_888_963_407L;
      pcm.putShort((short) (state >> 50));
    }
    return pcm.putShort(0, BUSY_ROUNDS).array();
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256.", e);
    }
  }
}
