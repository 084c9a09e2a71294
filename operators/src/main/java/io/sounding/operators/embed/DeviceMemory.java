package io.sounding.operators.embed;

import java.util.List;
import java.util.Locale;

/**
 * Tells by an engine's message that a device had no memory left, which a smaller batch may not
 * need. Engines have no type for it that DJL would hand on.
 *
 * <p>Sources of the messages: PyTorch's {@code c10/cuda/CUDACachingAllocator.cpp} and {@code
 * c10/core/impl/alloc_cpu.cpp}, cuBLAS and cuDNN as PyTorch reports them; ONNX Runtime's {@code
 * core/framework/bfc_arena.cc} and its CUDA provider.
 */
final class DeviceMemory {

  private static final List<String> EXHAUSTED =
      List.of(
          "cuda out of memory", // "Tried to allocate 2.00 GiB. GPU 0 has a total capacity of ..."
          "outofmemoryerror", // c10::OutOfMemoryError, torch.cuda.OutOfMemoryError
          "cuda error: out of memory", // cudaErrorMemoryAllocation outside the allocator
          "cuda failure 2", // the same from ONNX Runtime
          "cudaerrormemoryallocation",
          "cublas_status_alloc_failed",
          "cudnn_status_alloc_failed",
          "failed to allocate memory", // ONNX Runtime's arena, "for requested buffer of size ..."
          "is smaller than requested bytes", // the same with a limit: "Available memory of ..."
          "bfcarena",
          "defaultcpuallocator: can't allocate memory",
          "defaultcpuallocator: not enough memory",
          "std::bad_alloc",
          "bad allocation");

  private DeviceMemory() {}

  /** Whether {@code error}, or what caused it, says that memory ran out. */
  static boolean isExhausted(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause.getMessage() != null) {
        String message = cause.getMessage().toLowerCase(Locale.ROOT);
        if (EXHAUSTED.stream().anyMatch(message::contains)) {
          return true;
        }
      }
    }
    return false;
  }
}
