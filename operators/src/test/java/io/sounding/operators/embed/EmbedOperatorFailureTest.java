package io.sounding.operators.embed;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import io.sounding.operators.EvaluationSettings;
import io.sounding.operators.Examples;
import io.sounding.operators.admit.CheckpointRequest;
import io.sounding.operators.admit.Manifest;
import io.sounding.operators.assemble.Utterance;
import io.sounding.operators.fold.ShardSummary;
import io.sounding.operators.statistics.LayerSummary;
import io.sounding.schemas.PcmEncoding;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checkpoints that cannot be evaluated: each says so once, and the next one is evaluated. */
@Timeout(60)
class EmbedOperatorFailureTest {

  static final int SHARDS = 4;

  @TempDir Path cache;

  private EvaluationSettings settings;
  private final List<Utterance> corpus = EmbedOperatorTest.corpus("dev", 24);

  @BeforeEach
  void settings() {
    settings = Examples.settings(SHARDS, cache);
  }

  private EmbedHarness withCorpus() throws Exception {
    EmbedHarness harness = EmbedHarness.opened(settings);
    harness.hear(corpus);
    harness.tell(Control.of(Examples.manifest(corpus)));
    return harness;
  }

  static void assertTheNextCheckpointIsEvaluated(EmbedHarness harness) throws Exception {
    int before = harness.summaries().size();
    harness.tell(Control.of(Examples.request("good", 99, "dev", TestModels.path("one_tensor.pt"))));
    harness.runUntilSummaries(before + SHARDS);
    assertThat(harness.summaries().subList(before, before + SHARDS))
        .allMatch(s -> s.checkpoint().checkpointId().equals("good") && s.failure() == null);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          no_such_file.pt           | cannot be fetched
          no_torchscript.pt         | cannot be loaded as TORCHSCRIPT
          unsupported_operator.onnx | cannot be loaded as ONNX
          rank_1.pt                 | must be (batch, frames, dimension)
          wants_channels.pt         | The model failed on 1 x 800 samples
          other_dimensions.pt       | has dimension 6 where layer 0 has 8
          not_a_number.pt           | failed: In layer 0 of the model: Utterance speech_
          not_a_number.pt           | : frame 0 holds NaN
          infinite.pt               | failed: In layer 1 of the model: Utterance speech_
          infinite.pt               | : frame 3 holds
          """)
  void aModelThatCannotBeUsedFailsOncePerSubtaskAndTheNextOneIsEvaluated(
      String model, String sentence) throws Exception {
    Path file = TestModels.path("expected.json").resolveSibling(model);
    try (EmbedHarness harness = withCorpus()) {
      harness.tell(Control.of(Examples.request("bad", 1, "dev", file)));
      harness.runUntilSummaries(1);
      assertThat(harness.summaries())
          .filteredOn(failure -> failure.layer() == ShardSummary.ALL_LAYERS)
          .singleElement()
          .satisfies(
              failure -> {
                assertThat(failure.failure()).contains(sentence).endsWith(".");
                assertThat(failure.summary()).isNull();
              });
      assertThat(harness.summaries()).allMatch(failure -> failure.failure() != null);
      assertTheNextCheckpointIsEvaluated(harness);
    }
  }

  @Test
  void aTruncatedModelFails() throws Exception {
    byte[] whole = Files.readAllBytes(TestModels.path("one_tensor.pt"));
    Path half = cache.resolve("half.pt");
    Files.write(half, Arrays.copyOf(whole, whole.length / 2));
    try (EmbedHarness harness = withCorpus()) {
      harness.tell(Control.of(Examples.request("bad", 1, "dev", half)));
      harness.runUntilSummaries(1);
      assertThat(harness.summaries().get(0).failure()).contains("cannot be loaded as TORCHSCRIPT");
      assertTheNextCheckpointIsEvaluated(harness);
    }
  }

  @Test
  void aModelWithAnotherDigestThanItsEventSaysFails() throws Exception {
    Path model = TestModels.path("one_tensor.pt");
    CheckpointRequest request =
        Examples.withSha256(Examples.request("bad", 1, "dev", model), "0".repeat(64));
    try (EmbedHarness harness = withCorpus()) {
      harness.tell(Control.of(request));
      harness.runUntilSummaries(1);
      assertThat(harness.summaries().get(0).failure())
          .contains("0".repeat(64), Examples.sha256(Files.readAllBytes(model)));
      assertTheNextCheckpointIsEvaluated(harness);
    }
  }

  @Test
  void aModelThatIsNotTrustedFailsUnopened() throws Exception {
    Path models = TestModels.path("one_tensor.pt").getParent();
    Path elsewhere = Files.copy(TestModels.path("one_tensor.pt"), cache.resolve("elsewhere.pt"));
    settings =
        settings.with(
            ModelSettings.of(
                TrustedArtifacts.of(List.of(models.toString())),
                cache.resolve("models").toString()));
    try (EmbedHarness harness = withCorpus()) {
      harness.tell(Control.of(Examples.request("bad", 1, "dev", elsewhere)));
      harness.runUntilSummaries(1);
      assertThat(harness.summaries().get(0).failure())
          .contains("elsewhere.pt is not fetched: it does not lie below " + models);
      assertTheNextCheckpointIsEvaluated(harness);
    }
  }

  @Test
  void aModelFileLargerThanOneMayBeFails() throws Exception {
    Path model = TestModels.path("one_tensor.pt");
    settings =
        settings.with(settings.models().with(1 << 20, Files.size(model), Duration.ofMinutes(1)));
    Path larger = TestModels.path("busy.pt");
    try (EmbedHarness harness = withCorpus()) {
      harness.tell(Control.of(Examples.request("bad", 1, "dev", larger)));
      harness.runUntilSummaries(1);
      assertThat(harness.summaries().get(0).failure())
          .contains("%d bytes; at most %d".formatted(Files.size(larger), Files.size(model)));
      assertTheNextCheckpointIsEvaluated(harness);
    }
  }

  /** A pass of busy.pt on it takes about 14 ms a round, measured on one quiet core. */
  static List<Utterance> busyFor(int rounds) {
    return List.of(busy("holdup", 5, rounds));
  }

  static Utterance busy(String utteranceId, int hops, int rounds) {
    Utterance any = Examples.utterance("busy", utteranceId, hops * TestModels.HOP);
    byte[] pcm = any.pcm().clone();
    ByteBuffer.wrap(pcm).order(ByteOrder.LITTLE_ENDIAN).putShort((short) rounds);
    return new Utterance("busy", utteranceId, 16_000, 1, any.encoding(), pcm, Examples.sha256(pcm));
  }

  static void beginAPassOf(EmbedHarness harness, EvaluationSettings settings, List<Utterance> busy)
      throws Exception {
    harness.hear(busy);
    harness.tell(Control.of(Examples.manifest(busy)));
    evaluateLoaded(
        harness, settings, Examples.request("bad", 1, "busy", TestModels.path("busy.pt")));
  }

  /** Has it evaluated as far as that needs no waiting, its model being loaded. */
  static void evaluateLoaded(
      EmbedHarness harness, EvaluationSettings settings, CheckpointRequest request)
      throws Exception {
    try (var lease =
        SharedEncoders.on(Device.cpu())
            .lease(request, ModelLoading.as(settings.models(), Device.cpu()))) {
      lease.encoder().join();
      harness.tell(Control.of(request));
      harness.runMailsThatAreThere();
    }
  }

  @Test
  void aForwardPassThatTakesTooLongFailsTheCheckpointAndTheTaskDoesNotWaitForIt() throws Exception {
    try (EmbedHarness harness = withCorpus()) {
      beginAPassOf(harness, settings, busyFor(300));
      harness.snapshot(1, 1);
      harness.setProcessingTime(Duration.ofSeconds(30).toMillis());
      assertThat(harness.summaries()).isEmpty();
      harness.setProcessingTime(Duration.ofMinutes(1).toMillis());
      assertThat(harness.summaries())
          .singleElement()
          .satisfies(
              failure ->
                  assertThat(failure.failure())
                      .startsWith(
                          "Embedding holdup of corpus busy failed: The model did not finish 1 x 800 samples within PT1M.")
                      .endsWith("."));
      assertTheNextCheckpointIsEvaluated(harness);
    }
  }

  @Test
  void aForwardPassLongerThanASliceIsWaitedForWithinItsTimeLimit() throws Exception {
    try (EmbedHarness harness = withCorpus()) {
      beginAPassOf(harness, settings, busyFor(20));
      harness.runUntilSummaries(1);
      harness.setProcessingTime(Duration.ofMinutes(1).toMillis());
      assertThat(harness.summaries()).singleElement().matches(s -> s.failure() == null);
    }
  }

  @Test
  void theEndOfInputWaitsForAForwardPass() throws Exception {
    try (EmbedHarness harness = withCorpus()) {
      beginAPassOf(harness, settings, busyFor(20));
      harness.endInputs();
      assertThat(harness.summaries()).singleElement().matches(s -> s.failure() == null);
    }
  }

  @Test
  void aTaskEndsWithoutWaitingForAForwardPassAndTheNextOneUsesTheSameModel() throws Exception {
    try (EmbedHarness harness = withCorpus()) {
      beginAPassOf(harness, settings, busyFor(100));
    }
    try (EmbedHarness harness = withCorpus()) {
      beginAPassOf(harness, settings, busyFor(0));
      harness.runUntilSummaries(1);
      assertThat(harness.summaries()).allMatch(s -> s.failure() == null);
    }
  }

  @Test
  void aModelThatThrowsOnOneUtteranceNamesIt() throws Exception {
    settings = Examples.settings(1, cache);
    try (EmbedHarness harness = withCorpus()) {
      harness.tell(
          Control.of(Examples.request("bad", 1, "dev", TestModels.path("refuses_one_length.pt"))));
      harness.runUntilSummaries(1);
      harness.runMailsThatAreThere();
      assertThat(harness.summaries())
          .singleElement()
          .satisfies(
              failure ->
                  assertThat(failure.failure())
                      .contains("Embedding speech_12 of corpus dev failed")
                      .contains("1120 samples", "this length is refused"));
    }
  }

  @Test
  void anUtteranceShorterThanTheReceptiveFieldFailsTheCheckpoint() throws Exception {
    List<Utterance> tooShort = List.of(Examples.utterance("short", "click", 100));
    try (EmbedHarness harness = withCorpus()) {
      harness.hear(tooShort);
      harness.tell(Control.of(Examples.manifest(tooShort)));
      harness.tell(
          Control.of(Examples.request("bad", 1, "short", TestModels.path("one_tensor.pt"))));
      harness.runUntilSummaries(1);
      assertThat(harness.summaries().get(0).failure())
          .contains("Embedding click of corpus short failed", "100 samples", "Kernel size");
      assertTheNextCheckpointIsEvaluated(harness);
    }
  }

  @Test
  void anUtteranceThatFillsTheMemoryAtTheModelsRateFailsTheCheckpoint() throws Exception {
    byte[] pcm = new byte[2 * 7_000 * 1_000];
    List<Utterance> talk =
        List.of(
            new Utterance(
                "long", "talk", 1_000, 1, PcmEncoding.PCM_S16LE, pcm, Examples.sha256(pcm)));
    CheckpointRequest at16kHz =
        Examples.request("bad", 1, "long", TestModels.path("one_tensor.pt"));
    CheckpointRequest request =
        new CheckpointRequest(
            at16kHz.runId(),
            at16kHz.checkpointId(),
            at16kHz.step(),
            at16kHz.attempt(),
            at16kHz.corpusId(),
            at16kHz.modelUri(),
            at16kHz.modelFormat(),
            null,
            null,
            null,
            768_000,
            at16kHz.inputNormalisation(),
            null,
            null,
            at16kHz.source());
    try (EmbedHarness harness = withCorpus()) {
      harness.hear(talk);
      harness.tell(Control.of(Examples.manifest(talk)));
      harness.tell(Control.of(request));
      harness.runUntilSummaries(1);
      assertThat(harness.summaries().get(0).failure())
          .startsWith(
              "Embedding talk of corpus long failed: It does not fit into the memory of the Java process.");
      assertTheNextCheckpointIsEvaluated(harness);
    }
  }

  static final List<Utterance> LIE = List.of(Examples.utterance("lie", "u", 1_600));

  static Manifest lie(long samples) {
    Manifest truth = Examples.manifest(LIE);
    return new Manifest(
        "lie",
        truth.digest(),
        truth.utteranceIds(),
        new long[] {samples},
        truth.sampleRatesHz(),
        truth.sha256s(),
        truth.source());
  }

  @Test
  void aManifestWithAnotherLengthThanTheAudioFailsTheCheckpoint() throws Exception {
    for (long samples : new long[] {1, 800, 16_000}) {
      try (EmbedHarness harness = withCorpus()) {
        harness.hear(LIE);
        harness.tell(Control.of(lie(samples)));
        harness.tell(
            Control.of(Examples.request("bad", 1, "lie", TestModels.path("one_tensor.pt"))));
        harness.runUntilSummaries(1);
        assertThat(harness.summaries().get(0).failure())
            .contains("u of corpus lie", "1600", "manifest", Long.toString(samples));
        assertTheNextCheckpointIsEvaluated(harness);
      }
    }
  }

  @Test
  void aFrameOfOneDimensionIsNoFailure() throws Exception {
    try (EmbedHarness harness = withCorpus()) {
      harness.tell(
          Control.of(Examples.request("flat", 1, "dev", TestModels.path("dimension_1.pt"))));
      harness.runUntilSummaries(SHARDS);
      assertThat(harness.summaries())
          .allMatch(s -> LayerSummary.fromBytes(s.summary()).dimension() == 1);
    }
  }
}
