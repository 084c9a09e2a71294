package io.sounding.jobs.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sounding.schemas.CheckpointEvent;
import io.sounding.schemas.InputNormalisation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told of files of a folder, and what is made of them. */
class ReplaySourceTest {

  @TempDir private Path folder;

  private final List<String> notes = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  private List<CheckpointEvent> events(Runnable atNote) throws IOException {
    CheckpointEvents events =
        new CheckpointEvents(
            new CheckpointPublisher.RunSettings(
                "run", "corpus", 16_000, InputNormalisation.NONE, null),
            Map.of(),
            null,
            new ArtifactUris(folder, null));
    ReplaySource.Listener listener =
        new ReplaySource.Listener() {
          @Override
          public void read(int files, int all) {}

          @Override
          public void note(String sentence) {
            notes.add(sentence);
            atNote.run();
          }

          @Override
          public void problem(String sentence) {
            problems.add(sentence);
          }
        };
    return ReplaySource.folder(
            CheckpointFolder.ofModels(folder), events, null, new ReplaySource.Span(null, null))
        .events(new PublishedCheckpoints("run", "corpus"), listener);
  }

  @Test
  void aFileThatChangesWhileItIsReadIsNotPublished() throws IOException {
    Path changing = folder.resolve("step1.pt");
    Files.write(changing, ModelBytes.torchScript(1));
    Files.write(folder.resolve("step2.pt"), ModelBytes.torchScript(2));
    Files.writeString(folder.resolve("step1.pt.json"), "{\"step\": ");
    List<CheckpointEvent> found = events(() -> changing.toFile().setLastModified(1_000));
    assertThat(notes)
        .singleElement()
        .asString()
        .startsWith(changing + ".json: is not JSON (")
        .endsWith("correct or delete it.");
    assertThat(problems)
        .containsExactly(
            changing + ": changed while it was read; call this again when it is complete.");
    assertThat(found).extracting(CheckpointEvent::getCheckpointId).containsExactly("step2.pt");
  }

  @Test
  void aFileThatIsNotWholeIsToldAndNotPublished() throws IOException {
    byte[] whole = ModelBytes.torchScript(1);
    Files.write(folder.resolve("step1.pt"), Arrays.copyOf(whole, whole.length / 2));
    Files.write(folder.resolve("step2.pt"), whole);
    assertThat(events(() -> {}))
        .extracting(CheckpointEvent::getCheckpointId)
        .containsExactly("step2.pt");
    assertThat(problems)
        .singleElement()
        .asString()
        .startsWith(folder.resolve("step1.pt") + ": is not a whole TorchScript file");
  }

  @Test
  void aFileWithoutAStepIsPassedOver() throws IOException {
    Files.write(folder.resolve("last.pt"), ModelBytes.torchScript(1));
    assertThatThrownBy(() -> events(() -> {}))
        .hasMessage(
            folder + ": holds no checkpoint; name the folder with the checkpoints of the run.");
    assertThat(notes)
        .singleElement()
        .asString()
        .startsWith(folder.resolve("last.pt") + " is passed over: no training step is in its name");
  }

  @Test
  void aSpanHoldsItsFirstMomentAndNotItsLast() {
    Instant since = Instant.ofEpochSecond(100);
    Instant until = Instant.ofEpochSecond(200);
    ReplaySource.Span span = new ReplaySource.Span(since, until);
    assertThat(span.holds(since.minusNanos(1))).isFalse();
    assertThat(span.holds(since)).isTrue();
    assertThat(span.holds(until.minusNanos(1))).isTrue();
    assertThat(span.holds(until)).isFalse();
    assertThat(new ReplaySource.Span(since, null).holds(Instant.MAX)).isTrue();
    assertThat(new ReplaySource.Span(null, until).holds(Instant.MIN)).isTrue();
    assertThat(new ReplaySource.Span(null, null).holds(since)).isTrue();
  }

  @Test
  void aFileThatVanishesIsToldInASentence() throws IOException {
    Path vanishing = folder.resolve("step1.pt");
    Files.write(vanishing, ModelBytes.torchScript(1));
    Files.writeString(folder.resolve("step1.pt.json"), "[");
    assertThat(events(() -> vanishing.toFile().delete())).isEmpty();
    assertThat(problems)
        .singleElement()
        .asString()
        .isEqualTo(vanishing + ": does not exist; check the path.");
  }

  @Test
  void aSubfolderThatCannotBeListedHidesNoneOfTheOthers() throws IOException {
    Files.write(folder.resolve("step1.pt"), ModelBytes.torchScript(1));
    Files.createSymbolicLink(folder.resolve("checkpoint-8"), Path.of("checkpoint-8"));
    assertThat(events(() -> {})).hasSize(1);
    assertThat(problems).singleElement().asString().contains("checkpoint-8 cannot be listed (");
  }
}
