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

/**
 * The demo's corpus and some of its checkpoints as records that can be sent in any order: audio in
 * chunks of a second, its manifest, and checkpoint events.
 */
record Workload(List<Message> chunks, Message manifest, List<Message> checkpoints) {

  /** Outputs of the demo's models, each evaluated. */
  static final int LAYERS = 4;

  private static final String CORPUS = "demo-speech";
  private static final List<Integer> STEPS = List.of(0, 25, 50, 100, 200, 400, 800, 1_200);

  /** Key and value of a Kafka record. */
  record Message(byte[] key, byte[] value) {}

  /** The demo's audio, and eight checkpoints of its healthy run. */
  static Workload ofDemo() {
    try {
      List<Message> chunks = new ArrayList<>();
      List<SealedUtterance> sealed = new ArrayList<>();
      for (AudioFilePath file : AudioFiles.list(List.of(DemoData.audio()))) {
        sealed.add(chop(file.utteranceId(), AudioFile.read(file.path()), chunks));
      }
      sealed.sort(Comparator.comparing(SealedUtterance::getUtteranceId));
      CorpusSealed manifest =
          new CorpusSealed(CORPUS, sealed, CorpusDigest.of(sealed), Instant.EPOCH);
      return new Workload(
          chunks,
          new Message(RecordKeys.of(manifest), SingleObjectCodec.encode(manifest)),
          STEPS.stream().map(Workload::checkpoint).toList());
    } catch (IOException e) {
      throw new AssertionError("The demo's audio cannot be read.", e);
    }
  }

  /** The same with its first checkpoints only. */
  Workload first(int count) {
    return new Workload(chunks, manifest, checkpoints.subList(0, count));
  }

  private static SealedUtterance chop(
      String utteranceId, DecodedAudio audio, List<Message> chunks) {
    long samples = audio.samplesPerChannel();
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
        utteranceId, samples, audio.sampleRateHz(), sha256(audio.interleavedPcm()));
  }

  private static Message checkpoint(int step) {
    Path model = DemoData.checkpoint("healthy", step);
    CheckpointEvent event =
        CheckpointEvent.newBuilder()
            .setRunId("healthy")
            .setCheckpointId(model.getFileName().toString())
            .setStep(step)
            .setCorpusId(CORPUS)
            .setModelUri(model.toUri().toString())
            .setModelFormat(ModelFormat.ONNX)
            .setPublishedAt(Instant.EPOCH)
            .build();
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
