package io.sounding.jobs.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetainedCheckpointsTest {

  @TempDir Path cluster;

  private static Path complete(Path folder, long written) throws IOException {
    Path metadata = Files.createDirectories(folder).resolve("_metadata");
    Files.setLastModifiedTime(Files.createFile(metadata), FileTime.fromMillis(written));
    return folder;
  }

  @Test
  void theNewestIsFoundAmongThoseThatAreComplete() throws IOException {
    Path folder = RetainedCheckpoints.folder(cluster);
    assertThat(RetainedCheckpoints.newestIn(cluster)).isEmpty();
    Files.createDirectories(folder.resolve("job/chk-9"));
    assertThat(RetainedCheckpoints.newestIn(cluster)).isEmpty();
    Path newest = complete(folder.resolve("job/chk-7"), 2_000);
    complete(folder.resolve("another/chk-8"), 1_000);
    assertThat(RetainedCheckpoints.newestIn(cluster)).contains(newest);
  }

  @Test
  void oneOfAVersionThatKeptStateOnTheHeapIsRefused() throws IOException {
    complete(cluster.resolve("checkpoints/job/chk-7"), 1_000);
    assertThatThrownBy(() -> RetainedCheckpoints.newestIn(cluster))
        .isInstanceOf(EmbeddedException.class)
        .hasMessageContaining("was written by an earlier version")
        .hasMessageContaining("Name another folder");
    complete(RetainedCheckpoints.folder(cluster).resolve("job/chk-1"), 500);
    assertThat(RetainedCheckpoints.newestIn(cluster)).isPresent();
  }
}
