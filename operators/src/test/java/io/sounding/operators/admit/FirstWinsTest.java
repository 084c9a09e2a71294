package io.sounding.operators.admit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.operators.Examples;
import io.sounding.operators.KeyedStage;
import io.sounding.schemas.CheckpointEvent;
import io.sounding.schemas.CorpusSealed;
import io.sounding.schemas.InputNormalisation;
import io.sounding.schemas.ModelFormat;
import io.sounding.schemas.RejectReason;
import io.sounding.schemas.SealedUtterance;
import java.time.Duration;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

class FirstWinsTest {

  private static final SealedUtterance OTHER =
      new SealedUtterance("theo_002", 4L, 16_000, "e".repeat(64));

  private static final Duration RETENTION = Duration.ofDays(30);

  private static KeyedStage<CheckpointRequest, CheckpointRequest> checkpoints() throws Exception {
    return new KeyedStage<>(new FirstCheckpointWins(RETENTION), CheckpointRequest::evaluationId);
  }

  private static KeyedStage<Manifest, Manifest> manifests() throws Exception {
    return new KeyedStage<>(new FirstManifestWins(), Manifest::corpusId);
  }

  private static CheckpointRequest request(CheckpointEvent.Builder event) throws Exception {
    return CheckpointRequest.of(event.build(), Examples.record(new byte[] {1, 2, 3}));
  }

  private static Manifest manifest(CorpusSealed.Builder sealed) throws Exception {
    return Manifest.of(sealed.build(), Examples.record(new byte[] {4, 5}));
  }

  @Test
  void aCheckpointPublishedAgainIsDropped() throws Exception {
    try (var stage = checkpoints()) {
      stage.open();
      stage.take(request(Examples.checkpoint()), request(Examples.checkpoint()));
      assertThat(stage.extractOutputValues()).hasSize(1);
      assertThat(stage.deadLetters()).isEmpty();
    }
  }

  @Test
  void otherCheckpointsAndHigherAttemptsPass() throws Exception {
    try (var stage = checkpoints()) {
      stage.open();
      stage.take(
          request(Examples.checkpoint()),
          request(Examples.checkpoint().setAttempt(1)),
          request(Examples.checkpoint().setCorpusId("test")),
          request(Examples.checkpoint().setCheckpointId("step00800.pt")),
          request(Examples.checkpoint().setRunId("run-b")));
      assertThat(stage.extractOutputValues()).hasSize(5);
    }
  }

  @Test
  void aCheckpointThatContradictsTheFirstIsADeadLetterWithItsBytes() throws Exception {
    List<CheckpointEvent.Builder> contradictions =
        List.of(
            Examples.checkpoint().setStep(401),
            Examples.checkpoint().setModelUri("file:///other.pt"),
            Examples.checkpoint().setModelFormat(ModelFormat.ONNX),
            Examples.checkpoint().setModelSha256(null),
            Examples.checkpoint().setWeightsUri("file:///w.safetensors"),
            Examples.checkpoint().setSampleRateHz(8_000),
            Examples.checkpoint().setInputNormalisation(InputNormalisation.ZERO_MEAN_UNIT_VARIANCE),
            Examples.checkpoint().setLayers(List.of(0)),
            Examples.checkpoint().setTrainingLoss(null));
    for (CheckpointEvent.Builder contradiction : contradictions) {
      try (var stage = checkpoints()) {
        stage.open();
        stage.take(request(Examples.checkpoint()), request(contradiction));
        assertThat(stage.extractOutputValues()).hasSize(1);
        assertThat(stage.deadLetters())
            .singleElement()
            .satisfies(
                letter -> {
                  assertThat(letter.reason()).isEqualTo(RejectReason.CONFLICTING_CHECKPOINT);
                  assertThat(letter.message())
                      .contains("step00400.pt of run run-a", "Raise its attempt");
                  assertThat(letter.offset()).isEqualTo(77);
                  assertThat(letter.value()).isEqualTo(new byte[] {1, 2, 3});
                });
      }
    }
  }

  @Test
  void theMemoryOfCheckpointsSurvivesARestart() throws Exception {
    OperatorSubtaskState snapshot;
    try (var stage = checkpoints()) {
      stage.open();
      stage.take(request(Examples.checkpoint()));
      snapshot = stage.snapshot(1, 1);
    }
    try (var restored = checkpoints()) {
      restored.initializeState(snapshot);
      restored.open();
      restored.take(request(Examples.checkpoint()), request(Examples.checkpoint().setStep(401)));
      assertThat(restored.extractOutputValues()).isEmpty();
      assertThat(restored.deadLetters()).hasSize(1);
    }
  }

  @Test
  void aCheckpointIsForgottenAfterTheRetention() throws Exception {
    try (var stage = checkpoints()) {
      stage.open();
      stage.setStateTtlProcessingTime(1);
      stage.take(request(Examples.checkpoint()));
      stage.setStateTtlProcessingTime(RETENTION.toMillis());
      stage.take(request(Examples.checkpoint()));
      assertThat(stage.extractOutputValues()).hasSize(1);
      stage.setStateTtlProcessingTime(2 * RETENTION.toMillis() - 1); // after it was last seen
      stage.take(request(Examples.checkpoint()));
      assertThat(stage.extractOutputValues()).hasSize(1);
      stage.setStateTtlProcessingTime(3 * RETENTION.toMillis());
      stage.take(request(Examples.checkpoint()));
      assertThat(stage.extractOutputValues()).hasSize(2);
    }
  }

  @Test
  void aManifestPublishedAgainIsDroppedAndTheFirstGoesOnWithoutItsBytes() throws Exception {
    try (var stage = manifests()) {
      stage.open();
      stage.take(
          manifest(Examples.sealed()),
          manifest(Examples.sealed()),
          manifest(Examples.sealed().setCorpusId("test")));
      assertThat(stage.extractOutputValues())
          .extracting(Manifest::corpusId)
          .containsExactly("dev", "test");
      assertThat(stage.extractOutputValues().get(0).source().value()).isNull();
      assertThat(stage.deadLetters()).isEmpty();
    }
  }

  @Test
  void aManifestThatDisagreesWithTheFirstIsADeadLetterEvenAfterARestart() throws Exception {
    OperatorSubtaskState snapshot;
    try (var stage = manifests()) {
      stage.open();
      stage.take(manifest(Examples.sealed()));
      snapshot = stage.snapshot(1, 1);
    }
    try (var restored = manifests()) {
      restored.initializeState(snapshot);
      restored.open();
      restored.take(manifest(Examples.sealed()), manifest(Examples.sealed(OTHER)));
      assertThat(restored.extractOutputValues()).isEmpty();
      assertThat(restored.deadLetters())
          .singleElement()
          .satisfies(
              letter -> {
                assertThat(letter.reason()).isEqualTo(RejectReason.CONFLICTING_MANIFEST);
                assertThat(letter.message())
                    .contains(
                        Examples.sealed().build().getDigest(),
                        Examples.sealed(OTHER).build().getDigest());
                assertThat(letter.value()).isEqualTo(new byte[] {4, 5});
              });
    }
  }
}
