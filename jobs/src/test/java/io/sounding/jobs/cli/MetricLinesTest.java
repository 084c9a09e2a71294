package io.sounding.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sounding.jobs.watch.Events;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricLinesTest {

  private static final Path FULL = Path.of("/dev/full");

  @TempDir private Path folder;

  @Test
  void theFileIsReplacedAsAWhole() throws Exception {
    Path file = Files.writeString(folder.resolve("a.jsonl"), "what was there before\n");
    try (BufferedReader reader = Files.newBufferedReader(file);
        MetricLines lines = new MetricLines(file)) {
      lines.add(Events.finished("a", 800, 0).build());
      lines.add(Events.finished("a", 400, 0).build());
      lines.finish();
      assertThat(reader.readLine()).isEqualTo("what was there before");
    }
    assertThat(Files.readAllLines(file))
        .satisfiesExactly(
            first -> assertThat(first).contains("\"step\":400"),
            second -> assertThat(second).contains("\"step\":800"));
    assertThat(folder).isDirectoryNotContaining(path -> !path.equals(file));
  }

  @Test
  void withoutEventsThereIsNoFile() throws Exception {
    new MetricLines(folder.resolve("a.jsonl")).close();
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void whatCannotBeWrittenIsToldWithItsFile() throws Exception {
    Path gone = Files.createDirectory(folder.resolve("gone"));
    try (MetricLines lines = new MetricLines(gone.resolve("a.jsonl"))) {
      lines.add(Events.finished("a", 400, 0).build());
      Files.delete(gone.resolve("a.jsonl.part"));
      Files.delete(gone);
      assertThatThrownBy(lines::finish)
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(gone.resolve("a.jsonl") + " cannot be written (");
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
