package io.sounding.operators.admit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.operators.Examples;
import io.sounding.schemas.AudioChunk;
import io.sounding.schemas.CheckpointEvent;
import io.sounding.schemas.CorpusDigest;
import io.sounding.schemas.CorpusSealed;
import io.sounding.schemas.DownstreamScore;
import io.sounding.schemas.InputNormalisation;
import io.sounding.schemas.ModelFormat;
import io.sounding.schemas.PcmEncoding;
import io.sounding.schemas.SealedUtterance;
import io.sounding.schemas.SingleObjectCodec;
import io.sounding.schemas.registry.WireFormat;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.apache.avro.specific.SpecificRecord;

/**
 * Whatever bytes come, each record is either admitted or one dead letter, and nothing is thrown;
 * what is admitted keeps to its contract.
 */
class AdmissionFuzzTest {

  private static final byte[][] VALID = {
    SingleObjectCodec.encode(Examples.checkpoint().build()),
    SingleObjectCodec.encode(Examples.chunk().build()),
    SingleObjectCodec.encode(Examples.sealed().build()),
    SingleObjectCodec.encode(Examples.score().build())
  };

  private static final int HEADER = SingleObjectCodec.HEADER_BYTES;

  @Property(tries = 300, seed = "20100", shrinking = ShrinkingMode.BOUNDED)
  void randomBytesAreDeadLetters(@ForAll @Size(max = 200) byte[] bytes) throws Exception {
    assertThat(rejectedByCheckpoints(bytes)).isOne();
    assertThat(rejectedByAudio(bytes)).isOne();
    assertThat(rejectedByScores(bytes)).isOne();
  }

  @Property(tries = 600, seed = "20100", shrinking = ShrinkingMode.BOUNDED)
  void damagedRecordsAreAdmittedOrDeadLetters(
      @ForAll @IntRange(max = 3) int which,
      @ForAll @IntRange(min = 0, max = 400) int position,
      @ForAll @Size(min = 1, max = 8) byte[] damage)
      throws Exception {
    byte[] bytes = VALID[which].clone();
    for (int i = 0; i < damage.length; i++) {
      bytes[HEADER + (position + i) % (bytes.length - HEADER)] = damage[i];
    }
    rejectedByAll(bytes);
  }

  @Property(tries = 600, seed = "20100", shrinking = ShrinkingMode.BOUNDED)
  void recordsWithFlippedBitsAreAdmittedOrDeadLetters(
      @ForAll @IntRange(max = 3) int which,
      @ForAll @Size(min = 1, max = 4) List<@IntRange(max = 8 * 400) Integer> bits)
      throws Exception {
    byte[] bytes = VALID[which].clone();
    for (int bit : bits) {
      bytes[bit / 8 % bytes.length] ^= (byte) (1 << bit % 8);
    }
    rejectedByAll(bytes);
  }

  @Property(tries = 300, seed = "20100", shrinking = ShrinkingMode.BOUNDED)
  void cutRecordsAreDeadLetters(
      @ForAll @IntRange(max = 3) int which, @ForAll @IntRange(max = 400) int length)
      throws Exception {
    byte[] bytes = Arrays.copyOf(VALID[which], length % VALID[which].length);
    assertThat(rejectedByCheckpoints(bytes)).isOne();
    assertThat(rejectedByAudio(bytes)).isOne();
    assertThat(rejectedByScores(bytes)).isOne();
  }

  @Property(tries = 200, seed = "20100", shrinking = ShrinkingMode.BOUNDED)
  void recordsUnderTheFingerprintOfAnotherAreAdmittedOrDeadLetters(
      @ForAll @IntRange(max = 3) int which,
      @ForAll @IntRange(max = 3) int other,
      @ForAll @IntRange(max = 400) int position)
      throws Exception {
    byte[] bytes = VALID[which].clone();
    System.arraycopy(VALID[other], 0, bytes, 0, HEADER);
    bytes[HEADER + position % (bytes.length - HEADER)]++;
    rejectedByAll(bytes);
  }

  @Property(tries = 300, seed = "20100", shrinking = ShrinkingMode.BOUNDED)
  void recordsWithValuesInEachOthersPlaceAreAdmittedOrDeadLetters(
      @ForAll @IntRange(max = 3) int which,
      @ForAll @IntRange(max = 20) int one,
      @ForAll @IntRange(max = 20) int another)
      throws Exception {
    SpecificRecord record =
        SingleObjectCodec.reading(
                CheckpointEvent.getClassSchema(),
                AudioChunk.getClassSchema(),
                CorpusSealed.getClassSchema(),
                DownstreamScore.getClassSchema())
            .decode(VALID[which]);
    var fields = record.getSchema().getFields();
    var first = fields.get(one % fields.size());
    var second = fields.get(another % fields.size());
    if (first.schema().equals(second.schema())) {
      Object value = record.get(first.pos());
      record.put(first.pos(), record.get(second.pos()));
      record.put(second.pos(), value);
    }
    rejectedByAll(SingleObjectCodec.encode(record));
  }

  @Property(tries = 600, seed = "20100", shrinking = ShrinkingMode.BOUNDED)
  void checkpointEventsOfAnyContentsAreAdmittedOrDeadLetters(
      @ForAll("checkpointEvents") CheckpointEvent event) throws Exception {
    byte[] bytes = SingleObjectCodec.encode(event);
    rejectedByCheckpoints(bytes);
    assertThat(rejectedByAudio(bytes)).isOne();
  }

  @Property(tries = 600, seed = "20100", shrinking = ShrinkingMode.BOUNDED)
  void chunksOfAnyContentsAreAdmittedOrDeadLetters(@ForAll("chunks") AudioChunk chunk)
      throws Exception {
    byte[] bytes = SingleObjectCodec.encode(chunk);
    rejectedByAudio(bytes);
    assertThat(rejectedByCheckpoints(bytes)).isOne();
  }

  @Property(tries = 600, seed = "20100", shrinking = ShrinkingMode.BOUNDED)
  void manifestsOfAnyContentsAreAdmittedOrDeadLetters(
      @ForAll("sealedUtterances") List<SealedUtterance> utterances, @ForAll boolean ownDigest)
      throws Exception {
    CorpusSealed.Builder manifest = Examples.sealed().setUtterances(utterances);
    if (ownDigest) {
      manifest.setDigest(CorpusDigest.of(utterances));
    }
    byte[] bytes = SingleObjectCodec.encode(manifest.build());
    int rejected = rejectedByAudio(bytes);
    if (!ownDigest) {
      assertThat(rejected).isOne();
    }
    assertThat(rejectedByCheckpoints(bytes)).isOne();
  }

  /** Mostly plain ids, else any string. */
  @Provide
  static Arbitrary<String> ids() {
    return Arbitraries.frequencyOf(
        Tuple.of(4, Arbitraries.of("a", "b", "speech_0")),
        Tuple.of(1, Arbitraries.strings().ofMaxLength(250)));
  }

  private static Arbitrary<String> digests() {
    return Arbitraries.frequencyOf(
        Tuple.of(4, Arbitraries.just("a".repeat(64))),
        Tuple.of(1, Arbitraries.strings().ofMaxLength(70)));
  }

  private static Arbitrary<Integer> mostly(Integer... usual) {
    return Arbitraries.frequencyOf(
        Tuple.of(6, Arbitraries.of(usual)), Tuple.of(1, Arbitraries.integers()));
  }

  @Property(tries = 600, seed = "20100", shrinking = ShrinkingMode.BOUNDED)
  void scoresOfAnyContentsAreAdmittedOrDeadLetters(
      @ForAll("ids") String run,
      @ForAll("ids") String task,
      @ForAll long step,
      @ForAll double value)
      throws Exception {
    for (double any : new double[] {value, Double.NaN, Double.POSITIVE_INFINITY}) {
      DownstreamScore.Builder score = Examples.score().setRunId(run).setTask(task);
      byte[] bytes = SingleObjectCodec.encode(score.setStep(step).setValue(any).build());
      int rejected = rejectedByScores(bytes);
      assertThat(rejected)
          .isEqualTo(isId(run) && isId(task) && step >= 0 && Double.isFinite(any) ? 0 : 1);
      assertThat(rejectedByCheckpoints(bytes)).isOne();
    }
  }

  @Provide
  Arbitrary<CheckpointEvent> checkpointEvents() {
    return Combinators.combine(
            ids(),
            Arbitraries.strings().ofMaxLength(20),
            Arbitraries.of(ModelFormat.values()),
            digests().injectNull(0.3),
            mostly(8_000, 16_000),
            Arbitraries.of(InputNormalisation.values()),
            mostly(0, -1, 3).list().ofMaxSize(4).injectNull(0.3),
            Arbitraries.doubles().injectNull(0.3))
        .as(
            (id, uri, format, sha256, rate, normalisation, layers, loss) ->
                Examples.checkpoint()
                    .setCheckpointId(id)
                    .setModelUri(uri)
                    .setModelFormat(format)
                    .setModelSha256(sha256)
                    .setSampleRateHz(rate)
                    .setInputNormalisation(normalisation)
                    .setLayers(layers)
                    .setTrainingLoss(loss)
                    .build());
  }

  @Provide
  Arbitrary<AudioChunk> chunks() {
    return Combinators.combine(
            ids(),
            mostly(0, 1),
            mostly(1, 2),
            mostly(8_000, 16_000),
            mostly(1, 2, 7),
            Arbitraries.of(PcmEncoding.values()),
            Arbitraries.bytes().array(byte[].class).ofMaxSize(64))
        .as(
            (id, index, count, rate, channels, encoding, pcm) ->
                new AudioChunk(
                    "dev", id, index, count, rate, channels, encoding, ByteBuffer.wrap(pcm)));
  }

  @Provide
  Arbitrary<List<SealedUtterance>> sealedUtterances() {
    return Combinators.combine(
            ids(),
            Arbitraries.frequencyOf(
                Tuple.of(6, Arbitraries.longs().between(1, 1_000_000)),
                Tuple.of(1, Arbitraries.longs())),
            mostly(8_000, 16_000),
            digests())
        .as(SealedUtterance::new)
        .list()
        .ofMaxSize(3);
  }

  private static void rejectedByAll(byte[] bytes) throws Exception {
    rejectedByCheckpoints(bytes);
    rejectedByAudio(bytes);
    rejectedByScores(bytes);
  }

  private static int rejectedByScores(byte[] bytes) throws Exception {
    try (var admission = new AdmissionHarness<>(new AdmitScores(WireFormat.singleObject()))) {
      admission.take(Examples.record(bytes));
      assertThat(admission.admitted().size() + admission.rejected().size()).isOne();
      assertThat(admission.admitted()).allSatisfy(AdmissionFuzzTest::assertKeepsItsContract);
      return admission.rejected().size();
    }
  }

  private static int rejectedByCheckpoints(byte[] bytes) throws Exception {
    try (var admission = new AdmissionHarness<>(new AdmitCheckpoints(WireFormat.singleObject()))) {
      admission.take(Examples.record(bytes));
      assertThat(admission.admitted().size() + admission.rejected().size()).isOne();
      assertThat(admission.admitted()).allSatisfy(AdmissionFuzzTest::assertKeepsItsContract);
      return admission.rejected().size();
    }
  }

  private static int rejectedByAudio(byte[] bytes) throws Exception {
    try (var admission = new AdmissionHarness<>(new AdmitAudio(WireFormat.singleObject()))) {
      admission.take(Examples.record(bytes));
      int all =
          admission.admitted().size() + admission.manifests().size() + admission.rejected().size();
      assertThat(all).isOne();
      assertThat(admission.admitted()).allSatisfy(AdmissionFuzzTest::assertKeepsItsContract);
      assertThat(admission.manifests()).allSatisfy(AdmissionFuzzTest::assertKeepsItsContract);
      return admission.rejected().size();
    }
  }

  private static void assertKeepsItsContract(CheckpointRequest request) {
    assertThat(List.of(request.runId(), request.checkpointId(), request.corpusId()))
        .allMatch(AdmissionFuzzTest::isId);
    assertThat(request.step()).isNotNegative();
    assertThat(request.attempt()).isNotNegative();
    assertThat(request.modelUri()).isNotBlank();
    assertThat(request.modelFormat()).isNotEqualTo(ModelFormat.UNKNOWN);
    assertThat(request.inputNormalisation()).isNotEqualTo(InputNormalisation.UNKNOWN);
    assertThat(request.sampleRateHz()).isBetween(1_000, 768_000);
    if (request.layers() != null) {
      assertThat(request.layers()).isNotEmpty().doesNotHaveDuplicates();
    }
  }

  private static void assertKeepsItsContract(Score score) {
    assertThat(List.of(score.runId(), score.task())).allMatch(AdmissionFuzzTest::isId);
    assertThat(score.step()).isNotNegative();
    assertThat(score.value()).isFinite();
  }

  private static void assertKeepsItsContract(Chunk chunk) {
    assertThat(List.of(chunk.corpusId(), chunk.utteranceId())).allMatch(AdmissionFuzzTest::isId);
    assertThat(chunk.count()).isBetween(1, 10_000);
    assertThat(chunk.index()).isBetween(0, chunk.count() - 1);
    assertThat(chunk.sampleRateHz()).isBetween(1_000, 768_000);
    assertThat(chunk.channels()).isBetween(1, 8);
    int bytes = chunk.encoding() == PcmEncoding.PCM_S16LE ? 2 : 4;
    assertThat(chunk.pcm().length).isPositive();
    assertThat(chunk.pcm().length % (bytes * chunk.channels())).isZero();
  }

  private static void assertKeepsItsContract(Manifest manifest) {
    assertThat(manifest.corpusId()).matches(AdmissionFuzzTest::isId);
    assertThat(manifest.utteranceIds())
        .isNotEmpty()
        .doesNotHaveDuplicates()
        .allMatch(AdmissionFuzzTest::isId);
    assertThat(manifest.sha256s()).allMatch(sha256 -> sha256.matches("[0-9a-f]{64}"));
    assertThat(manifest.audioSeconds())
        .isPositive()
        .isLessThanOrEqualTo(7_200.0 * manifest.utteranceIds().length);
  }

  private static boolean isId(String id) {
    return !id.isBlank() && id.length() <= 200 && id.chars().noneMatch(Character::isISOControl);
  }
}
