package io.sounding.operators.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.sounding.operators.EvaluationSettings;
import io.sounding.operators.Examples;
import io.sounding.operators.Patience;
import io.sounding.operators.admit.CheckpointRequest;
import io.sounding.operators.admit.Manifest;
import io.sounding.operators.assemble.Utterance;
import io.sounding.operators.fold.ShardSummary;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The next checkpoint is begun before the one before is done; each fares as if it were alone. */
@Timeout(60)
class EmbedOperatorAheadTest {

  @TempDir Path cache;

  private EvaluationSettings settings;
  private final List<Utterance> corpus = EmbedOperatorTest.corpus("dev", 24);

  @BeforeEach
  void settings() {
    settings = Examples.settings(1, cache);
  }

  private EmbedHarness withCorpus() throws Exception {
    EmbedHarness harness = EmbedHarness.opened(settings);
    harness.hear(corpus);
    harness.tell(Control.of(Examples.manifest(corpus)));
    return harness;
  }

  private static CheckpointRequest nextOf(String corpusId) {
    return Examples.request("next", 2, corpusId, TestModels.path("one_tensor.pt"));
  }

  @Test
  void theNextCheckpointIsBegunBeforeTheOneBeforeIsDone() throws Exception {
    try (EmbedHarness harness = withCorpus()) {
      EmbedOperatorFailureTest.beginAPassOf(
          harness, settings, EmbedOperatorFailureTest.busyFor(100));
      EmbedOperatorFailureTest.evaluateLoaded(harness, settings, nextOf("dev"));
      harness.runUntilSummaries(2);
      ShardSummary before = harness.summaries().get(0);
      ShardSummary next = harness.summaries().get(1);
      assertThat(next.checkpoint().checkpointId()).isEqualTo("next");
      assertThat(next.timing().begunMillis()).isLessThanOrEqualTo(before.timing().endedMillis());
      assertThat(next.device()).isEqualTo("cpu");
      try (EmbedHarness alone = withCorpus()) {
        alone.tell(Control.of(nextOf("dev")));
        alone.runUntilSummaries(1);
        assertThat(EmbedHarness.results(List.of(next))).isEqualTo(alone.results());
      }
    }
  }

  @Test
  void aCheckpointThatWasBegunBesideOneThatIsGivenUpIsEvaluated() throws Exception {
    try (EmbedHarness harness = withCorpus()) {
      EmbedOperatorFailureTest.beginAPassOf(
          harness, settings, EmbedOperatorFailureTest.busyFor(300));
      EmbedOperatorFailureTest.evaluateLoaded(harness, settings, nextOf("dev"));
      harness.setProcessingTime(Duration.ofMinutes(1).toMillis());
      harness.runUntilSummaries(2);
      assertThat(harness.summaries())
          .extracting(s -> s.checkpoint().checkpointId(), s -> s.failure() == null)
          .containsExactly(tuple("bad", false), tuple("next", true));
    }
  }

  @Test
  void aCheckpointBesideOneThatIsGivenUpBeforeItsTurnIsEvaluated() throws Exception {
    EvaluationSettings base = Examples.settings(2, cache);
    settings =
        new EvaluationSettings(
            base.shards(),
            base.statistics(),
            base.models(),
            base.maxWindowSeconds(),
            base.batchSeconds(),
            base.slice(),
            base.atRisk(),
            new Patience(Duration.ofMinutes(10), Duration.ofSeconds(30), Duration.ofDays(1)),
            base.relate());
    List<Utterance> incomplete = EmbedOperatorTest.corpus("incomplete", 2);
    Manifest manifest = Examples.manifest(incomplete);
    try (EmbedHarness harness = EmbedHarness.opened(settings).dividing(manifest)) {
      harness.hear(incomplete.get(0));
      harness.tell(Control.of(manifest));
      EmbedOperatorFailureTest.beginAPassOf(
          harness,
          settings,
          List.of(
              EmbedOperatorFailureTest.busy("longer", 6, 0),
              EmbedOperatorFailureTest.busy("holdup", 5, 100)));
      EmbedOperatorFailureTest.evaluateLoaded(harness, settings, nextOf("incomplete"));
      harness.setProcessingTime(Duration.ofSeconds(30).toMillis());
      harness.tell(
          Control.of(Examples.request("last", 3, "busy", TestModels.path("one_tensor.pt"))));
      harness.runUntilSummaries(5);
      assertThat(harness.summaries())
          .extracting(s -> s.checkpoint().checkpointId(), s -> s.failure() == null)
          .containsExactlyInAnyOrder(
              tuple("bad", true),
              tuple("bad", true),
              tuple("next", false),
              tuple("last", true),
              tuple("last", true));
    }
  }

  @Test
  void aCheckpointThatFailsAheadOfItsTurnFailsAlone() throws Exception {
    try (EmbedHarness harness = withCorpus()) {
      harness.hear(EmbedOperatorFailureTest.LIE);
      harness.tell(Control.of(EmbedOperatorFailureTest.lie(800)));
      EmbedOperatorFailureTest.beginAPassOf(
          harness, settings, EmbedOperatorFailureTest.busyFor(20));
      EmbedOperatorFailureTest.evaluateLoaded(harness, settings, nextOf("lie"));
      harness.runUntilSummaries(2);
      assertThat(harness.summaries())
          .extracting(s -> s.checkpoint().checkpointId(), s -> s.failure() == null)
          .containsExactly(tuple("bad", true), tuple("next", false));
      assertThat(harness.summaries().get(1).failure()).contains("u of corpus lie");
    }
  }
}
