package io.sounding.jobs.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sounding.schemas.CheckpointEvent;
import io.sounding.schemas.InputNormalisation;
import io.sounding.schemas.ModelFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an event says of a file. */
class CheckpointEventsTest {

  @TempDir private Path folder;

  private CheckpointEvents events(CheckpointEvents.Graph graph, String prefix) throws IOException {
    return new CheckpointEvents(
        new CheckpointPublisher.RunSettings(
            "run", "corpus", 8_000, InputNormalisation.ZERO_MEAN_UNIT_VARIANCE, List.of(-1)),
        Map.of("by", "hand"),
        graph,
        new ArtifactUris(folder, prefix));
  }

  private Path write(String name, byte[] content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, content);
  }

  private static String digest(byte[] content) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
  }

  private static CheckpointEvent event(CheckpointEvents events, Path file) throws IOException {
    FileStamp stamp = FileStamp.of(file);
    return events.of(
        CheckpointFolder.entry(file), 400, 2.5, stamp, events.sha256(file, stamp, null));
  }

  @Test
  void aModelIsToldWithItsFormatAndDigest() throws Exception {
    byte[] content = ModelBytes.torchScript(1);
    Path file = write("step400.pt", content);
    CheckpointEvent event = event(events(null, null), file);
    assertThat(event.getRunId()).isEqualTo("run");
    assertThat(event.getCheckpointId()).isEqualTo("step400.pt");
    assertThat(event.getStep()).isEqualTo(400);
    assertThat(event.getAttempt()).isZero();
    assertThat(event.getCorpusId()).isEqualTo("corpus");
    assertThat(event.getModelUri()).isEqualTo("file:" + file);
    assertThat(event.getModelFormat()).isEqualTo(ModelFormat.TORCHSCRIPT);
    assertThat(event.getModelSha256()).isEqualTo(digest(content));
    assertThat(event.getWeightsUri()).isNull();
    assertThat(event.getWeightsSha256()).isNull();
    assertThat(event.getSampleRateHz()).isEqualTo(8_000);
    assertThat(event.getInputNormalisation()).isEqualTo(InputNormalisation.ZERO_MEAN_UNIT_VARIANCE);
    assertThat(event.getLayers()).containsExactly(-1);
    assertThat(event.getTrainingLoss()).isEqualTo(2.5);
    assertThat(event.getTags())
        .containsEntry("by", "hand")
        .containsValue(content.length + " bytes, " + Files.getLastModifiedTime(file).toInstant());
    assertThat(event(events(null, null), write("step1.ONNX", ModelBytes.onnx())).getModelFormat())
        .isEqualTo(ModelFormat.ONNX);
  }

  @Test
  void weightsAreToldBesideTheirGraph() throws Exception {
    byte[] content = ModelBytes.safetensors(2);
    Path graph = write("graph.onnx", ModelBytes.onnx());
    Path file = write("checkpoint-7/model.safetensors", content);
    CheckpointEvents events =
        events(new CheckpointEvents.Graph(graph, "s3://bucket/graph.onnx"), "s3://bucket/runs");
    CheckpointEvent event = event(events, file);
    assertThat(event.getCheckpointId()).isEqualTo("checkpoint-7/model.safetensors");
    assertThat(event.getModelUri()).isEqualTo("s3://bucket/graph.onnx");
    assertThat(event.getModelFormat()).isEqualTo(ModelFormat.ONNX);
    assertThat(event.getModelSha256()).isEqualTo(digest(ModelBytes.onnx()));
    assertThat(event.getWeightsUri()).isEqualTo("s3://bucket/runs/checkpoint-7/model.safetensors");
    assertThat(event.getWeightsSha256()).isEqualTo(digest(content));
  }

  @Test
  void aFileThatKafkaKnowsIsNotReadAgainUnlessItHasChanged() throws Exception {
    Path graph = write("graph.onnx", ModelBytes.onnx());
    Path file = write("step1.safetensors", ModelBytes.safetensors(1));
    FileStamp stamp = FileStamp.of(file);
    CheckpointEvents models = events(null, null);
    CheckpointEvent model = event(models, file);
    model.setModelSha256("known");
    assertThat(models.sha256(file, stamp, model)).isEqualTo("known");
    CheckpointEvents weights = events(new CheckpointEvents.Graph(graph, "file:/graph"), null);
    CheckpointEvent ofWeights = event(weights, file);
    ofWeights.setWeightsSha256("known weights");
    assertThat(weights.sha256(file, stamp, ofWeights)).isEqualTo("known weights");
    ofWeights.setWeightsSha256(null);
    assertThat(weights.sha256(file, stamp, ofWeights)).isEqualTo(digest(ModelBytes.safetensors(1)));
    write("step1.safetensors", ModelBytes.onnx());
    assertThat(models.sha256(file, FileStamp.of(file), model)).isEqualTo(digest(ModelBytes.onnx()));
  }

  @Test
  void aGraphThatIsNotWholeIsRefused() throws IOException {
    Path half = write("graph.pt", new byte[10]);
    assertThatThrownBy(() -> events(new CheckpointEvents.Graph(half, "file:/graph"), null))
        .isInstanceOf(UnusableInputException.class)
        .hasMessageStartingWith(half + ": is not a whole TorchScript file");
  }
}
