package io.sounding.operators.embed;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What is told of an engine's error; what the engines themselves say is in SpeechEncoderTest. */
class EncodingExceptionTest {

  private static String reason(String message) {
    return EncodingException.reason(new IllegalStateException(message));
  }

  @Test
  void theInnermostMessageIsTold() {
    Throwable silent = new IllegalStateException(null, null);
    assertThat(EncodingException.reason(silent)).isEqualTo("IllegalStateException");
    Throwable inner = new IllegalStateException("why", silent);
    assertThat(EncodingException.reason(new RuntimeException("that", inner))).isEqualTo("why");
  }

  @Test
  void theLastErrorOfATorchScriptTraceIsTold() {
    assertThat(
            reason(
                """
                The following operation failed in the TorchScript interpreter.
                Traceback of TorchScript (most recent call last):
                  first.Error: an earlier one
                RuntimeError: sizes do not match
                  at at::native
                """))
        .isEqualTo("RuntimeError: sizes do not match");
  }

  @Test
  void theAxesThatOnnxRuntimeListsAreTold() {
    assertThat(
            reason(
                """

                Got invalid dimensions for input: samples
                 index: 0 Got: 2 Expected: 1
                 index: 1 Got: 880 Expected: 800
                 Please fix either the inputs/outputs or the model.
                 index: 9
                """))
        .isEqualTo(
            "Got invalid dimensions for input: samples index: 0 Got: 2 Expected: 1 index: 1 Got: 880 Expected: 800");
  }

  @Test
  void ofALongLineItsBeginningAndItsEndAreTold() {
    String begin = "b".repeat(120);
    String end = "e".repeat(200);
    assertThat(reason(begin + "0123456789" + end)).isEqualTo(begin + "0123456789" + end);
    assertThat(reason(begin + "0123456789x" + end)).isEqualTo(begin + " ... " + end);
  }
}
