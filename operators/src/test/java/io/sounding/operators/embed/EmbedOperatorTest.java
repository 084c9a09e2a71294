package io.sounding.operators.embed;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.operators.EvaluationSettings;
import io.sounding.operators.Examples;
import io.sounding.operators.admit.CheckpointRequest;
import io.sounding.operators.admit.Rejection;
import io.sounding.operators.assemble.Division;
import io.sounding.operators.assemble.Utterance;
import io.sounding.operators.fold.ShardSummary;
import io.sounding.operators.statistics.LayerSummary;
import io.sounding.schemas.RejectReason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EmbedOperatorTest {

  private static final int SHARDS = 4;

  @TempDir Path cache;

  private EvaluationSettings settings;
  private final List<Utterance> corpus = corpus("dev", 24);

  @BeforeEach
  void settings() {
    settings = Examples.settings(SHARDS, cache);
  }

  /** Utterances of five lengths, 5 to 9 frames. */
  static List<Utterance> corpus(String corpusId, int utterances) {
    return IntStream.range(0, utterances)
        .mapToObj(i -> Examples.utterance(corpusId, "speech_" + i, (5 + i % 5) * TestModels.HOP))
        .toList();
  }

  private static CheckpointRequest request(String checkpointId, long offset) {
    return Examples.request(checkpointId, offset, "dev", TestModels.path("tuple.pt"));
  }

  private SortedMap<String, String> undisturbed() throws Exception {
    try (EmbedHarness harness = EmbedHarness.opened(settings)) {
      harness.hear(corpus);
      harness.tell(Control.of(Examples.manifest(corpus)));
      harness.tell(Control.of(request("step1", 1)));
      harness.runUntilSummaries(SHARDS * 3);
      return harness.results();
    }
  }

  @Test
  void everyFrameOfEveryUtteranceIsInTheSummaryOfItsShardAndLayer() throws Exception {
    try (EmbedHarness harness = EmbedHarness.opened(settings)) {
      harness.hear(corpus);
      harness.tell(Control.of(Examples.manifest(corpus)));
      harness.tell(Control.of(request("step1", 1)));
      harness.runUntilSummaries(SHARDS * 3);
      harness.runMailsThatAreThere();
      assertThat(harness.summaries()).hasSize(SHARDS * 3);
      Division division = Division.of(Examples.manifest(corpus), SHARDS);
      for (ShardSummary summary : harness.summaries()) {
        List<Utterance> own =
            corpus.stream()
                .filter(u -> division.shardOf(u.utteranceId()) == summary.shard())
                .toList();
        LayerSummary frames = LayerSummary.fromBytes(summary.summary());
        assertThat(frames.frames())
            .isEqualTo(own.stream().mapToLong(u -> u.pcm().length / 2 / TestModels.HOP).sum());
        assertThat(frames.dimension()).isEqualTo(8);
        assertThat(summary.utterances()).isEqualTo(own.size());
        assertThat(summary.layers()).isEqualTo(3);
        assertThat(summary.corpusUtterances()).isEqualTo(corpus.size());
        assertThat(summary.device()).isEqualTo("cpu");
        assertThat(summary.failure()).isNull();
      }
    }
  }

  @Test
  void oneThreadRunsTheModelsOfAllCheckpointsAndEndsWithTheTask() throws Exception {
    Set<Thread> before = modelThreads();
    Set<Thread> seen = new HashSet<>();
    try (EmbedHarness harness = EmbedHarness.opened(settings)) {
      harness.hear(corpus);
      harness.tell(Control.of(Examples.manifest(corpus)));
      for (int step = 1; step <= 3; step++) {
        harness.tell(Control.of(request("step" + step, step)));
        harness.runUntilSummaries(SHARDS * 3 * step);
        harness.runMailsThatAreThere(); // nothing is left to do: the model is let go of
        seen.addAll(modelThreads());
      }
    }
    seen.removeAll(before);
    assertThat(seen).hasSize(1);
    Thread only = seen.iterator().next();
    only.join(60_000);
    assertThat(only.isAlive()).isFalse();
  }

  private static Set<Thread> modelThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("sounding-model"))
        .collect(Collectors.toSet());
  }

  @Test
  void theResultIsTheSameWhenTheCheckpointComesBeforeItsAudio() throws Exception {
    try (EmbedHarness harness = EmbedHarness.opened(settings)) {
      harness.tell(Control.of(request("step1", 1)));
      harness.runMailsThatAreThere();
      harness.tell(Control.of(Examples.manifest(corpus)));
      harness.runMailsThatAreThere();
      harness.hear(corpus);
      harness.runUntilSummaries(SHARDS * 3);
      assertThat(harness.results()).isEqualTo(undisturbed());
    }
  }

  @Test
  void theResultIsTheSameInWhateverOrderUtterancesComeAndHoweverOften() throws Exception {
    List<Utterance> shuffled = new ArrayList<>(corpus);
    shuffled.addAll(corpus.subList(3, 9));
    Collections.shuffle(shuffled, new Random(20_100));
    try (EmbedHarness harness = EmbedHarness.opened(settings).dividing(Examples.manifest(corpus))) {
      harness.hear(shuffled.subList(0, 11));
      harness.tell(Control.of(request("step1", 1)));
      harness.hear(shuffled.subList(11, shuffled.size()));
      harness.tell(Control.of(Examples.manifest(corpus)));
      harness.runUntilSummaries(SHARDS * 3);
      assertThat(harness.results()).isEqualTo(undisturbed());
      assertThat(harness.deadLetters()).isEmpty();
    }
  }

  @Test
  void equalUtterancesMakeOneBatchInWhateverOrderTheyCome() throws Exception {
    settings = Examples.settings(SHARDS, cache, 1);
    SortedMap<String, String> inOrder = undisturbed();
    List<Utterance> reversed = new ArrayList<>(corpus);
    Collections.reverse(reversed);
    try (EmbedHarness harness = EmbedHarness.opened(settings)) {
      harness.hear(reversed);
      harness.tell(Control.of(Examples.manifest(corpus)));
      harness.tell(Control.of(request("step1", 1)));
      harness.runUntilSummaries(SHARDS * 3);
      assertThat(harness.results()).isEqualTo(inOrder);
    }
  }

  @Test
  void nothingIsEmbeddedBeforeTheCorpusIsSealedAndComplete() throws Exception {
    try (EmbedHarness harness = EmbedHarness.opened(Examples.settings(1, cache))) {
      harness.tell(Control.of(request("step1", 1)));
      harness.hear(corpus.subList(0, 23));
      harness.runMailsThatAreThere();
      harness.tell(Control.of(Examples.manifest(corpus)));
      harness.runMailsThatAreThere();
      assertThat(harness.summaries()).isEmpty();
      harness.hear(corpus.subList(23, 24));
      harness.runUntilSummaries(3);
      assertThat(harness.summaries()).allMatch(summary -> summary.utterances() == 24);
    }
  }

  @Test
  void allShardsOfTheEarlierCheckpointGoBeforeTheLaterOne() throws Exception {
    try (EmbedHarness harness = EmbedHarness.opened(settings)) {
      harness.tell(Control.of(request("later", 6)));
      harness.tell(Control.of(request("earlier", 5)));
      harness.hear(corpus);
      harness.tell(Control.of(Examples.manifest(corpus)));
      harness.runUntilSummaries(2 * SHARDS * 3);
      List<String> order =
          harness.summaries().stream()
              .map(s -> s.checkpoint().checkpointId() + "/" + s.shard())
              .distinct()
              .toList();
      assertThat(order)
          .containsExactly(
              "earlier/0",
              "earlier/1",
              "earlier/2",
              "earlier/3",
              "later/0",
              "later/1",
              "later/2",
              "later/3");
    }
  }

  @Test
  void inputGoesFirstAsLongAsItKeepsComing() throws Exception {
    Path model = TestModels.path("tuple.pt");
    String sha256 = Examples.sha256(Files.readAllBytes(model));
    try (EmbedHarness harness = EmbedHarness.opened(settings)) {
      harness.hear(corpus);
      harness.tell(Control.of(Examples.manifest(corpus)));
      harness.tell(Control.of(Examples.withSha256(request("step1", 1), sha256)));
      harness.runUntilSummaries(SHARDS * 3); // from here on the model is loaded
      harness.tell(Control.of(Examples.withSha256(request("step2", 2), sha256)));
      for (int i = 0; i < 300; i++) {
        harness.hear(corpus.get(i % corpus.size()));
        harness.runMail();
      }
      assertThat(harness.summaries()).hasSize(SHARDS * 3);
      harness.runUntilSummaries(2 * SHARDS * 3);
    }
  }

  @Test
  void anUtteranceThatTheManifestDoesNotNameIsADeadLetterWhetherItCameBeforeOrAfterIt()
      throws Exception {
    Utterance stranger = Examples.utterance("dev", "stranger", 800);
    Utterance late = Examples.utterance("dev", "late", 800);
    try (EmbedHarness harness = EmbedHarness.opened(settings)) {
      harness.hear(stranger);
      harness.hear(corpus);
      harness.tell(Control.of(Examples.manifest(corpus)));
      harness.hear(late);
      harness.tell(Control.of(request("step1", 1)));
      harness.runUntilSummaries(SHARDS * 3);
      assertThat(harness.results()).isEqualTo(undisturbed());
      assertThat(harness.deadLetters())
          .extracting(Rejection::reason)
          .containsExactly(RejectReason.NOT_IN_MANIFEST, RejectReason.NOT_IN_MANIFEST);
      assertThat(harness.deadLetters())
          .extracting(Rejection::message)
          .satisfiesExactly(
              first -> assertThat(first).contains("stranger is not in the manifest of corpus dev"),
              second -> assertThat(second).contains("late is not in the manifest of corpus dev"));
    }
  }

  @Test
  void theAudioOfARejectedUtteranceLeavesTheState() throws Exception {
    try (EmbedHarness harness = EmbedHarness.opened(Examples.settings(1, cache))) {
      harness.hear(Examples.utterance("dev", "stranger", 800));
      assertThat(harness.stateEntries()).as("audio and digest").isEqualTo(2);
      harness.tell(Control.of(Examples.manifest(corpus)));
      assertThat(harness.stateEntries()).as("the manifest alone").isOne();
    }
  }

  @Test
  void otherAudioUnderAKnownIdIsADeadLetter() throws Exception {
    Utterance known = corpus.get(0);
    byte[] silence = new byte[known.pcm().length];
    Utterance other =
        new Utterance(
            "dev",
            known.utteranceId(),
            known.sampleRateHz(),
            1,
            known.encoding(),
            silence,
            Examples.sha256(silence));
    try (EmbedHarness harness = EmbedHarness.opened(settings)) {
      harness.hear(corpus);
      harness.hear(other);
      harness.tell(Control.of(Examples.manifest(corpus)));
      harness.tell(Control.of(request("step1", 1)));
      harness.runUntilSummaries(SHARDS * 3);
      assertThat(harness.results()).isEqualTo(undisturbed());
      assertThat(harness.deadLetters())
          .singleElement()
          .satisfies(
              letter ->
                  assertThat(letter.message())
                      .contains("speech_0 of corpus dev came before with other audio")
                      .contains(known.sha256(), other.sha256()));
    }
  }

  @Test
  void corporaAreEvaluatedApart() throws Exception {
    List<Utterance> test = corpus("test", 5);
    try (EmbedHarness harness = EmbedHarness.opened(settings)) {
      harness.hear(corpus);
      harness.hear(test);
      harness.tell(Control.of(Examples.manifest(test)));
      harness.tell(Control.of(Examples.manifest(corpus)));
      harness.tell(Control.of(Examples.request("t", 1, "test", TestModels.path("one_tensor.pt"))));
      harness.endInputs();
      assertThat(harness.summaries().stream().mapToInt(ShardSummary::utterances).sum())
          .isEqualTo(5);
      assertThat(harness.summaries()).allMatch(s -> s.corpusUtterances() == 5);
    }
  }

  @Test
  void theBeginningOfTheFirstShardIsToldOfEachCheckpointBeforeAnyWholeShard() throws Exception {
    try (EmbedHarness harness = EmbedHarness.opened(settings)) {
      harness.hear(corpus);
      harness.tell(Control.of(Examples.manifest(corpus)));
      harness.tell(Control.of(request("step1", 1)));
      harness.tell(Control.of(request("step2", 2)));
      harness.endInputs();
      assertThat(harness.beginnings())
          .extracting(s -> s.checkpoint().checkpointId() + "/" + s.shard() + "/" + s.layer())
          .containsExactly(
              "step1/0/0", "step1/0/1", "step1/0/2", "step2/0/0", "step2/0/1", "step2/0/2");
      // the shortest utterance of the shard, of 5 frames
      assertThat(harness.beginnings())
          .allSatisfy(
              beginning -> {
                assertThat(beginning.utterances()).isOne();
                assertThat(beginning.audioSeconds()).isEqualTo(5 * TestModels.HOP / 16_000.0);
                assertThat(LayerSummary.fromBytes(beginning.summary()).frames()).isEqualTo(5);
              });
      assertThat(harness.extractOutputValues().subList(0, 3))
          .isEqualTo(harness.beginnings().subList(0, 3));
    }
  }

  @Test
  void theEndOfInputDrainsTheQueue() throws Exception {
    try (EmbedHarness harness = EmbedHarness.opened(settings)) {
      harness.hear(corpus);
      harness.tell(Control.of(Examples.manifest(corpus)));
      harness.tell(Control.of(request("step1", 1)));
      harness.tell(Control.of(request("step2", 2)));
      harness.endInputs();
      assertThat(harness.summaries()).hasSize(2 * SHARDS * 3);
      assertThat(List.copyOf(harness.getOutput()))
          .as("what comes later computes what is left when time ends")
          .last()
          .isEqualTo(Watermark.MAX_WATERMARK);
    }
  }
}
