package io.sounding.jobs.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Step and loss, from wherever a run says them. */
class TrainingFactsTest {

  @TempDir private Path folder;

  private static final String STATE =
      """
      {"global_step": %d, "log_history": [
        {"step": 200, "loss": 3.0}, {"step": 400, "loss": 2.5, "learning_rate": 0.1},
        {"step": 400, "eval_loss": 9.0}, {"step": 600, "loss": NaN}]}
      """;

  private Path write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private TrainingFacts facts(String name, TrainingFacts.Source source) throws IOException {
    return source.of(CheckpointFolder.entry(write(name, "")));
  }

  private TrainingFacts facts(String name) throws IOException {
    return facts(name, TrainingFacts.Source.finished(null));
  }

  @Test
  void theNameSaysThem() throws IOException {
    assertThat(facts("step400-loss=2.31.pt")).isEqualTo(new TrainingFacts(400L, 2.31, null, null));
    assertThat(facts("ckpt_12000_train_loss_1e-3.pt").loss()).isEqualTo(0.001);
    assertThat(facts("ckpt_12000_train_loss_1e-3.pt").step()).isEqualTo(12_000);
    assertThat(facts("step=5-val_loss=2.31.pt").loss()).isNull();
    assertThat(facts("step=5-loss=-1.5.pt").loss()).isEqualTo(-1.5);
    assertThat(facts("step=5-train_loss=nan.pt").loss()).isNaN();
    assertThat(facts("step=5-loss=-inf.pt").loss()).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(facts("step5-loss_info.pt").loss()).isNull();
    assertThat(facts("step5-loss-nano.pt").loss()).isNull();
    assertThat(facts("step5-loss_nan_fix.pt").loss()).isNull();
    assertThat(facts("step-6-loss-2.31.pt").loss()).isEqualTo(2.31);
    assertThat(facts("step6-train_loss_-2e-3.pt").loss()).isEqualTo(-0.002);
    assertThat(facts("ckpt-7-loss-2.31.pt").step()).isEqualTo(7);
    assertThat(facts("last.pt").step()).isNull();
  }

  @Test
  void aSidecarSaysMore() throws IOException {
    write("step400.pt.json", "{\"step\": 401, \"loss\": 2.5, \"note\": \"x\"}");
    write("last.json", "{\"global_step\": 500, \"train_loss\": NaN}");
    assertThat(facts("step400.pt")).isEqualTo(new TrainingFacts(401L, 2.5, null, null));
    assertThat(facts("last.pt")).isEqualTo(new TrainingFacts(500L, Double.NaN, null, null));
  }

  @Test
  void aSidecarThatIsHalfWrittenIsToldAndTheRestIsUsed() throws IOException {
    write("step400.pt.json", "{\"step\": 401, \"lo");
    TrainingFacts facts = facts("step400.pt");
    assertThat(facts.step()).isEqualTo(400);
    assertThat(facts.awaited()).isEqualTo("what stands beside it to be readable");
    assertThat(facts.finding()).contains("step400.pt.json: is not JSON");
    write("last.json", "{\"step\": 0.75}");
    assertThat(facts("last.pt").step()).isNull();
    write("last.json", "{\"step\": 400.0}");
    assertThat(facts("last.pt").step()).isEqualTo(400);
    write("step9.pt.json", "{\"loss\": \"low\"}");
    assertThat(facts("step9.pt").finding()).contains("gives the loss \"low\", not a number");
    write("step8.pt.json", "{\"step\": -1}");
    assertThat(facts("step8.pt").finding()).contains("gives the step -1");
  }

  @Test
  void theTrainersStateSaysTheLastLossUpToTheStep() throws IOException {
    write("checkpoint-450/trainer_state.json", STATE.formatted(450));
    assertThat(facts("checkpoint-450/model.pt"))
        .isEqualTo(new TrainingFacts(450L, 2.5, null, null));
    write("checkpoint-600/trainer_state.json", STATE.formatted(600));
    assertThat(facts("checkpoint-600/model.pt").loss()).isNaN();
  }

  @Test
  void theTrainersStateBesideManyCheckpointsSaysTheirLossesIfItIsNotOlder() throws IOException {
    write("trainer_state.json", STATE.formatted(450));
    assertThat(facts("step200.pt").loss()).isEqualTo(3.0);
    assertThat(facts("step800.pt").loss()).isNull();
    assertThat(facts("model.pt")).isEqualTo(new TrainingFacts(450L, 2.5, null, null));
  }

  @Test
  void theTrainersStateIsExpectedInItsFolders() throws IOException {
    assertThat(facts("checkpoint-300/model.pt").awaited()).isEqualTo("its trainer_state.json");
    assertThat(facts("step300.pt").awaited()).isNull();
  }

  @Test
  void aTableIsReadAsItGrowsButNeverHalfALine() throws IOException {
    Path csv = folder.resolve("loss.csv");
    TrainingFacts.Source source = TrainingFacts.Source.growing(csv);
    source.refresh();
    assertThat(source.finding()).endsWith("loss.csv: does not exist yet.");
    assertThat(facts("step400.pt", source).awaited()).isEqualTo("the loss of step 400 in " + csv);

    write("loss.csv", "step,loss\n100,5\n400,2.");
    source.refresh();
    assertThat(source.finding()).isNull();
    assertThat(facts("step100.pt", source)).isEqualTo(new TrainingFacts(100L, 5.0, null, null));
    assertThat(facts("step400.pt", source).awaited()).isNotNull();

    write("loss.csv", "step,loss\n100,5\n400,2.75\nx,y\n");
    source.refresh();
    assertThat(source.finding()).contains("line 4 has the step \"x\"");
    assertThat(facts("step400.pt", source).loss()).isEqualTo(2.75);
    assertThat(facts("step300.pt", source)).isEqualTo(new TrainingFacts(300L, null, null, null));
  }

  @Test
  void aTableThatCannotBeReadIsToldInASentence() throws IOException {
    Path circle = Files.createSymbolicLink(folder.resolve("loss.csv"), Path.of("loss.csv"));
    TrainingFacts.Source source = TrainingFacts.Source.growing(circle);
    source.refresh();
    assertThat(source.finding())
        .startsWith(circle + ": cannot be read (Too many levels of symbolic links")
        .endsWith("; check its permissions and the disk.");
  }

  @Test
  void aRunThatWasResumedWritesItsStepsAgain() throws IOException {
    Path csv = write("loss.csv", "step,loss\n100,5\n200,4\n100,4.5\n");
    TrainingFacts.Source source = TrainingFacts.Source.growing(csv);
    source.refresh();
    assertThat(facts("step100.pt", source).loss()).isEqualTo(4.5);
    assertThat(source.finding()).isNull();
  }

  @Test
  void aTableThatIsDamagedInTheMiddleGivesWhatStandsBefore() throws IOException {
    Path csv = write("loss.csv", "step,loss\n100,5\n200,\"4\n300,3\n");
    TrainingFacts.Source source = TrainingFacts.Source.growing(csv);
    source.refresh();
    assertThat(facts("step100.pt", source).loss()).isEqualTo(5);
    assertThat(source.finding()).contains("is not CSV at line");
  }
}
