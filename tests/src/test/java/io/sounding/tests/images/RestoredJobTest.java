package io.sounding.tests.images;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code docker/restored-job} has Flink go on from. */
class RestoredJobTest {

  @TempDir private Path folder;

  private int written;

  /** A Flink that says what it was told. */
  @BeforeEach
  void layFlink() throws IOException {
    Path job = folder.resolve("flink/bin/standalone-job.sh");
    Files.createDirectories(job.getParent());
    Files.createDirectories(folder.resolve("checkpoints"));
    Files.writeString(job, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
    Files.setPosixFilePermissions(job, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void theFirstJobBeginsAnew() throws Exception {
    assertThat(run()).containsExactly("start-foreground", "--bootstrap", "kafka:9092");
  }

  /** Otherwise each start of a job manager leaves a whole checkpoint that nothing deletes. */
  @Test
  void theNewestCheckpointBecomesTheJobsOwn() throws Exception {
    complete("a/chk-9");
    complete("savepoints/savepoint-1");
    complete("b/chk-3");
    Files.createDirectories(folder.resolve("checkpoints/b/chk-4")); // not complete
    assertThat(run())
        .containsExactly(
            "The job goes on from " + checkpoint("b/chk-3") + ".",
            "start-foreground",
            "-Dexecution.state-recovery.path=file://" + checkpoint("b/chk-3"),
            "-Dexecution.state-recovery.claim-mode=CLAIM",
            "--bootstrap",
            "kafka:9092");
  }

  @Test
  void aSavepointStaysTheUsers() throws Exception {
    complete("a/chk-9");
    complete("savepoints/savepoint-1");
    assertThat(run())
        .contains("-Dexecution.state-recovery.path=file://" + checkpoint("savepoints/savepoint-1"))
        .noneMatch(argument -> argument.contains("claim-mode"));
  }

  private Path checkpoint(String name) {
    return folder.resolve("checkpoints").resolve(name);
  }

  private void complete(String name) throws IOException {
    Path metadata = Files.createDirectories(checkpoint(name)).resolve("_metadata");
    Files.createFile(metadata);
    Files.setLastModifiedTime(metadata, FileTime.fromMillis(1_000L * ++written));
  }

  private List<String> run() throws IOException, InterruptedException {
    ProcessBuilder script =
        new ProcessBuilder(
            ImageFolder.docker().resolve("restored-job").toString(), "--bootstrap", "kafka:9092");
    script.environment().put("CHECKPOINTS", folder.resolve("checkpoints").toString());
    script.environment().put("FLINK_HOME", folder.resolve("flink").toString());
    Process process = script.redirectErrorStream(true).start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(printed).isZero();
    return printed.lines().toList();
  }
}
