package io.sounding.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class SoundingTest {

  private static String sentence(Exception failure) {
    return Sounding.sentence(failure, new CommandLine(new Sounding()));
  }

  @Test
  void whatAFileSystemRefusesIsTold() {
    assertThat(sentence(new NoSuchFileException("/a")))
        .isEqualTo("/a cannot be used (it does not exist).");
    assertThat(sentence(new AccessDeniedException("/a")))
        .isEqualTo("/a cannot be used (permission denied).");
    assertThat(sentence(new FileSystemException("/a", null, "Is a directory")))
        .isEqualTo("/a cannot be used (Is a directory).");
    assertThat(sentence(new IOException("The disk is full."))).isEqualTo("The disk is full.");
  }
}
