package io.sounding.operators.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.EngineException;
import ai.djl.translate.TranslateException;
import io.sounding.schemas.ModelFormat;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Memory that runs out: by the engines' messages, and really, with models that ask for more than an
 * address space holds as soon as a batch has three windows, or one.
 */
class DeviceMemoryTest {

  private static final int SAMPLES = 800;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 15.77 GiB",
        "c10::OutOfMemoryError: Tried to allocate 20.00 MiB",
        "CUDA error: out of memory\nCUDA kernel errors might be asynchronously reported",
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
        "cuDNN error: CUDNN_STATUS_ALLOC_FAILED",
        "[ONNXRuntimeError] : 6 : RUNTIME_EXCEPTION : Non-zero status code returned while running MatMul node: bfc_arena.cc:376 void* onnxruntime::BFCArena::AllocateRawInternal(size_t, bool) Failed to allocate memory for requested buffer of size 4294967296",
        "Available memory of 1024 is smaller than requested bytes of 4096",
        "CUDA failure 2: out of memory ; GPU=0 ; hostname=x",
        "[enforce fail at alloc_cpu.cpp:115] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 1125899906842628 bytes. Error code 12 (Cannot allocate memory)",
        "std::bad_alloc"
      })
  void enginesSayThatMemoryRanOut(String message) {
    assertThat(DeviceMemory.isExhausted(new EngineException(message))).isTrue();
    assertThat(DeviceMemory.isExhausted(new TranslateException(new EngineException(message))))
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CUDA error: an illegal memory access was encountered",
        "CUDA error: device-side assert triggered",
        "Expected all tensors to be on the same device, but found cuda:0 and cpu",
        "what is wanted of its outputs [(1, 268435456, 8)] takes 8589934592 bytes, and half of the Java process' memory is 1",
        "mat1 and mat2 shapes cannot be multiplied (4x8 and 9x8)"
      })
  void otherFailuresAreNoLackOfMemory(String message) {
    assertThat(DeviceMemory.isExhausted(new EngineException(message))).isFalse();
    assertThat(DeviceMemory.isExhausted(new IllegalStateException((String) null))).isFalse();
  }

  private static float[][] windows(int count) {
    float[][] windows = new float[count][];
    for (int i = 0; i < count; i++) {
      windows[i] = TestModels.signal(i, SAMPLES);
    }
    return windows;
  }

  /** Of 7 windows 4 are too many, then 2 fit, and 3 are not tried again: two runs in vain. */
  @ParameterizedTest
  @CsvSource({"fits_two.pt, TORCHSCRIPT", "fits_two.onnx, ONNX"})
  void aBatchThatDoesNotFitIsRunInHalvesWithEqualFrames(String file, ModelFormat format)
      throws Exception {
    AtomicInteger halvings = new AtomicInteger();
    try (SpeechEncoder encoder = SpeechEncoder.load(TestModels.path(file), format, 1);
        SpeechEncoder.Session session = encoder.open(halvings::incrementAndGet)) {
      Frames together = session.encode(windows(7), null);
      assertThat(halvings).hasValue(2);
      assertThat(together.batch()).isEqualTo(7);
      for (int i = 0; i < 7; i += 2) {
        // engines choose their kernels by the size of a batch, which shows in the last digits
        float[][] fitting = Arrays.copyOfRange(windows(7), i, Math.min(7, i + 2));
        Frames apart = session.encode(fitting, null);
        for (int j = 0; j < fitting.length; j++) {
          assertThat(TestModels.member(together, 0, i + j))
              .containsExactly(TestModels.member(apart, 0, j));
        }
      }
      assertThat(session.encode(windows(6), null).batch()).isEqualTo(6);
      assertThat(halvings).as("what did not fit is not tried again").hasValue(2);
    }
  }

  @Test
  void aWindowThatDoesNotFitAloneFails() throws Exception {
    AtomicInteger halvings = new AtomicInteger();
    try (SpeechEncoder encoder =
            SpeechEncoder.load(TestModels.path("fits_none.pt"), ModelFormat.TORCHSCRIPT, 1);
        SpeechEncoder.Session session = encoder.open(halvings::incrementAndGet)) {
      assertThatThrownBy(() -> session.encode(windows(2), null))
          .isInstanceOf(EncodingException.class)
          .hasMessageStartingWith(
              "1 x 800 samples do not fit into the memory of cpu beside what lies there (")
          .hasMessageContaining("you tried to allocate 1125899906842628 bytes")
          .hasMessageEndingWith(
              "take one with more memory; then publish the checkpoint again with a higher attempt.");
      assertThat(halvings).hasValue(1);
    }
  }
}
