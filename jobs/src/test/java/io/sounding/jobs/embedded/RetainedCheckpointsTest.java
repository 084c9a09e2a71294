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
  void thoseOfAFolderThatWasMovedOrCopiedAreRefused() throws IOException {
    Path original = Files.createDirectories(cluster.resolve("original"));
    complete(RetainedCheckpoints.folder(original).resolve("job/chk-7"), 2_000);
    RetainedCheckpoints.nameFolderOf(original);
    assertThat(RetainedCheckpoints.newestIn(original)).isPresent();
    Path link = Files.createSymbolicLink(cluster.resolve("link"), original);
    assertThat(RetainedCheckpoints.newestIn(link)).isPresent();

    Path moved = Files.move(original, cluster.resolve("moved"));

    assertThatThrownBy(() -> RetainedCheckpoints.newestIn(moved))
        .isInstanceOf(EmbeddedException.class)
        .hasMessageContaining("was written in " + cluster.toRealPath().resolve("original"))
        .hasMessageContaining("the folder was moved or is a copy. Move it back");
  }

  @Test
  void flinkReadsPathsAsTheyAre() {
    Path odd = Path.of("/data/J\u00f6rg 100 %20/flink");

    assertThat(new org.apache.flink.core.fs.Path(RetainedCheckpoints.flinkPath(odd)).getPath())
        .isEqualTo(odd.toString());
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
