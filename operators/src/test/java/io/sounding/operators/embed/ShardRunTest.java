package io.sounding.operators.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sounding.operators.EvaluationSettings;
import io.sounding.operators.Examples;
import io.sounding.operators.admit.CheckpointRequest;
import io.sounding.operators.admit.Manifest;
import io.sounding.operators.assemble.Division;
import io.sounding.operators.assemble.Utterance;
import io.sounding.operators.fold.ShardFold;
import io.sounding.operators.fold.ShardSummary;
import io.sounding.operators.statistics.HostProducts;
import io.sounding.operators.statistics.LayerSummary;
import io.sounding.operators.statistics.RankMetrics;
import io.sounding.operators.statistics.StatisticsSettings;
import io.sounding.schemas.InputNormalisation;
import io.sounding.schemas.ModelFormat;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ShardRunTest {

  private static final EvaluationSettings SETTINGS = Examples.settings(1, Path.of("unused"));
  private static final List<Utterance> CORPUS = EmbedOperatorTest.corpus("dev", 12);

  private static SpeechEncoder encoder;
  private static SpeechEncoder.Session session;

  private final List<String> heard = new ArrayList<>();

  @BeforeAll
  static void load() throws EncodingException {
    Path model = TestModels.path("tuple.pt");
    encoder = SpeechEncoder.load(model, ModelFormat.TORCHSCRIPT, 1);
    session = encoder.open();
  }

  @AfterAll
  static void unload() {
    session.close();
    encoder.close();
  }

  private static CheckpointRequest request(InputNormalisation normalisation) {
    CheckpointRequest request = Examples.request("step1", 1, "dev", TestModels.path("tuple.pt"));
    return new CheckpointRequest(
        request.runId(),
        request.checkpointId(),
        request.step(),
        request.attempt(),
        request.corpusId(),
        request.modelUri(),
        request.modelFormat(),
        null,
        null,
        null,
        request.sampleRateHz(),
        normalisation,
        new int[] {-1},
        null,
        request.source());
  }

  private static ShardManifest part(List<Utterance> utterances, int shard, int shards) {
    Manifest manifest = Examples.manifest(utterances);
    return ShardManifest.of(manifest, Division.of(manifest, shards), shard);
  }

  private static ShardRun run(InputNormalisation normalisation, List<Utterance> utterances) {
    return new ShardRun(request(normalisation), 0, part(utterances, 0, 1), SETTINGS);
  }

  private void finish(ShardRun run, List<Utterance> utterances) throws Exception {
    while (!run.done()) {
      step(run, utterances);
    }
  }

  private void step(ShardRun run, List<Utterance> utterances) throws Exception {
    float[][] windows =
        run.begin(
            id -> {
              heard.add(id);
              return utterances.stream()
                  .filter(u -> u.utteranceId().equals(id))
                  .findAny()
                  .orElseThrow();
            },
            "ab12");
    ForwardPass pass = new ForwardPass(windows, run.request().layers());
    pass.run(session);
    run.take(pass);
    run.fold(session.products());
  }

  private static InFlight saved(ShardRun run) {
    InFlight saved = run.save();
    byte[][] summaries = new byte[saved.layers()][];
    Arrays.setAll(summaries, run::summary);
    return saved.with(summaries);
  }

  @Test
  void aSavedRunGoesOnWithTheUtterancesThatItHasNotHeard() throws Exception {
    ShardRun whole = run(InputNormalisation.NONE, CORPUS);
    finish(whole, CORPUS);
    List<String> all = List.copyOf(heard);
    heard.clear();

    ShardRun first = run(InputNormalisation.NONE, CORPUS);
    for (int i = 0; i < 5; i++) {
      step(first, CORPUS);
    }
    ShardRun second = run(InputNormalisation.NONE, CORPUS);
    second.resume(saved(first));
    finish(second, CORPUS);

    assertThat(all).hasSize(12).doesNotHaveDuplicates();
    assertThat(heard).isEqualTo(all);
    ShardSummary resumed = second.summaries("cpu", 0).get(0);
    assertThat(resumed.summary()).isEqualTo(whole.summaries("cpu", 0).get(0).summary());
    assertThat(resumed.audioSeconds()).isEqualTo(whole.summaries("cpu", 0).get(0).audioSeconds());
    assertThat(resumed.layer()).isEqualTo(2);
  }

  @Test
  void aSampleThatTheHeapCannotHoldFailsTheCheckpointBeforeItIsGathered() {
    StatisticsSettings large = SETTINGS.statistics().with(4, Integer.MAX_VALUE);
    ShardManifest ofYears = lasting(1e9);
    ShardRun run =
        new ShardRun(request(InputNormalisation.NONE), 0, ofYears, SETTINGS.with(1, large));

    assertThatThrownBy(() -> step(run, CORPUS))
        .isInstanceOf(EncodingException.class)
        .hasMessageContaining("The sampled frames of dimension 8 take 1499 MB")
        .hasMessageEndingWith("or the job a smaller sample.");
  }

  @Test
  void ofAShortCorpusALargeSampleIsSmall() throws Exception {
    StatisticsSettings large = SETTINGS.statistics().with(4, Integer.MAX_VALUE);
    ShardRun run =
        new ShardRun(
            request(InputNormalisation.NONE), 0, part(CORPUS, 0, 1), SETTINGS.with(1, large));
    finish(run, CORPUS);
    assertThat(run.summaries("cpu", 0)).hasSize(1);
  }

  /** All of the corpus as a part of one of so many seconds. */
  private static ShardManifest lasting(double seconds) {
    ShardManifest part = part(CORPUS, 0, 1);
    return new ShardManifest(
        part.corpusId(),
        part.digest(),
        part.corpusUtterances(),
        seconds,
        part.utteranceIds(),
        part.samples(),
        part.sampleRatesHz(),
        part.sha256s());
  }

  @Test
  void savingBeforeTheFirstBatchIsHarmless() throws Exception {
    ShardRun fresh = run(InputNormalisation.NONE, CORPUS);
    InFlight saved = fresh.save();
    assertThat(saved.fold()).isNull();
    ShardRun resumed = run(InputNormalisation.NONE, CORPUS);
    resumed.resume(saved);
    finish(resumed, CORPUS);
    assertThat(heard).hasSize(12);
  }

  @Test
  void anUtteranceOfTwoWindowsHasTheFramesOfBoth() throws Exception {
    Utterance utterance = Examples.utterance("dev", "long", 6_400); // the maximum is 3,200
    ShardRun run = run(InputNormalisation.NONE, List.of(utterance));
    finish(run, List.of(utterance));

    float[] samples = utterance.mono();
    ShardFold expected = ShardFold.of(new int[] {2}, 8, SETTINGS.statistics(), 1);
    float[] both = new float[40 * 8];
    for (int window = 0; window < 2; window++) {
      float[] half = Arrays.copyOfRange(samples, window * 3_200, (window + 1) * 3_200);
      float[] frames = session.encode(new float[][] {half}, new int[] {2}).values()[0];
      System.arraycopy(frames, 0, both, window * 20 * 8, 20 * 8);
    }
    expected.add("long", 0, both, 0, 40, new HostProducts());
    expected.finish(new HostProducts());
    assertThat(run.summaries("cpu", 0).get(0).summary())
        .isEqualTo(expected.completed().summaries()[0]);
  }

  @Test
  void normalisedSignalsHaveMeanZeroAndVarianceOne() throws Exception {
    Utterance loud = Examples.utterance("dev", "loud", 1_600);
    ShardRun run = run(InputNormalisation.ZERO_MEAN_UNIT_VARIANCE, List.of(loud));
    finish(run, List.of(loud));

    float[] samples = loud.mono();
    double mean = 0;
    for (float sample : samples) {
      mean += sample / (double) samples.length;
    }
    double variance = 0;
    for (float sample : samples) {
      variance += (sample - mean) * (sample - mean) / samples.length;
    }
    float[] normalised = new float[samples.length];
    for (int i = 0; i < samples.length; i++) {
      normalised[i] = (float) ((samples[i] - mean) / Math.sqrt(variance + 1e-7));
    }
    float[] frames = session.encode(new float[][] {normalised}, new int[] {2}).values()[0];
    double meanNorm = 0;
    for (int frame = 0; frame < 10; frame++) {
      double squares = 0;
      for (int i = 0; i < 8; i++) {
        squares += (double) frames[frame * 8 + i] * frames[frame * 8 + i];
      }
      meanNorm += Math.sqrt(squares) / 10;
    }
    LayerSummary summary = LayerSummary.fromBytes(run.summaries("cpu", 0).get(0).summary());
    assertThat(RankMetrics.of(summary).meanNorm()).isCloseTo(meanNorm, within(1e-5));
  }

  @Test
  void aShardWithoutUtterancesIsDoneAtOnceAndHasNoSummary() {
    ShardRun run =
        new ShardRun(
            request(InputNormalisation.NONE), 1, part(CORPUS.subList(0, 1), 1, 2), SETTINGS);
    assertThat(run.done()).isTrue();
    assertThat(run.summaries("", 0)).isEmpty();
  }
}
