package io.sounding.operators.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.operators.Examples;
import io.sounding.operators.KeyedStage;
import io.sounding.operators.Patience;
import io.sounding.operators.admit.CheckpointRequest;
import io.sounding.operators.admit.FirstCheckpointWins;
import io.sounding.operators.admit.Rejection;
import io.sounding.schemas.RejectReason;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

class FirstFailureEndsTest {

  private static final Duration RETENTION = Duration.ofDays(30);

  private static KeyedStage<Publication, OutgoingRecord> stage() throws Exception {
    return new KeyedStage<>(new FirstFailureEnds(RETENTION), Publication::evaluationId);
  }

  private static Publication event(String evaluation, int number) {
    return new Publication(evaluation, record(number), null);
  }

  private static Publication failure(String evaluation, int number, String sentence) {
    Rejection rejection =
        Rejection.of(Examples.record(new byte[] {1}), RejectReason.EVALUATION_FAILED, sentence);
    return new Publication(evaluation, record(number), rejection);
  }

  private static OutgoingRecord record(int number) {
    return new OutgoingRecord(null, new byte[] {(byte) number});
  }

  private static List<Integer> published(KeyedStage<Publication, OutgoingRecord> stage) {
    return stage.extractOutputValues().stream().map(record -> (int) record.value()[0]).toList();
  }

  @Test
  void whatComesAfterAFailureIsDroppedAndOthersGoOn() throws Exception {
    try (var stage = stage()) {
      stage.open();
      stage.take(event("a", 1), failure("a", 2, "It broke."), event("a", 3), event("b", 4));
      stage.take(failure("a", 5, "Here too."), event("b", 6));
      assertThat(published(stage)).containsExactly(1, 2, 4, 6);
      assertThat(stage.deadLetters())
          .singleElement()
          .satisfies(letter -> assertThat(letter.message()).isEqualTo("It broke."));
    }
  }

  @Test
  void aFailureIsRememberedOverARestartAndOnlyFailuresTakeState() throws Exception {
    OperatorSubtaskState midway;
    try (var stage = stage()) {
      stage.open();
      stage.take(event("a", 1), event("b", 2), failure("a", 3, "It broke."));
      assertThat(stage.numKeyedStateEntries()).isOne();
      midway = stage.snapshot(1, 1);
    }
    try (var restored = stage()) {
      restored.initializeState(midway);
      restored.open();
      restored.take(event("a", 4), event("b", 5));
      assertThat(published(restored)).containsExactly(5);
    }
  }

  /** Its failure came an hour after it was admitted, so it is remembered for longer. */
  @Test
  void aCheckpointThatIsAdmittedAgainIsPublishedAgain() throws Exception {
    Patience patience = Patience.DEFAULT.withRetention(RETENTION);
    long hour = Duration.ofHours(1).toMillis();
    CheckpointRequest request = Examples.request("a", 1, "dev", Path.of("/model.pt"));
    try (var admitting =
            new KeyedStage<>(
                new FirstCheckpointWins(patience.requests()), CheckpointRequest::evaluationId);
        var ending =
            new KeyedStage<>(
                new FirstFailureEnds(patience.retention()), Publication::evaluationId)) {
      admitting.open();
      ending.open();
      admitting.setStateTtlProcessingTime(0);
      ending.setStateTtlProcessingTime(hour);
      admitting.take(request);
      ending.take(failure("a", 1, "It broke."));
      long remembered = RETENTION.toMillis() + hour / 2;
      admitting.setStateTtlProcessingTime(remembered);
      admitting.take(request);
      assertThat(admitting.extractOutputValues()).hasSize(1);
      long forgotten = remembered + 2 * RETENTION.toMillis() + 1;
      admitting.setStateTtlProcessingTime(forgotten);
      ending.setStateTtlProcessingTime(forgotten);
      admitting.take(request);
      assertThat(admitting.extractOutputValues()).hasSize(2);
      ending.take(event("a", 2));
      assertThat(published(ending)).containsExactly(1, 2);
    }
  }
}
