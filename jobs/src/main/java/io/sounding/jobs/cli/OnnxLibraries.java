package io.sounding.jobs.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * The native libraries of ONNX Runtime. By itself it unpacks them, 22 MB, into the system's folder
 * for temporary files, whatever the property of that name says by then, and a process that is
 * killed leaves them there.
 */
final class OnnxLibraries {

  private static final String PACKED = "/ai/onnxruntime/native/linux-x64/";
  private static final List<String> OF_CPUS =
      List.of("libonnxruntime.so", "libonnxruntime4j_jni.so");
  private static final String OF_GPUS = "libonnxruntime_providers_shared.so";
  private static final String WHERE = "onnxruntime.native.path";

  private static String unpacked; // null: not yet

  private OnnxLibraries() {}

  /**
   * Unpacks them into a folder where they are found; those for GPUs, or of another place that was
   * named, are left as they are.
   */
  static synchronized void unpack(Path folder) throws IOException {
    String named = System.getProperty(WHERE);
    if (named != null && !named.equals(unpacked)
        || OnnxLibraries.class.getResource(PACKED + OF_GPUS) != null) {
      return;
    }
    Files.createDirectories(folder);
    for (String library : OF_CPUS) {
      try (InputStream packed = OnnxLibraries.class.getResourceAsStream(PACKED + library)) {
        if (packed == null) {
          return;
        }
        Files.copy(packed, folder.resolve(library), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    unpacked = folder.toString();
    System.setProperty(WHERE, unpacked);
  }
}
