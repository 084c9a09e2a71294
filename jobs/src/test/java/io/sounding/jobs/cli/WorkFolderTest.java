package io.sounding.jobs.cli;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sounding.jobs.publish.UnusableInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkFolderTest {

  @TempDir private Path folder;

  @Test
  void aFileIsNoFolderToWorkIn() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    for (Path given : new Path[] {file, file.resolve("below")}) {
      assertThatThrownBy(() -> WorkFolder.below(given)).isInstanceOf(UnusableInputException.class);
      assertThatThrownBy(() -> WorkFolder.at(given))
          .isInstanceOf(UnusableInputException.class)
          .hasMessageStartingWith(given + ": ")
          .hasMessageEndingWith("; name another folder with --work.");
    }
    assertThatThrownBy(() -> WorkFolder.at(file))
        .hasMessage(file + ": is no folder; name another folder with --work.");
  }
}
