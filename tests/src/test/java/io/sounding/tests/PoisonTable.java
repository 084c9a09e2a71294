package io.sounding.tests;

import static io.sounding.tests.PoisonCase.evaluated;
import static io.sounding.tests.PoisonCase.failed;
import static io.sounding.tests.PoisonCase.letter;
import static io.sounding.tests.PoisonRecords.HEALTHY;
import static io.sounding.tests.PoisonRecords.RATE_HZ;
import static io.sounding.tests.PoisonRecords.checkpoint;
import static io.sounding.tests.PoisonRecords.chunk;
import static io.sounding.tests.PoisonRecords.floats;
import static io.sounding.tests.PoisonRecords.half;
import static io.sounding.tests.PoisonRecords.manifest;
import static io.sounding.tests.PoisonRecords.model;
import static io.sounding.tests.PoisonRecords.noise;
import static io.sounding.tests.PoisonRecords.sealed;
import static io.sounding.tests.PoisonRecords.sha256;

import io.sounding.schemas.AudioChunk;
import io.sounding.schemas.CorpusSealed;
import io.sounding.schemas.PcmEncoding;
import io.sounding.schemas.RejectReason;
import io.sounding.schemas.SealedUtterance;
import io.sounding.schemas.SingleObjectCodec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Records, audio, manifests and events that are bad, and what must come of them. */
final class PoisonTable {

  private final PoisonRecords publish;

  PoisonTable(PoisonRecords publish) {
    this.publish = publish;
  }

  List<PoisonCase> cases() {
    return Stream.of(bytes(), chunks(), utterances(), manifests(), corpora(), events(), scores())
        .flatMap(List::stream)
        .toList();
  }

  private List<PoisonCase> bytes() {
    byte[] random = new byte[64];
    new Random(20_100).nextBytes(random);
    byte[] text = "{\"runId\": 1}".getBytes(StandardCharsets.UTF_8);
    byte[] chunk = SingleObjectCodec.encode(chunk("c", "u", noise(1, 800)).build());
    byte[] event =
        SingleObjectCodec.encode(checkpoint("c", HEALTHY, model("one_tensor.pt")).build());
    byte[] unknown = chunk.clone();
    unknown[2] ^= 1;
    return List.of(
        badAudio("random bytes", RejectReason.NOT_AVRO, "instead of C3 01", random),
        badEvent("text", RejectReason.NOT_AVRO, "starts with 7B 22", text),
        badAudio("a tombstone", RejectReason.NOT_AVRO, "The record has 0 bytes", null),
        badAudio("a truncated chunk", RejectReason.CORRUPT, "cannot be read", half(chunk)),
        badEvent("a truncated event", RejectReason.CORRUPT, "cannot be read", half(event)),
        badAudio(
            "an unknown schema fingerprint",
            RejectReason.UNKNOWN_SCHEMA,
            "is not one this version knows",
            unknown),
        badAudio(
            "a checkpoint event among audio",
            RejectReason.WRONG_TOPIC,
            "is a CheckpointEvent, but this topic carries AudioChunk or CorpusSealed",
            event),
        badEvent(
            "a chunk among checkpoints",
            RejectReason.WRONG_TOPIC,
            "is a AudioChunk, but this topic carries CheckpointEvent",
            chunk));
  }

  private List<PoisonCase> scores() {
    byte[] chunk = SingleObjectCodec.encode(chunk("c", "u", noise(1, 800)).build());
    return List.of(
        letter(
            "text among scores",
            RejectReason.NOT_AVRO,
            "starts with 61 73",
            List.of(publish.score("asr-wer 7.3".getBytes(StandardCharsets.UTF_8)))),
        letter(
            "a chunk among scores",
            RejectReason.WRONG_TOPIC,
            "is a AudioChunk, but this topic carries DownstreamScore",
            List.of(publish.score(chunk))),
        letter(
            "a score that is no number",
            RejectReason.BAD_SCORE,
            "The score of run poison at step 1 on asr-wer is NaN.",
            List.of(publish.score("asr-wer", 1, Double.NaN))),
        letter(
            "a score before the first step",
            RejectReason.BAD_SCORE,
            "The step is -1; it must not be negative.",
            List.of(publish.score("asr-wer", -1, 7.3))),
        letter(
            "a score of no task",
            RejectReason.BAD_ID,
            "The field task is blank.",
            List.of(publish.score(" ", 1, 7.3))));
  }

  private List<PoisonCase> chunks() {
    byte[] pcm = noise(2, 800);
    AudioChunk.Builder nan =
        chunk("c", "nan", floats(0, Float.NaN)).setEncoding(PcmEncoding.FLOAT32LE);
    return List.of(
        badChunk("empty PCM", RejectReason.BAD_PCM, "has 0 bytes", chunk("c", "0", new byte[0])),
        badChunk("odd PCM", RejectReason.BAD_PCM, "has 7 bytes", chunk("c", "7", new byte[7])),
        badChunk(
            "half a sample frame of 7 channels",
            RejectReason.BAD_PCM,
            "with 7 channels of PCM_S16LE it must be a positive multiple of 14",
            chunk("c", "half", new byte[16]).setChannels(7)),
        badChunk("NaN samples", RejectReason.BAD_PCM, "Sample 1 of the chunk is NaN", nan),
        badChunk(
            "9 channels",
            RejectReason.BAD_AUDIO_FORMAT,
            "has 9 channels",
            chunk("c", "channels", pcm).setChannels(9)),
        badChunk(
            "sample rate 0",
            RejectReason.BAD_AUDIO_FORMAT,
            "sampleRateHz is 0",
            chunk("c", "rate", pcm).setSampleRateHz(0)),
        badChunk(
            "sample rate 10^9",
            RejectReason.BAD_AUDIO_FORMAT,
            "sampleRateHz is 1000000000",
            chunk("c", "rate", pcm).setSampleRateHz(1_000_000_000)),
        letter(
            "a chunk with another sample rate than the one before it",
            RejectReason.CONFLICTING_CHUNK,
            "A chunk of utterance mixed says 2 chunks, 8000 Hz",
            List.of(
                publish.audio(chunk("c", "mixed", pcm).setChunkCount(2)),
                publish.audio(
                    chunk("c", "mixed", pcm)
                        .setChunkIndex(1)
                        .setChunkCount(2)
                        .setSampleRateHz(8_000)))),
        badChunk(
            "a missing chunk",
            RejectReason.INCOMPLETE_UTTERANCE,
            "Of utterance gap of corpus c 1 of 3 chunks came, then none for PT5S; missing are [0, 2].",
            chunk("c", "gap", pcm).setChunkIndex(1).setChunkCount(3)));
  }

  private List<PoisonCase> utterances() {
    byte[] sevenChannels = noise(3, 7 * 800);
    SealedUtterance seven = new SealedUtterance("seven", 800L, RATE_HZ, sha256(sevenChannels));
    return List.of(
        letter(
            "an utterance of 10 hours",
            RejectReason.BAD_AUDIO_FORMAT,
            "Utterance endless is longer than 7200 s. Publish it in pieces.",
            tenHours()),
        badManifest(
            "a manifest with an utterance of 10 hours",
            "gives utterance endless 576000000 samples at 16000 Hz, more than 7200 s",
            manifest(
                "c", new SealedUtterance("endless", 36_000L * RATE_HZ, RATE_HZ, "a".repeat(64)))),
        badManifest(
            "a manifest with an utterance of no length",
            "gives utterance nothing 0 samples",
            manifest("c", sealed("nothing", new byte[0]))),
        failed(
            "an utterance shorter than the receptive field",
            List.of("Embedding speech_0 of corpus short failed", "100 samples", "Kernel size"),
            withCorpus("short", noise(4, 100), "an utterance shorter than the receptive field")),
        evaluated(
            "7 channels",
            List.of(
                publish.audio(chunk("7", "seven", sevenChannels).setChannels(7)),
                publish.audio(manifest("7", seven)),
                publish.checkpoint(checkpoint("7 channels", "7", model("one_tensor.pt"))))));
  }

  /** The first 17 of 80 chunks of 450 s each, at the lowest sample rate. */
  private List<ProducerRecord<byte[], byte[]>> tenHours() {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int i = 0; i < 17; i++) {
      records.add(
          publish.audio(
              chunk("c", "endless", new byte[900_000])
                  .setSampleRateHz(1_000)
                  .setChunkIndex(i)
                  .setChunkCount(80)));
    }
    return records;
  }

  private List<ProducerRecord<byte[], byte[]>> withCorpus(
      String corpusId, byte[] pcm, String checkpointId) {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>(publish.corpus(corpusId, pcm));
    records.add(publish.checkpoint(checkpoint(checkpointId, corpusId, model("one_tensor.pt"))));
    return records;
  }

  private List<PoisonCase> manifests() {
    byte[] pcm = noise(5, 800);
    byte[] other = noise(6, 800);
    SealedUtterance there = sealed("there", pcm);
    return List.of(
        failed(
            "a manifest that promises more than comes",
            List.of("not complete within PT20S", "1 are missing, among them never"),
            List.of(
                publish.audio(chunk("more", "there", pcm)),
                publish.audio(manifest("more", there, sealed("never", other))),
                publish.checkpoint(
                    checkpoint(
                        "a manifest that promises more than comes",
                        "more",
                        model("one_tensor.pt"))))),
        letter(
            "a manifest that promises less than comes",
            RejectReason.NOT_IN_MANIFEST,
            "Utterance stranger is not in the manifest of corpus less, which is sealed.",
            List.of(
                publish.audio(chunk("less", "there", pcm)),
                publish.audio(chunk("less", "stranger", other)),
                publish.audio(manifest("less", there)))),
        failed(
            "a manifest with another length than the audio",
            List.of("It has 800 samples at 16000 Hz, but the manifest says 801 at 16000 Hz."),
            List.of(
                publish.audio(chunk("lie", "there", pcm)),
                publish.audio(
                    manifest("lie", new SealedUtterance("there", 801L, RATE_HZ, sha256(pcm)))),
                publish.checkpoint(
                    checkpoint(
                        "a manifest with another length than the audio",
                        "lie",
                        model("one_tensor.pt"))))),
        letter(
            "two manifests that disagree",
            RejectReason.CONFLICTING_MANIFEST,
            "Corpus two was sealed with digest",
            List.of(
                publish.audio(manifest("two", there)),
                publish.audio(manifest("two", there, sealed("second", other))))));
  }

  private List<PoisonCase> corpora() {
    byte[] other = noise(7, 800);
    return List.of(
        letter(
            "other audio under an utterance's id",
            RejectReason.CONFLICTING_CHUNK,
            "Chunk 0 of utterance speech_0 came before with other audio.",
            List.of(publish.audio(chunk(HEALTHY, "speech_0", other)))),
        letter(
            "another corpus under a corpus' id",
            RejectReason.CONFLICTING_MANIFEST,
            "Corpus healthy was sealed with digest",
            List.of(publish.audio(manifest(HEALTHY, sealed("clash", other))))),
        letter(
            "audio of another corpus under a corpus' id",
            RejectReason.NOT_IN_MANIFEST,
            "Utterance clash is not in the manifest of corpus healthy",
            List.of(publish.audio(chunk(HEALTHY, "clash", other)))),
        failed(
            "a corpus that never comes",
            List.of("not complete within PT20S: Corpus nowhere is not sealed."),
            List.of(
                publish.checkpoint(
                    checkpoint("a corpus that never comes", "nowhere", model("one_tensor.pt"))))));
  }

  private List<PoisonCase> events() {
    Path model = model("one_tensor.pt");
    return List.of(
        letter(
            "a model's sample rate 0",
            RejectReason.BAD_CHECKPOINT,
            "The model's sampleRateHz is 0",
            List.of(publish.checkpoint(checkpoint("rate 0", HEALTHY, model).setSampleRateHz(0)))),
        letter(
            "a checkpoint published again with another step",
            RejectReason.CONFLICTING_CHECKPOINT,
            "Checkpoint again of run poison was published before with other contents",
            List.of(
                publish.checkpoint(checkpoint("again", HEALTHY, model)),
                publish.checkpoint(checkpoint("again", HEALTHY, model).setStep(2)))));
  }

  private PoisonCase badAudio(String name, RejectReason reason, String sentence, byte[] value) {
    return letter(name, reason, sentence, List.of(publish.audio(value)));
  }

  private PoisonCase badEvent(String name, RejectReason reason, String sentence, byte[] value) {
    return letter(name, reason, sentence, List.of(publish.checkpoint(value)));
  }

  private PoisonCase badChunk(
      String name, RejectReason reason, String sentence, AudioChunk.Builder chunk) {
    return letter(name, reason, sentence, List.of(publish.audio(chunk)));
  }

  private PoisonCase badManifest(String name, String sentence, CorpusSealed manifest) {
    return letter(name, RejectReason.BAD_MANIFEST, sentence, List.of(publish.audio(manifest)));
  }
}
