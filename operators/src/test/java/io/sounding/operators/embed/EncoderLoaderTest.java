package io.sounding.operators.embed;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import io.sounding.operators.Examples;
import io.sounding.operators.admit.CheckpointRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoints whose weights are given to a graph that was exported once, from file to frames. */
class EncoderLoaderTest {

  @TempDir private Path folder;

  private final EncoderLoader loader = new EncoderLoader();
  private Path graphs;
  private Path weights;

  @BeforeEach
  void layOut() throws Exception {
    graphs = Files.createDirectory(folder.resolve("graphs"));
    weights = Files.createDirectory(folder.resolve("weights"));
    for (String name : List.of("weights_graph.onnx", "weights_graph.pt")) {
      Files.copy(TestModels.path(name), graphs.resolve(name));
    }
    for (String name : List.of("weights_a.safetensors", "weights_b.safetensors")) {
      Files.copy(TestModels.path(name), weights.resolve(name));
    }
  }

  private ModelLoading trusting(TrustedArtifacts trusted) {
    return new ModelLoading(
        new ModelFiles(ModelFolder.named(folder.resolve("cache")), 1 << 20, 1 << 20, trusted),
        1,
        Duration.ofMinutes(1),
        Device.cpu());
  }

  private ModelLoading trusting(Path... trusted) {
    return trusting(TrustedArtifacts.of(List.of(trusted).stream().map(Path::toString).toList()));
  }

  private static String sha256(Path file) throws Exception {
    return Examples.sha256(Files.readAllBytes(file));
  }

  private CheckpointRequest request(String graph, String file) throws Exception {
    Path model = graphs.resolve(graph);
    Path stored = weights.resolve(file);
    return Examples.withWeights(
        Examples.request(file, 1, "dev", model), sha256(model), stored.toString(), sha256(stored));
  }

  private SpeechEncoder load(CheckpointRequest request, ModelLoading loading) throws Exception {
    SpeechEncoder.startEngine(request.modelFormat(), 1);
    return loader.load(request, loading).encoder();
  }

  private void assertIs(String expected, SpeechEncoder encoder) throws Exception {
    try (SpeechEncoder.Session session = encoder.open()) {
      TestModels.assertEqual(
          TestModels.expected(expected),
          session.encode(
              new float[][] {TestModels.signal(0, 800), TestModels.signal(1, 800)}, null));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"weights_graph.onnx", "weights_graph.pt"})
  void aGraphIsLoadedOnceForAllItsCheckpoints(String graph) throws Exception {
    ModelLoading loading = trusting(folder);
    CheckpointRequest ofA = request(graph, "weights_a.safetensors");
    CheckpointRequest ofB = request(graph, "weights_b.safetensors");
    try (SpeechEncoder encoder = load(ofA, loading)) {
      assertIs("weights_a", encoder);
    }
    Files.delete(graphs.resolve(graph));
    forget(ofA.modelSha256());
    try (SpeechEncoder encoder = load(ofB, loading)) {
      assertIs("weights_b", encoder);
    }
    try (SpeechEncoder encoder = load(ofA, loading)) {
      assertIs("weights_a", encoder);
    }
    loader.unloadGraphs();
    assertThatThrownBy(() -> load(ofB, loading))
        .isInstanceOf(EncodingException.class)
        .hasMessageContaining(graph + " cannot be fetched");
  }

  /** Removes a file from the cache. */
  private void forget(String sha256) throws Exception {
    try (Stream<Path> files = Files.list(folder.resolve("cache"))) {
      for (Path file : files.filter(f -> f.toString().contains(sha256)).toList()) {
        Files.delete(file);
      }
    }
  }

  @Test
  void aTorchScriptGraphIsFetchedAgainForEachFurtherCheckpointInUse() throws Exception {
    String graph = "weights_graph.pt";
    ModelLoading loading = trusting(folder);
    CheckpointRequest ofA = request(graph, "weights_a.safetensors");
    CheckpointRequest ofB = request(graph, "weights_b.safetensors");
    try (SpeechEncoder first = load(ofA, loading)) {
      forget(ofA.modelSha256());
      try (SpeechEncoder second = load(ofB, loading)) {
        assertIs("weights_a", first);
        assertIs("weights_b", second);
      }
      Files.delete(graphs.resolve(graph));
      forget(ofA.modelSha256());
      try (SpeechEncoder second = load(ofB, loading)) {
        assertIs("weights_b", second);
        assertThatThrownBy(() -> load(ofA, loading))
            .isInstanceOf(EncodingException.class)
            .hasMessageContaining("weights_graph.pt cannot be fetched");
      }
      assertIs("weights_a", first);
    }
  }

  @Test
  void aGraphThatWasChangedUnderItsNameIsLoadedAgain() throws Exception {
    ModelLoading loading = trusting(folder);
    CheckpointRequest request =
        Examples.withWeights(
            request("weights_graph.onnx", "weights_a.safetensors"),
            null,
            weights.resolve("weights_a.safetensors").toString(),
            null);
    try (SpeechEncoder encoder = load(request, loading)) {
      assertIs("weights_a", encoder);
    }
    Files.copy(
        TestModels.path("weights_half_graph.onnx"),
        graphs.resolve("weights_graph.onnx"),
        StandardCopyOption.REPLACE_EXISTING);
    try (SpeechEncoder encoder = load(request, loading)) {
      assertIs("weights_half", encoder);
    }
  }

  @Test
  void bothFilesMustBeTrustedAlsoWhenTheGraphIsLoadedAlready() throws Exception {
    CheckpointRequest request = request("weights_graph.onnx", "weights_a.safetensors");
    load(request, trusting(folder)).close();
    assertThatThrownBy(() -> load(request, trusting(graphs)))
        .isInstanceOf(EncodingException.class)
        .hasMessageMatching(
            "The file of weights file:.*weights_a.safetensors is not fetched: it does not lie below .*");
    assertThatThrownBy(() -> load(request, trusting(weights)))
        .isInstanceOf(EncodingException.class)
        .hasMessageMatching(
            "The model file file:.*weights_graph.onnx is not fetched: it does not lie below .*");
  }

  @Test
  void bothDigestsMustBeGivenWhereTheyAreRequired() throws Exception {
    ModelLoading strict =
        trusting(TrustedArtifacts.of(List.of(folder.toString())).requiringSha256());
    CheckpointRequest request = request("weights_graph.onnx", "weights_a.safetensors");
    load(request, strict).close();
    String stored = weights.resolve("weights_a.safetensors").toString();
    assertThatThrownBy(
            () -> load(Examples.withWeights(request, request.modelSha256(), stored, null), strict))
        .hasMessageMatching("The event of file of weights file:.* gives no weightsSha256, .*");
    assertThatThrownBy(
            () ->
                load(Examples.withWeights(request, null, stored, request.weightsSha256()), strict))
        .hasMessageMatching("The event of model file file:.* gives no modelSha256, .*");
  }

  @Test
  void weightsOfAnotherDigestAreRefused() throws Exception {
    CheckpointRequest request = request("weights_graph.onnx", "weights_a.safetensors");
    assertThatThrownBy(
            () ->
                load(
                    Examples.withWeights(
                        request,
                        request.modelSha256(),
                        weights.resolve("weights_b.safetensors").toString(),
                        request.weightsSha256()),
                    trusting(folder)))
        .hasMessageMatching(
            "The file of weights .*weights_b.safetensors has SHA-256 .*, but its event says "
                + request.weightsSha256()
                + ": .*");
  }

  @Test
  void weightsLargerThanAModelMayBeAreRefused() throws Exception {
    ModelLoading small =
        new ModelLoading(
            new ModelFiles(
                ModelFolder.named(folder.resolve("cache")),
                1 << 20,
                11_000,
                TrustedArtifacts.of(List.of("/"))),
            1,
            Duration.ofMinutes(1),
            Device.cpu());
    Path large = Files.write(weights.resolve("large.safetensors"), new byte[11_001]);
    assertThatThrownBy(
            () ->
                load(
                    Examples.withWeights(
                        request("weights_graph.onnx", "weights_a.safetensors"),
                        null,
                        large.toString(),
                        null),
                    small))
        .hasMessageMatching(
            "The file of weights file:.* has 11001 bytes; at most 11000 are loaded, .*");
  }
}
