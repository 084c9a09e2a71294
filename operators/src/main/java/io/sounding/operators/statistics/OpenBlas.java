package io.sounding.operators.statistics;

import static org.bytedeco.openblas.global.openblas.blas_set_num_threads;

import org.bytedeco.javacpp.Pointer;

/**
 * OpenBLAS and its binding, loaded by one thread for all. The binding's classes load each other: of
 * two threads that are the first to use two of them, each would wait for the other for ever.
 * Whatever uses one, through Smile too, asks for this before ({@code OpenBlasTest}).
 */
final class OpenBlas {
  /**
   * By default the binding makes no more buffers while the process takes more than four times its
   * heap, which models beside it may well do, and says that memory has run out.
   */
  private static final String MOST_BYTES_OF_PROCESS = "org.bytedeco.javacpp.maxPhysicalBytes";

  static {
    if (System.getProperty(MOST_BYTES_OF_PROCESS) == null) {
      System.setProperty(MOST_BYTES_OF_PROCESS, "0"); // without a limit
    }
    Pointer.maxBytes(); // the class that the library's own loading looks for
    blas_set_num_threads(1);
  }

  private OpenBlas() {}

  /** Returns when it is loaded. */
  static void load() {
    // this class is initialised then
  }
}
