package io.sounding.jobs.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sounding.jobs.publish.CheckpointFiles.CheckpointFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointFilesTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "step00400.last.pt, 400",
    "step03200.last.opset17.onnx, 3200",
    "wav2vec2_ckpt_12000.pt, 12000",
    "step_7.pt, 7",
    "step-8.pt, 8",
    "global_step123.pt, 123",
    "global_step_124.v2.ts, 124",
    "epoch=3-step=500.pth, 500",
    "Step00012.PT, 12",
    "hubert_2_layers_9000.torchscript, 9000",
    "step00000.pt, 0",
    "step100.state_dict.pt, 100",
    "7.pt, 7",
    "wav2vec2_ckpt_12000_fp16.pt, 12000",
    "model-4000.int8.opset17.onnx, 4000",
    "checkpoint_10_5000.pt, 5000",
    "epoch_3_iter12000.pt, 12000",
    "2024-05-01_ckpt12000.fp16.pt, 12000",
    "wav2vec2-base_960h_ckpt12000_bf16.opset17.onnx, 12000",
    "seed_1-checkpoint500_v2.pt, 500",
    "run_2_v12000.pt, 12000",
    "v3.pt, 3",
    "checkpoint3.pt, 3",
    "best_v2.ckpt3.pt, 3",
    "step0009223372036854775807.pt, 9223372036854775807",
    "step400_001.pt, 400",
    "step500_128.pt, 500",
    "step10kHz.pt, 10",
    "step1.5.pt, 1",
    "run1e5-step400.pt, 400",
    "epoch-1_000.pt, 0"
  })
  void theStepIsReadFromTheName(String name, long step) throws IOException {
    assertThat(CheckpointFiles.step(Path.of("layers12", name))).isEqualTo(step);
  }

  @ParameterizedTest
  @CsvSource({
    "model_step_10k.onnx, 10k",
    "step2M.v2.pt, 2M",
    "step=1_000.onnx, 1_000",
    "step1_000_000-last.onnx, 1_000_000",
    "step=1.5e3.onnx, 1.5e3",
    "step=1e+05.pt, 1e+05",
    "step1.5k.pt, 1.5k",
    "ckpt-300k.pt, 300k",
    "ckpt_1e5.pt, 1e5",
    "ckpt-300k_fp16.pt, 300k",
    "loss2.5-12k.pt, 12k"
  })
  void aStepWhoseDigitsAreNotAllThereIsRefused(String name, String written) {
    assertThatThrownBy(() -> CheckpointFiles.step(Path.of("run", name)))
        .isInstanceOf(UnusableInputException.class)
        .hasMessageContaining(name + ": writes its step as " + written + "; rename it");
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.onnx", "step.pt", "last.ts", "x.torchscript"})
  void aNameWithoutAStepIsRefused(String name) {
    assertThatThrownBy(() -> CheckpointFiles.step(Path.of(name)))
        .isInstanceOf(UnusableInputException.class)
        .hasMessage(
            name + ": has no training step in its name; rename it, for example to step00400.pt.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"step9223372036854775808.pt", "run_99999999999999999999999999.onnx"})
  void aStepThatIsTooLargeIsRefused(String name) {
    assertThatThrownBy(() -> CheckpointFiles.step(Path.of(name)))
        .isInstanceOf(UnusableInputException.class)
        .hasMessageContaining("digits in its name; rename it");
  }

  @Test
  void foldersAndFilesAreListedByStepThenName() throws IOException {
    Path first = Files.createDirectory(folder.resolve("first"));
    Path second = Files.createDirectory(folder.resolve("second"));
    for (String name :
        List.of(
            "step10.pt",
            "step9.onnx",
            "step9.pt",
            "oracle.json",
            ".step1.pt",
            "step.txt",
            "graph-f152686950c6.onnx")) {
      Files.createFile(first.resolve(name));
    }
    Files.createDirectory(first.resolve("step3.pt"));
    Path alone = Files.createFile(second.resolve("ckpt_8.torchscript"));
    Files.createFile(second.resolve("ckpt_99.pth"));
    List<CheckpointFile> listed =
        CheckpointFiles.list(List.of(first, alone, first.resolve("../first/step10.pt")));
    assertThat(listed)
        .extracting(CheckpointFile::checkpointId)
        .containsExactly("ckpt_8.torchscript", "step9.onnx", "step9.pt", "step10.pt");
    assertThat(listed).extracting(CheckpointFile::step).containsExactly(8L, 9L, 9L, 10L);
    assertThat(listed.get(0).path()).isEqualTo(alone);
  }

  /** As watch and replay find them. */
  @Test
  void checkpointsInFoldersOfTheirOwnHaveTheStepsOfThese() throws IOException {
    for (String step : List.of("checkpoint-400", "checkpoint-1200")) {
      Path own = Files.createDirectory(folder.resolve(step));
      Files.createFile(own.resolve("wav2vec2.onnx"));
      Files.createFile(own.resolve("optimizer.pt"));
    }
    Files.createFile(folder.resolve("step800.pt"));
    List<CheckpointFile> listed = CheckpointFiles.list(List.of(folder));
    assertThat(listed)
        .extracting(CheckpointFile::checkpointId)
        .containsExactly(
            "checkpoint-400/wav2vec2.onnx", "step800.pt", "checkpoint-1200/wav2vec2.onnx");
    assertThat(listed).extracting(CheckpointFile::step).containsExactly(400L, 800L, 1200L);
  }

  @Test
  void aNameWithoutANumberIsReadWithThatOfItsFolder() throws IOException {
    Path first = Files.createDirectories(folder.resolve("checkpoint-400"));
    Path second = Files.createDirectories(folder.resolve("checkpoint-800"));
    Files.createFile(first.resolve("model.pt"));
    Path file = Files.createFile(second.resolve("model.pt"));
    Path other = Files.createFile(first.resolve("ckpt_12000.pt"));
    assertThat(CheckpointFiles.list(List.of(first, file)))
        .extracting(CheckpointFile::checkpointId)
        .containsExactly("checkpoint-400/model.pt", "checkpoint-800/model.pt", "ckpt_12000.pt");
    assertThat(CheckpointFiles.list(List.of(other)))
        .extracting(CheckpointFile::step)
        .containsExactly(12_000L);
  }

  @Test
  void whatCannotBeUsedIsRefusedWithASentence() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    Path text = Files.createFile(folder.resolve("step1.txt"));
    Path one = Files.createFile(folder.resolve("step1.pt"));
    Path same = Files.createFile(empty.resolve("step1.pt"));
    refused(folder.resolve("absent"), "absent: does not exist; check the path.");
    refused(text, "step1.txt: is not a checkpoint file; name files of the kinds *.pt, *.pth,");
    assertThatThrownBy(() -> CheckpointFiles.list(List.of(one, same)))
        .isInstanceOf(UnusableInputException.class)
        .hasMessageContaining(same + ": has the same name as " + one + "; rename one");
    Files.delete(same);
    refused(
        Files.createFile(folder.resolve("step\uFFFD2.pt")),
        "cannot name a checkpoint: its name holds a letter that could not be read in the locale's encoding, ");
    refused(empty, "empty: holds no checkpoint files; name a folder");
  }

  private static void refused(Path path, String sentence) {
    assertThatThrownBy(() -> CheckpointFiles.list(List.of(path)))
        .isInstanceOf(UnusableInputException.class)
        .hasMessageContaining(sentence);
  }
}
