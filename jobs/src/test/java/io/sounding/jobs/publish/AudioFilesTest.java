package io.sounding.jobs.publish;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AudioFilesTest {

  @TempDir private Path folder;

  @Test
  void aNameThatCouldNotBeReadIsRefusedWithTheLocale() throws Exception {
    Path unread = Files.createFile(folder.resolve("\uFFFD\uFFFD.wav"));
    refused(
        folder,
        unread
            + ": cannot name an utterance: its path holds a letter that could not be read in the locale's encoding, "
            + System.getProperty("sun.jnu.encoding"));
  }

  private static void refused(Path given, String sentence) {
    assertThatThrownBy(() -> AudioFiles.list(List.of(given)))
        .isInstanceOf(UnusableInputException.class)
        .hasMessageStartingWith(sentence)
        .hasMessageEndingWith(".");
  }
}
