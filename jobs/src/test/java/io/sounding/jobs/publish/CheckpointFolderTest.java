package io.sounding.jobs.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointFolderTest {

  @TempDir private Path folder;

  private void files(String... names) throws IOException {
    for (String name : names) {
      Path file = folder.resolve(name);
      Files.createDirectories(file.getParent());
      Files.createFile(file);
    }
  }

  private List<String> models() throws IOException {
    return CheckpointFolder.ofModels(folder).list().entries().stream()
        .map(CheckpointFolder.Entry::checkpointId)
        .toList();
  }

  private List<String> weights() throws IOException {
    return CheckpointFolder.ofWeights(folder).list().entries().stream()
        .map(CheckpointFolder.Entry::checkpointId)
        .toList();
  }

  @Test
  void checkpointsLieInTheFolderAndInFoldersOfTheirOwn() throws IOException {
    files("step1.pt", "b/step9.pt", "checkpoint-400/model.onnx", "run-step_7/encoder.ts", "x.txt");
    assertThat(models())
        .containsExactly("checkpoint-400/model.onnx", "run-step_7/encoder.ts", "step1.pt");
  }

  @Test
  void theGraphThatThePythonPackageLaysBesideWeightsIsNoCheckpoint() throws IOException {
    files("graph-3fa9c01b2a47.onnx", "step00000100.safetensors");
    assertThat(models()).isEmpty();
    assertThat(weights()).containsExactly("step00000100.safetensors");
  }

  @Test
  void ofWhatATrainerSavesOnlyTheModelIsTaken() throws IOException {
    files(
        "checkpoint-400/model.safetensors",
        "checkpoint-400/optimizer.pt",
        "checkpoint-400/scheduler.pt",
        "checkpoint-400/scaler.pt",
        "checkpoint-400/rng_state.pth",
        "checkpoint-400/rng_state_0.pth",
        "checkpoint-400/trainer_state.json",
        "checkpoint-800/model-00001-of-00002.safetensors",
        "checkpoint-800/model-00002-of-00002.safetensors");
    assertThat(weights()).containsExactly("checkpoint-400/model.safetensors");
    assertThat(models()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".step1.pt",
        "~step1.pt",
        "#step1.pt",
        "tmp-step1.pt",
        "tmp_step1.pt",
        "temp.step1.pt",
        "step1.tmp.pt",
        "step1.part.pt",
        "step1.incomplete.pt",
        "step1.pt.tmp",
        "step1.pt.part",
        "step1.pt~",
        "tmp-checkpoint-400/model.pt",
        ".checkpoint-400/model.pt",
        "checkpoint-400.tmp/model.pt"
      })
  void temporaryFilesArePassedOver(String name) throws IOException {
    files(name, "step2.pt", "template-step3.pt");
    assertThat(models()).containsExactly("step2.pt", "template-step3.pt");
  }

  @Test
  void aLinkToACheckpointIsNoOther() throws IOException {
    files("step400.pt", "store/abc", "checkpoint-7/model.pt");
    Files.createSymbolicLink(folder.resolve("last.pt"), Path.of("step400.pt"));
    Files.createSymbolicLink(folder.resolve("best.pt"), folder.resolve("store/abc"));
    Files.createSymbolicLink(folder.resolve("step500.pt"), folder.resolve("store/abc"));
    Files.createSymbolicLink(folder.resolve("checkpoint-8"), Path.of("checkpoint-7"));
    Files.createSymbolicLink(folder.resolve("step600.pt"), folder.resolve("nowhere"));
    files("whole.pt");
    Files.createSymbolicLink(folder.resolve("step700.pt"), Path.of("whole.pt"));
    assertThat(models())
        .containsExactly("checkpoint-7/model.pt", "step400.pt", "step500.pt", "whole.pt");
  }

  @Test
  void aFolderThatIsNotThereHoldsNothing() throws IOException {
    CheckpointFolder absent = CheckpointFolder.ofModels(folder.resolve("absent"));
    assertThat(absent.exists()).isFalse();
    assertThat(absent.list().entries()).isEmpty();
    assertThat(absent.list().findings()).isEmpty();
  }

  @Test
  void aFolderThatCannotBeListedIsToldAndTheOthersAreListed() throws IOException {
    files("step1.pt", "checkpoint-7/model.pt");
    Path circle = Files.createSymbolicLink(folder.resolve("checkpoint-8"), Path.of("checkpoint-8"));
    CheckpointFolder.Listing listing = CheckpointFolder.ofModels(folder).list();
    assertThat(models()).containsExactly("checkpoint-7/model.pt", "step1.pt");
    assertThat(listing.findings())
        .singleElement()
        .asString()
        .startsWith(circle + " cannot be listed (Too many levels of symbolic links");
  }

  @Test
  void theStepIsThatOfTheNameElseOfTheFolder() throws IOException {
    files("checkpoint-400/model.pt", "checkpoint-400/v2_step500.pt", "epoch=1-step=20.pt", "x.pt");
    List<CheckpointFolder.Entry> entries = CheckpointFolder.ofModels(folder).list().entries();
    assertThat(entries.get(0).step()).isEqualTo(400);
    assertThat(entries.get(1).step()).isEqualTo(500);
    assertThat(entries.get(2).step()).isEqualTo(20);
    assertThatThrownBy(() -> entries.get(3).step()).isInstanceOf(UnusableInputException.class);
  }

  @Test
  void aFileByItsNameHasTheIdThatItHasInItsFolder() throws IOException {
    files("checkpoint-400/model.pt", "checkpoint-400/v2_step500.pt", "step1.pt");
    for (CheckpointFolder.Entry listed : CheckpointFolder.ofModels(folder).list().entries()) {
      if (!listed.checkpointId().endsWith("step500.pt")) {
        CheckpointFolder.Entry named = CheckpointFolder.entry(listed.path());
        assertThat(named.checkpointId()).isEqualTo(listed.checkpointId());
        assertThat(named.folder()).isEqualTo(folder);
      }
    }
  }
}
