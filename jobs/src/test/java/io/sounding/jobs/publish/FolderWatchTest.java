package io.sounding.jobs.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What counts as complete; time is what the test says it is. */
class FolderWatchTest {

  private static final Duration SETTLING = Duration.ofSeconds(5);
  private static final Duration LOSS_WAIT = Duration.ofSeconds(60);

  @TempDir private Path folder;

  private final List<String> notes = new ArrayList<>();
  private FolderWatch watch;
  private long seconds;
  private byte[] whole;

  @BeforeEach
  void watchBySettling() throws IOException {
    watch(null, null);
    whole = ModelBytes.torchScript(1);
  }

  private void watch(String doneMarker, Path losses) {
    watch =
        new FolderWatch(
            CheckpointFolder.ofModels(folder),
            losses,
            new FolderWatch.Patience(SETTLING, doneMarker, LOSS_WAIT),
            notes::add);
  }

  private List<String> after(int pause) {
    seconds += pause;
    return watch.poll(Duration.ofSeconds(seconds).toNanos()).stream()
        .map(complete -> complete.entry().checkpointId())
        .toList();
  }

  private Path write(String name, byte[] content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, content);
  }

  private void done() {
    watch.poll(Duration.ofSeconds(seconds).toNanos()).forEach(watch::done);
  }

  @Test
  void aFileIsCompleteWhenItHasNotChangedForAWhile() throws IOException {
    write("step2.pt", whole);
    write("step1.pt", whole);
    assertThat(after(0)).isEmpty();
    assertThat(watch.underWay()).isEqualTo(2);
    assertThat(after(4)).isEmpty();
    assertThat(after(1)).containsExactly("step1.pt", "step2.pt");
    assertThat(watch.underWay()).isZero();
    assertThat(after(1)).as("until it is dealt with").containsExactly("step1.pt", "step2.pt");
    done();
    assertThat(after(100)).isEmpty();
    assertThat(notes).isEmpty();
  }

  @Test
  void aFileThatGrowsIsNotComplete() throws IOException {
    for (int part = 1; part <= 10; part++) {
      write("step1.pt", Arrays.copyOf(whole, whole.length * part / 10));
      assertThat(after(4)).isEmpty();
    }
    assertThat(after(5)).containsExactly("step1.pt");
    assertThat(notes).isEmpty();
  }

  @Test
  void aWriterThatPausesForLongIsFoundOut() throws IOException {
    write("step1.pt", Arrays.copyOf(whole, whole.length / 2));
    after(0);
    assertThat(after(1_000)).isEmpty();
    assertThat(after(1_000)).isEmpty();
    assertThat(notes)
        .singleElement()
        .asString()
        .contains("step1.pt is not a whole TorchScript file")
        .endsWith("It is looked at again when it changes.");
    assertThat(watch.unpublished()).hasSize(1);
    assertThat(watch.underWay()).isZero();
    write("step1.pt", Arrays.copyOf(whole, whole.length / 2 + 1));
    after(1);
    after(5);
    assertThat(notes).as("told again of a file that has changed").hasSize(2);
    write("step1.pt", whole);
    assertThat(after(1)).isEmpty();
    assertThat(after(5)).containsExactly("step1.pt");
    assertThat(watch.unpublished()).isEmpty();
  }

  @Test
  void aFileThatKeepsItsSizeButNotItsTimeIsBeingWritten() throws IOException {
    Path file = write("step1.pt", whole);
    for (int second = 1; second <= 10; second++) {
      Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(second)));
      assertThat(after(4)).isEmpty();
    }
    assertThat(after(5)).containsExactly("step1.pt");
  }

  @Test
  void aFileThatIsReplacedWithinItsTimeIsAnother() throws IOException {
    FileTime time = FileTime.from(Instant.ofEpochSecond(1_000));
    Files.setLastModifiedTime(write("step1.pt", whole), time);
    after(0);
    assertThat(after(5)).containsExactly("step1.pt");
    done();
    Path other = write("other", ModelBytes.torchScript(2));
    Files.setLastModifiedTime(other, time);
    Files.move(
        other,
        folder.resolve("step1.pt"),
        java.nio.file.StandardCopyOption.ATOMIC_MOVE,
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertThat(after(1)).isEmpty();
    assertThat(after(5)).containsExactly("step1.pt");
  }

  @Test
  void aMarkerSaysThatAFileIsCompleteUnlessTheFileIsYounger() throws IOException {
    watch(".done", null);
    Path file = write("step1.pt", whole);
    assertThat(after(100)).isEmpty();
    assertThat(watch.underWay()).isZero();
    assertThat(watch.unpublished()).containsExactly(file + " has no file step1.pt.done beside it");
    Path marker = write("step1.pt.done", new byte[0]);
    Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(1_000)));
    Files.setLastModifiedTime(marker, FileTime.from(Instant.ofEpochSecond(999)));
    assertThat(after(100)).as("an old marker").isEmpty();
    Files.setLastModifiedTime(marker, FileTime.from(Instant.ofEpochSecond(1_000)));
    assertThat(after(0)).containsExactly("step1.pt");
  }

  @Test
  void aMarkerBesideHalfAFileDoesNotMakeItWhole() throws IOException {
    watch(".done", null);
    write("step1.pt", Arrays.copyOf(whole, whole.length / 2));
    write("step1.pt.done", new byte[0]);
    assertThat(after(1)).isEmpty();
    assertThat(notes).singleElement().asString().contains("is not a whole TorchScript file");
  }

  @Test
  void aCheckpointWaitsForALossThatIsStillToBeWritten() throws IOException {
    watch(null, folder.resolve("loss.csv"));
    write("step100.pt", whole);
    write("step200.pt", whole);
    after(0);
    assertThat(after(5)).isEmpty();
    assertThat(watch.underWay()).isEqualTo(2);
    assertThat(notes)
        .contains(
            "%s waits for the loss of step 100 in %s, 60 s at most."
                .formatted(folder.resolve("step100.pt"), folder.resolve("loss.csv")));
    Files.writeString(folder.resolve("loss.csv"), "step,loss\n100,2.5\n150,2\n");
    assertThat(after(1)).containsExactly("step100.pt");
    done();
    assertThat(after(58)).isEmpty();
    assertThat(after(1)).as("a minute after it was complete").containsExactly("step200.pt");
    assertThat(notes).doesNotHaveDuplicates().hasSize(3);
  }

  @Test
  void withoutAStepThereIsNothingToPublish() throws IOException {
    write("last.pt", whole);
    after(0);
    assertThat(after(5)).isEmpty();
    assertThat(notes)
        .containsExactly(
            folder.resolve("last.pt")
                + " is passed over: no training step is in its name or in a file beside it. Rename it, for example to step00400.pt, if it is a checkpoint of its own.");
    assertThat(watch.unpublished()).isEmpty();
    Files.writeString(folder.resolve("last.json"), "{\"step\": 7}");
    assertThat(after(1)).containsExactly("last.pt");
  }

  @Test
  void theFolderMayAppearLaterAndFilesMayVanish() throws IOException {
    Path later = folder.resolve("later");
    watch =
        new FolderWatch(
            CheckpointFolder.ofModels(later),
            null,
            new FolderWatch.Patience(SETTLING, null, LOSS_WAIT),
            notes::add);
    assertThat(after(1)).isEmpty();
    assertThat(watch.folderExists()).isFalse();
    Files.createDirectory(later);
    assertThat(watch.folderExists()).isTrue();
    Path file = Files.write(later.resolve("step1.pt"), whole);
    assertThat(after(1)).isEmpty();
    Files.delete(file);
    assertThat(after(5)).isEmpty();
    assertThat(watch.underWay()).isZero();
    assertThat(watch.unpublished()).isEmpty();
    assertThat(notes).isEmpty();
  }

  @Test
  void whatCannotBeListedIsNotPublishedAndIsToldOnce() throws IOException {
    Path circle = folder.resolve("checkpoint-8");
    Files.createSymbolicLink(circle, Path.of("checkpoint-8"));
    write("step1.pt", whole);
    after(0);
    assertThat(after(5)).containsExactly("step1.pt");
    done();
    assertThat(watch.unpublished())
        .singleElement()
        .asString()
        .startsWith(circle + " cannot be listed (");
    assertThat(notes).hasSize(1);
    Files.delete(circle);
    assertThat(after(1)).isEmpty();
    assertThat(watch.unpublished()).isEmpty();
  }

  @Test
  void aFileInAFolderThatCannotBeListedForAWhileIsNotForgotten() throws IOException {
    write("step8/model.pt", whole);
    after(0);
    assertThat(after(5)).hasSize(1);
    done();
    Path away = Files.move(folder.resolve("step8"), folder.resolve("away"));
    Path circle = Files.createSymbolicLink(folder.resolve("step8"), Path.of("step8"));
    assertThat(after(1)).isEmpty();
    Files.delete(circle);
    Files.move(away, circle);
    assertThat(after(100)).isEmpty();
    assertThat(watch.underWay()).as("it is not waited for anew").isZero();
  }

  @Test
  void theFilesOfAFolderThatCannotBeListedForAWhileAreNotForgotten() throws IOException {
    Path run = folder.resolve("run");
    watch =
        new FolderWatch(
            CheckpointFolder.ofModels(run),
            null,
            new FolderWatch.Patience(SETTLING, null, LOSS_WAIT),
            notes::add);
    write("run/step1.pt", whole);
    after(0);
    assertThat(after(5)).hasSize(1);
    done();
    Path away = Files.move(run, folder.resolve("away"));
    Files.createSymbolicLink(run, Path.of("run"));
    assertThat(after(1)).isEmpty();
    assertThat(watch.unpublished())
        .singleElement()
        .asString()
        .startsWith(run + " cannot be listed");
    Files.delete(run);
    Files.move(away, run);
    assertThat(after(100)).isEmpty();
    assertThat(watch.underWay()).as("it is not waited for anew").isZero();
  }

  @Test
  void whatCouldNotBePublishedIsToldOnceAndComesAgain() throws IOException {
    Path two = write("step2.pt", whole);
    Path one = write("step1.pt", whole);
    after(0);
    after(5);
    for (int attempt = 0; attempt < 2; attempt++) {
      for (FolderWatch.Complete each : watch.poll(Duration.ofSeconds(seconds).toNanos())) {
        watch.failed(each, each.entry().path() + " is away.");
      }
    }
    assertThat(notes).containsExactly(one + " is away.", two + " is away.");
    assertThat(watch.unpublished())
        .containsExactly(
            one + " could not be published: " + one + " is away.",
            two + " could not be published: " + two + " is away.");
    done();
    assertThat(watch.unpublished()).isEmpty();
  }

  @Test
  void whenSomethingLastChangedIsKnown() throws IOException {
    after(7);
    after(3);
    assertThat(watch.changedNanos()).isEqualTo(7_000_000_000L);
    write("step1.pt", whole);
    after(2);
    after(2);
    assertThat(watch.changedNanos()).isEqualTo(12_000_000_000L);
  }

  @Test
  void beingInterruptedIsNoFaultOfAFile() throws IOException {
    write("step1.pt", whole);
    after(0);
    Thread.currentThread().interrupt();
    assertThat(after(5)).isEmpty();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(watch.unpublished()).isEmpty();
    List<FolderWatch.Complete> complete = watch.poll(Duration.ofSeconds(seconds).toNanos());
    Thread.currentThread().interrupt();
    watch.failed(complete.get(0), "It was not read to its end.");
    assertThat(Thread.interrupted()).isTrue();
    assertThat(watch.unpublished()).isEmpty();
    assertThat(notes).isEmpty();
  }

  @Test
  void aNameThatIsTooLongForAnIdIsTold() throws IOException {
    write("step1" + "x".repeat(200) + ".pt", whole);
    after(0);
    assertThat(after(5)).isEmpty();
    assertThat(notes).singleElement().asString().contains("cannot be an id: it has 208 characters");
  }

  /** The folder lists them by name, where 1000 is before 900. */
  @Test
  void whatIsCompleteTogetherComesInTheOrderOfSteps() throws IOException {
    for (int step : new int[] {1000, 900, 8000, 70}) {
      write("step%d.pt".formatted(step), whole);
    }
    after(0);
    assertThat(after(5)).containsExactly("step70.pt", "step900.pt", "step1000.pt", "step8000.pt");
  }

  @Test
  @Timeout(20) // a pipe that nobody writes to holds its reader up for ever
  void whatIsNoFileBesideACheckpointIsNotRead() throws Exception {
    write("step1.pt", whole);
    Path losses = folder.resolve("loss.csv");
    for (Path pipe : List.of(folder.resolve("step1.pt.json"), losses)) {
      assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    }
    Files.createSymbolicLink(folder.resolve("trainer_state.json"), Path.of("/dev/zero"));
    watch(null, losses);
    after(0);
    assertThat(after(5)).isEmpty(); // the loss may still come
    assertThat(after(60)).containsExactly("step1.pt");
    assertThat(notes).anyMatch(note -> note.contains("step1.pt.json: is no file"));
    assertThat(notes).anyMatch(note -> note.contains("loss.csv: is no file"));
  }
}
