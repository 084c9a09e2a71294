package io.sounding.operators.admit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.sounding.operators.Examples;
import io.sounding.schemas.CheckpointEvent;
import io.sounding.schemas.InputNormalisation;
import io.sounding.schemas.ModelFormat;
import io.sounding.schemas.RejectReason;
import io.sounding.schemas.SingleObjectCodec;
import io.sounding.schemas.registry.WireFormat;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AdmitCheckpointsTest {

  private static Arguments rejected(
      String title,
      Consumer<CheckpointEvent.Builder> change,
      RejectReason reason,
      String sentence) {
    CheckpointEvent.Builder event = Examples.checkpoint();
    change.accept(event);
    return arguments(title, SingleObjectCodec.encode(event.build()), reason, sentence);
  }

  static Stream<Arguments> rejections() {
    RejectReason bad = RejectReason.BAD_CHECKPOINT;
    byte[] valid = SingleObjectCodec.encode(Examples.checkpoint().build());
    byte[] otherFingerprint = valid.clone();
    otherFingerprint[2] ^= 1;
    return Stream.of(
        rejected("blank run", e -> e.setRunId(" "), RejectReason.BAD_ID, "field runId is blank"),
        rejected(
            "long run", e -> e.setRunId("x".repeat(201)), RejectReason.BAD_ID, "runId has 201"),
        rejected(
            "line feed in checkpoint",
            e -> e.setCheckpointId("a\nb"),
            RejectReason.BAD_ID,
            "field checkpointId has 3 characters or control"),
        rejected(
            "blank corpus", e -> e.setCorpusId(""), RejectReason.BAD_ID, "field corpusId is blank"),
        rejected("negative step", e -> e.setStep(-1), bad, "The step is -1"),
        rejected("negative attempt", e -> e.setAttempt(-2), bad, "The attempt is -2"),
        rejected("blank model", e -> e.setModelUri("\t"), bad, "modelUri is blank"),
        rejected(
            "endless model URI",
            e -> e.setModelUri("s3://" + "x".repeat(4_092)),
            bad,
            "modelUri has 4097 characters"),
        rejected(
            "format of the future",
            e -> e.setModelFormat(ModelFormat.UNKNOWN),
            bad,
            "modelFormat is not one this version knows"),
        rejected(
            "normalisation of the future",
            e -> e.setInputNormalisation(InputNormalisation.UNKNOWN),
            bad,
            "inputNormalisation is not one this version knows"),
        rejected("rate 0", e -> e.setSampleRateHz(0), bad, "sampleRateHz is 0"),
        rejected("rate 999", e -> e.setSampleRateHz(999), bad, "sampleRateHz is 999"),
        rejected(
            "rate 10^9", e -> e.setSampleRateHz(1_000_000_000), bad, "sampleRateHz is 1000000000"),
        rejected(
            "short digest",
            e -> e.setModelSha256("0".repeat(63)),
            bad,
            "modelSha256 is not 64 lower-case"),
        rejected(
            "upper-case digest",
            e -> e.setModelSha256("A".repeat(64)),
            bad,
            "modelSha256 is not 64 lower-case"),
        rejected("blank weights", e -> e.setWeightsUri(" "), bad, "weightsUri is blank"),
        rejected(
            "endless URI of weights",
            e -> e.setWeightsUri("s3://" + "x".repeat(4_092)),
            bad,
            "weightsUri has 4097 characters"),
        rejected(
            "bad digest of weights",
            e -> e.setWeightsUri("s3://w").setWeightsSha256("z".repeat(64)),
            bad,
            "weightsSha256 is not 64 lower-case"),
        rejected(
            "digest without weights",
            e -> e.setWeightsSha256("0".repeat(64)),
            bad,
            "a weightsSha256, but no weightsUri"),
        rejected("no layer", e -> e.setLayers(List.of()), bad, "The layers are []"),
        rejected("layer twice", e -> e.setLayers(List.of(1, 1)), bad, "The layers are [1, 1]"),
        arguments("tombstone", null, RejectReason.NOT_AVRO, "The record has 0 bytes"),
        arguments("empty", new byte[0], RejectReason.NOT_AVRO, "The record has 0 bytes"),
        arguments("text", "{\"runId\": 1}".getBytes(), RejectReason.NOT_AVRO, "starts with 7B 22"),
        arguments(
            "unknown fingerprint", otherFingerprint, RejectReason.UNKNOWN_SCHEMA, "fingerprint"),
        arguments(
            "truncated",
            Arrays.copyOf(valid, valid.length / 2),
            RejectReason.CORRUPT,
            "cannot be read"),
        arguments(
            "wrong topic",
            SingleObjectCodec.encode(Examples.chunk().build()),
            RejectReason.WRONG_TOPIC,
            "is a AudioChunk, but this topic carries CheckpointEvent"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rejections")
  void whatIsNoValidCheckpointIsADeadLetterWithItsReasonAndItsOrigin(
      String title, byte[] bytes, RejectReason reason, String sentence) throws Exception {
    KafkaRecord source = Examples.record(bytes);
    try (var admission = new AdmissionHarness<>(new AdmitCheckpoints(WireFormat.singleObject()))) {
      admission.take(source);
      assertThat(admission.admitted()).isEmpty();
      assertThat(admission.rejected())
          .singleElement()
          .satisfies(
              rejection -> {
                assertThat(rejection.reason()).isEqualTo(reason);
                assertThat(rejection.message()).contains(sentence).endsWith(".");
                assertThat(rejection.topic()).isEqualTo("a-topic");
                assertThat(rejection.partition()).isEqualTo(3);
                assertThat(rejection.offset()).isEqualTo(77);
                assertThat(rejection.key()).isEqualTo(new byte[] {9, 8});
                assertThat(rejection.value()).isEqualTo(bytes);
              });
    }
  }

  @Test
  void aValidCheckpointKeepsEveryField() throws Exception {
    CheckpointEvent event =
        Examples.checkpoint()
            .setAttempt(2)
            .setWeightsUri("s3://models/step00400.safetensors")
            .setWeightsSha256("0b".repeat(32))
            .build();
    KafkaRecord source = Examples.record(SingleObjectCodec.encode(event));
    try (var admission = new AdmissionHarness<>(new AdmitCheckpoints(WireFormat.singleObject()))) {
      admission.take(source);
      assertThat(admission.rejected()).isEmpty();
      CheckpointRequest request = admission.admitted().get(0);
      assertThat(request)
          .usingRecursiveComparison()
          .isEqualTo(
              new CheckpointRequest(
                  "run-a",
                  "step00400.pt",
                  400,
                  2,
                  "dev",
                  "file:///models/step00400.pt",
                  ModelFormat.TORCHSCRIPT,
                  "0a".repeat(32),
                  "s3://models/step00400.safetensors",
                  "0b".repeat(32),
                  16_000,
                  InputNormalisation.NONE,
                  new int[] {0, -1},
                  3.5,
                  source));
      assertThat(request.evaluationId()).isEqualTo("run-a\nstep00400.pt\ndev\n2");
    }
  }

  @Test
  void theFirstStepAndTheLimitsThemselvesAreTaken() throws Exception {
    try (var admission = new AdmissionHarness<>(new AdmitCheckpoints(WireFormat.singleObject()))) {
      for (int rateHz : new int[] {1_000, 768_000}) {
        CheckpointEvent event =
            Examples.checkpoint()
                .setStep(0)
                .setAttempt(0)
                .setModelUri("s3://" + "x".repeat(4_091))
                .setSampleRateHz(rateHz)
                .build();
        admission.take(Examples.record(SingleObjectCodec.encode(event)));
      }
      assertThat(admission.rejected()).isEmpty();
      assertThat(admission.admitted())
          .extracting(CheckpointRequest::sampleRateHz)
          .containsExactly(1_000, 768_000);
    }
  }

  @Test
  void whatIsOptionalMayBeMissing() throws Exception {
    CheckpointEvent event =
        Examples.checkpoint().setModelSha256(null).setLayers(null).setTrainingLoss(null).build();
    try (var admission = new AdmissionHarness<>(new AdmitCheckpoints(WireFormat.singleObject()))) {
      admission.take(Examples.record(SingleObjectCodec.encode(event)));
      CheckpointRequest request = admission.admitted().get(0);
      assertThat(request.modelSha256()).isNull();
      assertThat(request.weightsUri()).isNull();
      assertThat(request.weightsSha256()).isNull();
      assertThat(request.layers()).isNull();
      assertThat(request.trainingLoss()).isNull();
    }
  }
}
