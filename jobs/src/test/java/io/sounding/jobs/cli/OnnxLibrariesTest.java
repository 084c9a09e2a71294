package io.sounding.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxLibrariesTest {

  private static final String WHERE = "onnxruntime.native.path";

  @TempDir private Path folder;

  @BeforeEach
  @AfterEach
  void forget() {
    System.clearProperty(WHERE);
  }

  @Test
  void theyAreUnpackedWhereTheRuntimeLooksForThem() throws Exception {
    for (String name : new String[] {"one", "two"}) { // a process may work in several, one by one
      Path natives = folder.resolve(name);
      OnnxLibraries.unpack(natives);
      assertThat(System.getProperty(WHERE)).isEqualTo(natives.toString());
      for (String library : new String[] {"onnxruntime", "onnxruntime4j_jni"}) {
        Path file = natives.resolve(System.mapLibraryName(library));
        assertThat(file.toFile().length()).isGreaterThan(10_000);
        System.load(file.toString());
      }
    }
  }

  @Test
  void aPlaceThatWasNamedIsKept() throws Exception {
    System.setProperty(WHERE, "/usr/lib/onnxruntime");
    OnnxLibraries.unpack(folder.resolve("natives"));
    assertThat(System.getProperty(WHERE)).isEqualTo("/usr/lib/onnxruntime");
    assertThat(folder).isEmptyDirectory();
  }
}
