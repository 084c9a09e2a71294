package io.sounding.jobs.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sounding.jobs.publish.AudioFiles.AudioFilePath;
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

  @Test
  void linksToFoldersAreFollowed() throws Exception {
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Path audio = Files.createDirectory(folder.resolve("audio"));
    Files.createFile(elsewhere.resolve("a.wav"));
    Files.createFile(audio.resolve("b.flac"));
    Files.createSymbolicLink(audio.resolve("more"), elsewhere);
    Files.createSymbolicLink(audio.resolve("notes.txt"), Path.of("missing.txt"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), audio);

    assertThat(AudioFiles.list(List.of(link)))
        .containsExactly(
            new AudioFilePath("b", link.resolve("b.flac")),
            new AudioFilePath("more/a", link.resolve("more/a.wav")));
  }

  @Test
  void linksThatLeadNowhereAreRefused() throws Exception {
    Files.createFile(folder.resolve("a.wav"));
    for (String name : List.of("b.wav", "more")) {
      Path link = Files.createSymbolicLink(folder.resolve(name), Path.of("missing"));
      refused(folder, link + ": is a link to nothing; take it away, or bring back what it leads");
      Files.delete(link);
    }
    Path below = Files.createDirectory(folder.resolve("below"));
    Path loop = Files.createSymbolicLink(below.resolve("loop"), folder);
    refused(folder, loop + ": is a link to a folder that it lies in; take it away.");
  }

  private static void refused(Path given, String sentence) {
    assertThatThrownBy(() -> AudioFiles.list(List.of(given)))
        .isInstanceOf(UnusableInputException.class)
        .hasMessageStartingWith(sentence)
        .hasMessageEndingWith(".");
  }
}
