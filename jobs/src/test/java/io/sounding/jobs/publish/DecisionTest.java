package io.sounding.jobs.publish;

import static io.sounding.jobs.publish.Decision.Action.PUBLISH;
import static io.sounding.jobs.publish.Decision.Action.SKIP;
import static io.sounding.jobs.publish.Decision.Action.WAIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sounding.schemas.CheckpointEvent;
import io.sounding.schemas.InputNormalisation;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.MetricStatus;
import io.sounding.schemas.ModelFormat;
import io.sounding.schemas.SingleObjectCodec;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is published, and what is left alone. */
class DecisionTest {

  private final PublishedCheckpoints known = new PublishedCheckpoints("run", "corpus");

  @BeforeEach
  void trustRecords() {
    SingleObjectCodec.initialise();
  }

  private static CheckpointEvent event(String id, Consumer<CheckpointEvent.Builder> change) {
    SingleObjectCodec.initialise();
    CheckpointEvent.Builder event =
        CheckpointEvent.newBuilder()
            .setRunId("run")
            .setCheckpointId(id)
            .setStep(400)
            .setCorpusId("corpus")
            .setModelUri("file:/models/" + id)
            .setModelFormat(ModelFormat.ONNX)
            .setModelSha256("aa")
            .setPublishedAt(Instant.EPOCH);
    change.accept(event);
    return event.build();
  }

  private static CheckpointEvent event() {
    return event("a.onnx", unchanged -> {});
  }

  private static MetricEvent metrics(MetricStatus status, int attempt, Integer layer) {
    return MetricEvent.newBuilder()
        .setStatus(status)
        .setRunId("run")
        .setCheckpointId("a.onnx")
        .setStep(400)
        .setAttempt(attempt)
        .setCorpusId("corpus")
        .setLayer(layer)
        .setLayers(layer == null ? null : 2)
        .setFailureReason(status == MetricStatus.FAILED ? "It broke." : null)
        .setEmittedAt(Instant.EPOCH)
        .build();
  }

  private void published(int attempt, MetricEvent... metrics) {
    known.take(event("a.onnx", event -> event.setAttempt(attempt)));
    List.of(metrics).forEach(known::take);
  }

  private static void assertIs(
      Decision decision, Decision.Action action, int attempt, String reason) {
    assertThat(decision.action()).isEqualTo(action);
    assertThat(decision.attempt()).isEqualTo(attempt);
    if (action == PUBLISH) {
      assertThat(decision.event().getAttempt()).isEqualTo(attempt);
    }
    assertThat(decision.reason()).isEqualTo(reason);
  }

  @Test
  void whatIsNewIsPublished() {
    assertIs(Decision.once(known, event()), PUBLISH, 0, null);
    assertIs(Decision.evaluated(known, event(), false), PUBLISH, 0, null);
    assertIs(Decision.evaluated(known, event(), true), PUBLISH, 0, null);
    assertThat(Decision.once(known, event()).told())
        .isEqualTo("a.onnx is published: step 400, no loss.");
  }

  @ParameterizedTest
  @CsvSource({
    "0.000100115, 0.000100115",
    "1e-9, 0.0000000010",
    "9.9e-10, 9.9E-10",
    "999999999, 999999999",
    "-1e9, -1.0E9",
    "0, 0.0",
    "NaN, NaN",
    "Infinity, Infinity"
  })
  void aLossIsToldWithoutAnExponentUnlessItHasLeftWhatLossesAre(double loss, String told) {
    CheckpointEvent withLoss = event("a.onnx", event -> event.setTrainingLoss(loss));
    assertThat(Decision.once(known, withLoss).told())
        .isEqualTo("a.onnx is published: step 400, loss " + told + ".");
  }

  @Test
  void howAnAttemptGoesIsToldInASentence() {
    published(0, metrics(MetricStatus.PARTIAL, 0, 0));
    assertThat(Decision.once(known, event()).told())
        .isEqualTo("a.onnx was published before: not published again.");
    assertThat(Decision.once(known, event()).isWorthTelling()).isFalse();
    assertThat(Decision.evaluated(known, event(), false).told())
        .isEqualTo("a.onnx was published before: its evaluation is waited for.");
    CheckpointEvent changed = event("a.onnx", event -> event.setStep(401));
    assertThat(Decision.once(known, changed).told())
        .isEqualTo(
            "a.onnx is not what was published before (step 401 instead of 400); published as attempt 1: step 401, no loss.");
    assertThat(Decision.once(known, changed).isWorthTelling()).isTrue();
    assertThat(Decision.once(known, event("b.onnx", event -> event.setStep(500))).isWorthTelling())
        .isFalse();
  }

  @Test
  void progressIsTheShareOfTheCorpusThatWasEmbeddedAndNeverFalls() {
    published(0);
    assertThat(known.latest("a.onnx").orElseThrow().progress()).isZero();
    for (double seconds : new double[] {10, 30, 20}) {
      MetricEvent partial = metrics(MetricStatus.PARTIAL, 0, 0);
      partial.setAudioSeconds(seconds);
      partial.setCorpusAudioSeconds(40);
      known.take(partial);
    }
    assertThat(known.latest("a.onnx").orElseThrow().progress()).isEqualTo(0.75);
    known.take(metrics(MetricStatus.FAILED, 0, null));
    assertThat(known.latest("a.onnx").orElseThrow().progress()).isOne();
  }

  @Test
  void eventsOfOtherRunsAndCorporaAreNone() {
    known.take(event("a.onnx", event -> event.setRunId("other")));
    known.take(event("a.onnx", event -> event.setCorpusId("other")));
    assertIs(Decision.once(known, event()), PUBLISH, 0, null);
  }

  @Test
  void whatWasPublishedIsNotPublishedAgainWhateverBecameOfIt() {
    published(0);
    assertIs(Decision.once(known, event()), SKIP, 0, "was published before");
    known.take(metrics(MetricStatus.FAILED, 0, null));
    assertIs(Decision.once(known, event()), SKIP, 0, "was published before");
  }

  /** A job that was started afresh evaluated it again, of a model with fewer layers. */
  @Test
  void moreLayersThanItsEventsAnnounceAreAllOfThem() {
    published(
        0,
        metrics(MetricStatus.FINAL, 0, 0),
        metrics(MetricStatus.FINAL, 0, 1),
        metrics(MetricStatus.FINAL, 0, 2));
    assertIs(Decision.evaluated(known, event(), false), SKIP, 0, "is FINAL");
  }

  @Test
  void aReplayWaitsForWhatIsUnderWay() {
    published(0, metrics(MetricStatus.PARTIAL, 0, 0), metrics(MetricStatus.FINAL, 0, 0));
    assertIs(Decision.evaluated(known, event(), false), WAIT, 0, "was published before");
  }

  @Test
  void aReplayLeavesAloneWhatIsFinal() {
    published(0, metrics(MetricStatus.FINAL, 0, 0), metrics(MetricStatus.FINAL, 0, 1));
    assertIs(Decision.evaluated(known, event(), false), SKIP, 0, "is FINAL");
    assertIs(
        Decision.evaluated(known, event(), true),
        PUBLISH,
        1,
        "is evaluated again, as --force says");
  }

  @Test
  void onlyTheLatestAttemptCounts() {
    published(0, metrics(MetricStatus.FINAL, 0, 0), metrics(MetricStatus.FINAL, 0, 1));
    published(3, metrics(MetricStatus.FINAL, 3, 0));
    assertIs(Decision.evaluated(known, event(), false), WAIT, 3, "was published before");
    known.take(metrics(MetricStatus.FAILED, 3, null));
    assertIs(Decision.evaluated(known, event(), false), PUBLISH, 4, "FAILED before: It broke.");
  }

  @Test
  void anotherFileOrOtherSettingsAreAnotherAttempt() {
    published(2, metrics(MetricStatus.FINAL, 2, 0), metrics(MetricStatus.FINAL, 2, 1));
    assertChanged("another model file", event -> event.setModelSha256("bb"));
    assertChanged("step 401 instead of 400", event -> event.setStep(401));
    assertChanged("layers [-1] instead of all", event -> event.setLayers(List.of(-1)));
    assertChanged("sample rate 8000 instead of 16000", event -> event.setSampleRateHz(8_000));
    assertChanged(
        "model format TORCHSCRIPT instead of ONNX",
        event -> event.setModelFormat(ModelFormat.TORCHSCRIPT));
    assertChanged(
        "normalisation ZERO_MEAN_UNIT_VARIANCE instead of NONE",
        event -> event.setInputNormalisation(InputNormalisation.ZERO_MEAN_UNIT_VARIANCE));
    assertChanged(
        "another graph, other weights",
        event -> event.setModelSha256("bb").setWeightsUri("file:/w").setWeightsSha256("cc"));
    assertChanged("other weights", event -> event.setWeightsUri("file:/w"));
    assertChanged(
        "another model file",
        event -> event.setModelSha256(null).setModelUri("file:/elsewhere.onnx"));
  }

  private void assertChanged(String difference, Consumer<CheckpointEvent.Builder> change) {
    CheckpointEvent changed = event("a.onnx", change);
    String reason = "is not what was published before (%s)".formatted(difference);
    assertIs(Decision.once(known, changed), PUBLISH, 3, reason);
    assertIs(Decision.evaluated(known, changed, false), PUBLISH, 3, reason);
  }

  @Test
  void ofTwoEventsOfOneAttemptTheFirstCountsAsInTheJob() {
    published(0);
    CheckpointEvent late = event("a.onnx", event -> event.setModelSha256("bb"));
    known.take(late);
    assertIs(Decision.once(known, event()), SKIP, 0, "was published before");
    assertThat(Decision.once(known, late).action()).isEqualTo(PUBLISH);
  }

  @Test
  void theSameFileElsewhereIsTheSame() {
    published(0);
    CheckpointEvent moved = event("a.onnx", event -> event.setModelUri("file:/moved/a.onnx"));
    assertIs(Decision.once(known, moved), SKIP, 0, "was published before");
    CheckpointEvent unchecked = event("a.onnx", event -> event.setModelSha256(null));
    assertIs(Decision.once(known, unchecked), SKIP, 0, "was published before");
  }

  @Test
  void anotherLossIsNoReasonToEvaluateAgainButIsTold() {
    published(0, metrics(MetricStatus.FINAL, 0, 0), metrics(MetricStatus.FINAL, 0, 1));
    CheckpointEvent withLoss = event("a.onnx", event -> event.setTrainingLoss(2.5));
    assertIs(
        Decision.evaluated(known, withLoss, false),
        SKIP,
        0,
        "is FINAL, with the training loss null; --force evaluates it again with 2.5");
    assertIs(Decision.once(known, withLoss), SKIP, 0, "was published before");
  }

  @Test
  void theSameFileByAnotherNameIsNotEvaluatedTwice() {
    published(0);
    CheckpointEvent copy = event("last.onnx", unchanged -> {});
    String reason = "has step and contents of a.onnx, which is published";
    assertIs(Decision.once(known, copy), SKIP, 0, reason);
    assertIs(Decision.evaluated(known, copy, false), SKIP, 0, reason);
    CheckpointEvent later = event("last.onnx", event -> event.setStep(500));
    assertIs(Decision.once(known, later), PUBLISH, 0, null);
  }

  @Test
  void theSameFileByAnotherNameIsEvaluatedIfItFailedByTheFirstOrIfAsked() {
    published(0, metrics(MetricStatus.FINAL, 0, 0), metrics(MetricStatus.FINAL, 0, 1));
    CheckpointEvent copy = event("last.onnx", unchanged -> {});
    assertIs(Decision.evaluated(known, copy, true), PUBLISH, 0, null);
    published(1, metrics(MetricStatus.FAILED, 1, null));
    assertIs(Decision.once(known, copy), PUBLISH, 0, null);
    assertIs(Decision.evaluated(known, copy, false), PUBLISH, 0, null);
  }

  @Test
  void whatKafkaNoLongerHasIsKnownByItsMetrics() {
    known.take(metrics(MetricStatus.FINAL, 1, 0));
    assertThat(Decision.once(known, event()).action()).isEqualTo(SKIP);
    assertThat(Decision.evaluated(known, event(), false).event().getAttempt()).isEqualTo(2);
    known.take(metrics(MetricStatus.FINAL, 1, 1));
    Decision decision = Decision.evaluated(known, event(), false);
    assertIs(
        decision,
        SKIP,
        1,
        "is FINAL; Kafka no longer has its event, so nothing tells whether it has changed; --force evaluates it again");
    assertThat(decision.isWorthTelling()).isTrue();
  }

  @Test
  void anAttemptThatAJobFailedAndAnotherFinishedIsFinal() {
    published(0, metrics(MetricStatus.FINAL, 0, 0), metrics(MetricStatus.FAILED, 0, null));
    assertThat(known.latest("a.onnx").orElseThrow().state())
        .isEqualTo(PublishedCheckpoints.State.FAILED);
    known.take(metrics(MetricStatus.FINAL, 0, 1));
    assertThat(known.latest("a.onnx").orElseThrow().state())
        .isEqualTo(PublishedCheckpoints.State.FINAL);
    assertThat(known.latest("a.onnx").orElseThrow().closing()).hasSize(2);
    assertIs(Decision.evaluated(known, event(), false), SKIP, 0, "is FINAL");
  }

  @Test
  void anAttemptThatIsAskedForMustBeNew() throws UnusableInputException {
    published(1);
    assertIs(asked(2, unchanged -> {}), PUBLISH, 2, null);
    assertIs(asked(1, unchanged -> {}), SKIP, 1, "was published before");
    assertThatThrownBy(() -> asked(1, event -> event.setModelSha256("bb")))
        .isInstanceOf(UnusableInputException.class)
        .hasMessage(
            "a.onnx: was published with attempt 1 and other contents (another model file); say --attempt 2.");
    assertThatThrownBy(() -> asked(0, unchanged -> {}))
        .hasMessage("a.onnx: was published with attempt 1; say --attempt 2.");
  }

  private Decision asked(int attempt, Consumer<CheckpointEvent.Builder> change)
      throws UnusableInputException {
    return Decision.asked(
        known, event("a.onnx", event -> change.accept(event.setAttempt(attempt))));
  }
}
