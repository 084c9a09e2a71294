package io.sounding.tests;

import static io.sounding.tests.PoisonRecords.HEALTHY;
import static io.sounding.tests.PoisonRecords.checkpoint;
import static io.sounding.tests.PoisonRecords.model;
import static io.sounding.tests.PoisonRecords.sha256;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sounding.jobs.embedded.EmbeddedSounding;
import io.sounding.operators.EvaluationSettings;
import io.sounding.operators.embed.ModelSettings;
import io.sounding.operators.embed.TrustedArtifacts;
import io.sounding.operators.statistics.StatisticsSettings;
import io.sounding.schemas.CheckpointEvent;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.MetricStatus;
import io.sounding.schemas.SingleObjectCodec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A checkpoint that is published as a graph and a file of weights is evaluated as the one that was
 * exported whole, by a job that demands every digest.
 */
@Timeout(600)
class WeightsITCase {

  @TempDir private Path work;

  private static CheckpointEvent.Builder event(String checkpointId, String modelFile)
      throws Exception {
    return checkpoint(checkpointId, HEALTHY, model(modelFile))
        .setModelSha256(sha256(Files.readAllBytes(model(modelFile))));
  }

  private static CheckpointEvent.Builder event(String checkpointId, String graph, String weights)
      throws Exception {
    Path file = model(weights + ".safetensors");
    return event(checkpointId, graph)
        .setWeightsUri(file.toUri().toString())
        .setWeightsSha256(sha256(Files.readAllBytes(file)));
  }

  @Test
  void weightsForAGraphAreEvaluatedAsTheCheckpointThatWasExportedWhole() throws Exception {
    List<CheckpointEvent.Builder> checkpoints =
        List.of(
            event("a whole", "weights_a.onnx"),
            event("b whole", "weights_b.onnx"),
            event("a for ONNX", "weights_graph.onnx", "weights_a"),
            event("b for ONNX", "weights_graph.onnx", "weights_b"),
            event("a for TorchScript", "weights_graph.pt", "weights_a"),
            event("b for TorchScript", "weights_graph.pt", "weights_b"),
            event("a, 16 bits, for ONNX", "weights_graph.onnx", "weights_a_f16"),
            event("a again for TorchScript", "weights_graph.pt", "weights_a"));
    List<MetricEvent> finals = new ArrayList<>();
    try (EmbeddedSounding sounding = EmbeddedSounding.start(work, 2, settings())) {
      PoisonRecords publish = new PoisonRecords(sounding.topics());
      try (KafkaProducer<byte[], byte[]> producer = sounding.kafka().producer();
          CommittedRecords metrics =
              new CommittedRecords(sounding.bootstrapServers(), sounding.topics().metrics())) {
        publish.healthyCorpus().forEach(producer::send);
        for (CheckpointEvent.Builder checkpoint : checkpoints) {
          producer.send(publish.checkpoint(checkpoint)).get();
        }
        SingleObjectCodec codec = SingleObjectCodec.reading(MetricEvent.getClassSchema());
        Await.until(
            "every checkpoint is closed",
            () -> {
              finals.clear();
              for (var record : metrics.soFar()) {
                MetricEvent event = (MetricEvent) codec.decode(record.value());
                if (event.getStatus() != MetricStatus.PARTIAL) {
                  finals.add(event);
                }
              }
              return finals.size() >= 2 * checkpoints.size();
            },
            () -> finals);
      }
    }
    assertThat(finals).allSatisfy(e -> assertThat(e.getStatus()).isEqualTo(MetricStatus.FINAL));
    Map.of(
            "a for ONNX", "a whole",
            "b for ONNX", "b whole",
            "a for TorchScript", "a whole",
            "b for TorchScript", "b whole",
            "a again for TorchScript", "a whole")
        .forEach((swapped, whole) -> assertAgree(finals, swapped, whole, 1e-5));
    assertAgree(finals, "a, 16 bits, for ONNX", "a whole", 1e-2);
    for (int layer = 0; layer < 2; layer++) {
      assertThat(rankMe(finals, "a whole", layer))
          .isNotCloseTo(rankMe(finals, "b whole", layer), within(1e-2));
    }
  }

  private EvaluationSettings settings() {
    return EvaluationSettings.defaults(
            ModelSettings.of(
                TrustedArtifacts.of(List.of("/")).requiringSha256(),
                work.resolve("models").toString()))
        .with(4, StatisticsSettings.defaults().with(4, 1_000));
  }

  private static void assertAgree(
      List<MetricEvent> finals, String swapped, String whole, double tolerance) {
    for (int layer = 0; layer < 2; layer++) {
      double expected = rankMe(finals, whole, layer);
      assertThat(rankMe(finals, swapped, layer))
          .as("%s, layer %d", swapped, layer)
          .isCloseTo(expected, within(tolerance * expected));
    }
  }

  private static double rankMe(List<MetricEvent> finals, String checkpointId, int layer) {
    return finals.stream()
        .filter(event -> event.getCheckpointId().equals(checkpointId))
        .filter(event -> event.getLayer() == layer)
        .findFirst()
        .orElseThrow()
        .getRank()
        .getRankMe();
  }
}
