package io.sounding.operators.embed;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.schemas.ModelFormat;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Engines start once per process, so this one is in a process of its own. */
class EngineStartTest {

  @TempDir private Path folder;

  /** In the process: starts an engine and prints what is told of it. */
  public static final class Starting {

    private Starting() {}

    public static void main(String[] arguments) {
      try {
        SpeechEncoder.startEngine(ModelFormat.TORCHSCRIPT, 1);
        System.out.println("It has started.");
      } catch (EncodingException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  @Test
  void nativesThatCannotBeUnpackedAreToldInASentenceWithTheirFolder() throws Exception {
    Path noFolder = Files.createFile(folder.resolve("djl"));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-DENGINE_CACHE_DIR=" + noFolder,
                "-Djava.io.tmpdir=" + folder,
                "-cp",
                System.getProperty("java.class.path"),
                Starting.class.getName())
            .redirectErrorStream(true)
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).as(printed).isZero();
    assertThat(printed)
        .contains("The engine PyTorch cannot be started (")
        .contains(
            "). Its native libraries, up to 0.5 GB on a CPU, are unpacked to %s and %s: make room there, or make them writable, and publish the checkpoint again with a higher attempt."
                .formatted(noFolder, folder));
  }
}
