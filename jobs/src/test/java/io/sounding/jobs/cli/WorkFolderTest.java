package io.sounding.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sounding.jobs.publish.UnusableInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class WorkFolderTest {

  @TempDir private Path folder;

  @Test
  void theLogGoesThereAlsoWhenSomethingWasLoggedBefore() throws Exception {
    Logger logger = LoggerFactory.getLogger("io.sounding.operators");
    logger.info("It was said before.");
    WorkFolder first = WorkFolder.below(folder);
    logger.info("It is said.");
    WorkFolder second = WorkFolder.below(folder);
    logger.info("It is said again.");
    assertThat(Files.readString(first.log())).contains("It is said.").doesNotContain("again");
    assertThat(Files.readString(second.log())).contains("It is said again.");
  }

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
