package io.sounding.operators.embed;

import static io.sounding.operators.embed.EmbedOperatorFailureTest.SHARDS;
import static io.sounding.operators.embed.EmbedOperatorFailureTest.assertTheNextCheckpointIsEvaluated;
import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.operators.EvaluationSettings;
import io.sounding.operators.Examples;
import io.sounding.operators.assemble.Utterance;
import io.sounding.operators.fold.ShardSummary;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints whose corpus does not come, or not in time. */
@Timeout(60)
class CorpusTimeoutsTest {

  private static final long ONE_HOUR_LATER = Duration.ofHours(1).toMillis() + 1;

  @TempDir Path cache;

  private EvaluationSettings settings;
  private final List<Utterance> corpus = EmbedOperatorTest.corpus("dev", 24);

  @BeforeEach
  void settings() {
    settings = Examples.settings(SHARDS, cache);
  }

  @Test
  void aCorpusThatIsNeverSealedFailsTheCheckpointOnceAfterTheTimeout() throws Exception {
    try (EmbedHarness harness = EmbedHarness.opened(settings)) {
      harness.tell(
          Control.of(Examples.request("early", 1, "dev", TestModels.path("one_tensor.pt"))));
      harness.hear(corpus);
      harness.setProcessingTime(ONE_HOUR_LATER - 2);
      harness.runMailsThatAreThere();
      assertThat(harness.summaries()).isEmpty();
      harness.setProcessingTime(ONE_HOUR_LATER);
      assertThat(harness.summaries())
          .singleElement()
          .satisfies(
              s ->
                  assertThat(s.failure())
                      .contains("not complete within PT1H: Corpus dev is not sealed"));
      harness.tell(Control.of(Examples.manifest(corpus)));
      assertTheNextCheckpointIsEvaluated(harness);
    }
  }

  @Test
  void aTimeoutThatFellDueWhileTheJobWasDownStartsAnew() throws Exception {
    try (EmbedHarness harness = EmbedHarness.opened(settings)) {
      harness.tell(
          Control.of(Examples.request("early", 1, "dev", TestModels.path("one_tensor.pt"))));
      long back = ONE_HOUR_LATER + Duration.ofMinutes(5).toMillis();
      harness.setProcessingTime(back);
      assertThat(harness.summaries()).isEmpty();
      harness.setProcessingTime(back + ONE_HOUR_LATER);
      assertThat(harness.summaries())
          .singleElement()
          .satisfies(s -> assertThat(s.failure()).contains("not complete within PT1H"));
    }
  }

  @Test
  void aManifestThatPromisesMoreThanComesFailsTheCheckpointAndNamesWhatIsMissing()
      throws Exception {
    try (EmbedHarness harness = EmbedHarness.opened(settings)) {
      harness.dividing(Examples.manifest(corpus)).hear(corpus.subList(1, 24));
      harness.tell(Control.of(Examples.manifest(corpus)));
      harness.tell(Control.of(Examples.request("bad", 1, "dev", TestModels.path("one_tensor.pt"))));
      harness.setProcessingTime(ONE_HOUR_LATER);
      List<ShardSummary> failures =
          harness.summaries().stream().filter(s -> s.failure() != null).toList();
      assertThat(failures)
          .singleElement()
          .satisfies(
              s ->
                  assertThat(s.failure())
                      .contains(
                          "not complete within PT1H",
                          "in one shard 1 are missing, among them speech_0."));
      harness.hear(corpus.get(0));
      assertTheNextCheckpointIsEvaluated(harness);
    }
  }

  @Test
  void theTimeoutPassesByACheckpointThatIsOnlyWaitingForItsTurn() throws Exception {
    try (EmbedHarness harness = EmbedHarness.opened(settings)) {
      harness.hear(corpus);
      harness.tell(Control.of(Examples.manifest(corpus)));
      harness.tell(
          Control.of(Examples.request("slow", 1, "dev", TestModels.path("one_tensor.pt"))));
      harness.setProcessingTime(ONE_HOUR_LATER);
      harness.runUntilSummaries(SHARDS);
      assertThat(harness.summaries()).allMatch(s -> s.failure() == null);
    }
  }
}
