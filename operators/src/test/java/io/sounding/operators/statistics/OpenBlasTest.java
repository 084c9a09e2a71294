package io.sounding.operators.statistics;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

/** Class files name the classes that they use. */
class OpenBlasTest {

  @Test
  void whateverUsesTheBindingHasItLoadedFirst() throws Exception {
    Path classes =
        Path.of(OpenBlas.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<Path> using;
    try (Stream<Path> files = Files.walk(classes)) {
      using =
          files
              .filter(file -> file.toString().endsWith(".class"))
              .filter(file -> names(file, "org/bytedeco/") || names(file, "smile/math/"))
              .toList();
    }
    assertThat(using).hasSizeGreaterThan(3);
    assertThat(using)
        .allMatch(file -> names(file, "statistics/OpenBlas") || names(file, "statistics/Products"));
    // which makes the buffers of all others
    assertThat(
            using.stream()
                .filter(file -> names(file, "FloatPointer") || names(file, "DoublePointer")))
        .allMatch(file -> names(file, "statistics/Products"));
    assertThat(names(classFile(classes, Products.class), "statistics/OpenBlas")).isTrue();
  }

  @Test
  void buffersAreMadeHoweverMuchModelsTakeBesideTheHeap() {
    OpenBlas.load();
    assertThat(Pointer.maxPhysicalBytes()).isZero();
  }

  private static Path classFile(Path classes, Class<?> type) {
    return classes.resolve(type.getName().replace('.', '/') + ".class");
  }

  private static boolean names(Path file, String type) {
    try {
      return new String(Files.readAllBytes(file), ISO_8859_1).contains(type);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
