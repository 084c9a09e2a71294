package io.sounding.jobs.cli;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sounding.jobs.watch.Events;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricLinesTest {

  private static final Path FULL = Path.of("/dev/full");

  @TempDir private Path folder;

  @Test
  void aFullDiskIsToldWithTheFile() throws Exception {
    Path file = Files.createSymbolicLink(folder.resolve("a.jsonl"), FULL);
    try (MetricLines lines = new MetricLines(file)) {
      lines.add(Events.finished("a", 400, 0).build());
      assertThatThrownBy(lines::finish)
          .isInstanceOf(IOException.class)
          .hasMessage(file + " cannot be written (No space left on device).");
    }
    Path partial = Files.createSymbolicLink(folder.resolve("b.jsonl.part"), FULL);
    assertThatThrownBy(
            () -> {
              try (MetricLines lines = new MetricLines(folder.resolve("b.jsonl"))) {
                lines.add(Events.finished("a", 400, 0).build());
              }
            })
        .isInstanceOf(IOException.class)
        .hasMessage(partial + " cannot be written (No space left on device).");
  }
}
