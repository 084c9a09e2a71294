package io.sounding.operators.admit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.sounding.operators.Examples;
import io.sounding.schemas.DownstreamScore;
import io.sounding.schemas.RejectReason;
import io.sounding.schemas.SingleObjectCodec;
import io.sounding.schemas.registry.WireFormat;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AdmitScoresTest {

  private static Arguments rejected(
      String title,
      Consumer<DownstreamScore.Builder> change,
      RejectReason reason,
      String sentence) {
    DownstreamScore.Builder score = Examples.score();
    change.accept(score);
    return arguments(title, SingleObjectCodec.encode(score.build()), reason, sentence);
  }

  static Stream<Arguments> rejections() {
    byte[] valid = SingleObjectCodec.encode(Examples.score().build());
    return Stream.of(
        rejected("blank run", s -> s.setRunId(""), RejectReason.BAD_ID, "field runId is blank"),
        rejected(
            "line feed in run",
            s -> s.setRunId("a\nb"),
            RejectReason.BAD_ID,
            "field runId has 3 characters or control"),
        rejected("blank task", s -> s.setTask(" \t"), RejectReason.BAD_ID, "field task is blank"),
        rejected("long task", s -> s.setTask("x".repeat(201)), RejectReason.BAD_ID, "task has 201"),
        rejected("negative step", s -> s.setStep(-1), RejectReason.BAD_SCORE, "The step is -1"),
        rejected(
            "NaN",
            s -> s.setValue(Double.NaN),
            RejectReason.BAD_SCORE,
            "The score of run run-a at step 400 on asr-wer is NaN"),
        rejected(
            "infinite",
            s -> s.setValue(Double.NEGATIVE_INFINITY),
            RejectReason.BAD_SCORE,
            "is -Infinity"),
        arguments("tombstone", null, RejectReason.NOT_AVRO, "The record has 0 bytes"),
        arguments("text", "asr-wer,7.3".getBytes(), RejectReason.NOT_AVRO, "starts with 61 73"),
        arguments(
            "truncated",
            Arrays.copyOf(valid, valid.length - 1),
            RejectReason.CORRUPT,
            "cannot be read"),
        arguments(
            "wrong topic",
            SingleObjectCodec.encode(Examples.checkpoint().build()),
            RejectReason.WRONG_TOPIC,
            "is a CheckpointEvent, but this topic carries DownstreamScore"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rejections")
  void whatIsNoValidScoreIsADeadLetterWithItsReasonAndItsOrigin(
      String title, byte[] bytes, RejectReason reason, String sentence) throws Exception {
    try (var admission = new AdmissionHarness<>(new AdmitScores(WireFormat.singleObject()))) {
      admission.take(Examples.record(bytes));
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
  void aValidScoreKeepsEveryField() throws Exception {
    try (var admission = new AdmissionHarness<>(new AdmitScores(WireFormat.singleObject()))) {
      admission.take(Examples.record(SingleObjectCodec.encode(Examples.score().build())));
      assertThat(admission.rejected()).isEmpty();
      assertThat(admission.admitted())
          .containsExactly(new Score("run-a", 400, "asr-wer", 7.25, 1_800_000_000_123L, 77));
    }
  }
}
