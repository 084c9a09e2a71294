package io.sounding.operators.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import io.sounding.operators.Examples;
import io.sounding.operators.admit.CheckpointRequest;
import io.sounding.schemas.ModelFormat;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SharedEncodersTest {

  @TempDir Path cache;

  private final SharedEncoders encoders = new SharedEncoders();
  private ModelLoading loading;

  @BeforeEach
  void openCache() {
    loading = ModelLoading.as(Examples.settings(1, cache).models(), Device.cpu());
  }

  private SharedEncoders.Lease lease(String checkpoint) {
    return encoders.lease(request(checkpoint, "one_tensor.onnx"), loading);
  }

  private static CheckpointRequest request(String checkpoint, String model) {
    return Examples.request(checkpoint, 1, "dev", TestModels.path(model));
  }

  @Test
  void usersOfOneCheckpointShareItsModel() {
    try (var one = lease("a");
        var two = lease("a");
        var other = lease("b")) {
      assertThat(two.encoder().join()).isSameAs(one.encoder().join());
      assertThat(other.encoder().join()).isNotSameAs(one.encoder().join());
    }
  }

  @Test
  void aModelThatWasFetchedAheadIsTheOneThatIsUsed() {
    encoders.prefetch(request("a", "one_tensor.onnx"), loading);
    try (var first = lease("a");
        var second = lease("a")) {
      assertThat(second.encoder()).isSameAs(first.encoder());
      assertThat(second.encoder().join()).isNotNull();
    }
  }

  @Test
  void ofTheModelsThatNobodyUsesTheTwoLastUsedStay() {
    SpeechEncoder a = useOnce("a");
    SpeechEncoder b = useOnce("b");
    SpeechEncoder c = useOnce("c");
    assertThat(useOnce("c")).isSameAs(c);
    assertThat(useOnce("b")).isSameAs(b);
    assertThat(useOnce("a")).isNotSameAs(a);
  }

  @Test
  void whenTheJobEndsWhatNobodyUsesIsUnloaded() throws Exception {
    SpeechEncoder a = useOnce("a");
    try (var held = lease("b")) {
      SpeechEncoder b = held.encoder().join();
      encoders.unload().join();
      assertThat(useOnce("a")).isNotSameAs(a);
      assertThat(useOnce("b")).isSameAs(b);
    }
  }

  @Test
  void whatAPassStillUsesWhenTheJobEndsIsUnloadedWhenItReturns() throws Exception {
    SpeechEncoder a;
    try (var held = lease("a")) {
      a = held.encoder().join();
      encoders.unload().join();
    }
    assertThat(useOnce("a")).isNotSameAs(a);
  }

  private SpeechEncoder useOnce(String checkpoint) {
    try (var lease = lease(checkpoint)) {
      return lease.encoder().join();
    }
  }

  @Test
  void noThreadKeepsTheClassLoaderOfTheJobThatFirstAskedForAModel() throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader ofTheJob = new URLClassLoader(new URL[0], before)) {
      thread.setContextClassLoader(ofTheJob);
      useOnce("a");
      thread.setContextClassLoader(before);
      assertThat(Thread.getAllStackTraces().keySet())
          .noneMatch(t -> t.getContextClassLoader() == ofTheJob);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Test
  void aFailedLoadIsTriedAgainForTheNextUser() throws Exception {
    Path late = cache.resolve("appears-later.onnx");
    CheckpointRequest request = Examples.request("x", 1, "dev", late);
    try (var lease = encoders.lease(request, loading)) {
      assertThatThrownBy(() -> lease.encoder().join())
          .hasCauseInstanceOf(EncodingException.class)
          .hasMessageContaining("cannot be fetched");
    }
    Files.copy(TestModels.path("one_tensor.onnx"), late);
    try (var again = encoders.lease(request, loading)) {
      assertThat(again.encoder().join().device()).isEqualTo("cpu");
    }
  }

  @Test
  void aLoadAboveItsTimeLimitFailsAndWhatWaitsBehindItIsLoaded() throws Exception {
    ModelLoading hurried =
        new ModelLoading(
            loading.files(), loading.intraOpThreads(), Duration.ofMillis(100), Device.cpu());
    CheckpointRequest stalled = request("stalled", "one_tensor.onnx");
    try (var hangs = encoders.lease(onStalledStore(stalled), hurried);
        var behind = lease("a")) {
      assertThatThrownBy(() -> hangs.encoder().join())
          .hasCauseInstanceOf(EncodingException.class)
          .hasMessageContaining("one_tensor.onnx was not fetched and loaded within PT0.1S.");
      assertThat(behind.encoder().join().device()).isEqualTo("cpu");
      StalledFileSystem.INTERRUPTED.await();
    }
  }

  @Test
  void checkpointsOfOneGraphHaveTheirOwnWeightsAndEqualWeightsAreShared() throws Exception {
    try (var a = encoders.lease(swapped("a", "weights_a.safetensors", true), loading);
        var again = encoders.lease(swapped("again", "weights_a.safetensors", true), loading);
        var b = encoders.lease(swapped("b", "weights_b.safetensors", true), loading);
        var undigested = encoders.lease(swapped("u", "weights_b.safetensors", false), loading)) {
      assertThat(again.encoder().join()).isSameAs(a.encoder().join());
      assertThat(b.encoder().join()).isNotSameAs(a.encoder().join());
      assertThat(undigested.encoder().join()).isNotSameAs(b.encoder().join());
    }
  }

  private static CheckpointRequest swapped(String checkpoint, String file, boolean digested)
      throws Exception {
    Path graph = TestModels.path("weights_graph.pt");
    Path weights = TestModels.path(file);
    return Examples.withWeights(
        Examples.request(checkpoint, 1, "dev", graph),
        Examples.sha256(Files.readAllBytes(graph)),
        weights.toUri().toString(),
        digested ? Examples.sha256(Files.readAllBytes(weights)) : null);
  }

  @Test
  void theTimeLimitCoversTheWeights() throws Exception {
    ModelLoading hurried =
        new ModelLoading(
            loading.files(), loading.intraOpThreads(), Duration.ofMillis(100), Device.cpu());
    CheckpointRequest request = swapped("stalled", "weights_a.safetensors", false);
    String weights = request.weightsUri().replaceFirst("file:", "stalled:");
    CheckpointRequest stalled = Examples.withWeights(request, request.modelSha256(), weights, null);
    Set<Thread> others = loaders();
    Set<Thread> interrupted;
    try (var hangs = encoders.lease(stalled, hurried)) {
      interrupted = loaders();
      interrupted.removeAll(others);
      assertThatThrownBy(() -> hangs.encoder().join())
          .hasCauseInstanceOf(EncodingException.class)
          .hasMessageContaining(
              "weights_graph.pt with weights %s was not fetched and loaded within PT0.1S."
                  .formatted(weights));
    }
    for (Thread loader : interrupted) {
      loader.join(); // until then it writes to the cache
    }
  }

  private static Set<Thread> loaders() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("sounding-model-loader"))
        .collect(Collectors.toSet());
  }

  @Test
  void aModelIsNotGivenToACheckpointThatSaysThatItIsOfAnotherFormat() throws Exception {
    CheckpointRequest onnx =
        Examples.withSha256(
            request("a", "one_tensor.onnx"),
            Examples.sha256(Files.readAllBytes(TestModels.path("one_tensor.onnx"))));
    CheckpointRequest mistaken = with(onnx, onnx.modelUri(), ModelFormat.TORCHSCRIPT);
    try (var right = encoders.lease(onnx, loading);
        var wrong = encoders.lease(mistaken, loading)) {
      assertThat(right.encoder().join()).isNotNull();
      assertThatThrownBy(() -> wrong.encoder().join())
          .hasCauseInstanceOf(EncodingException.class)
          .hasMessageContaining("cannot be loaded as TORCHSCRIPT");
    }
  }

  private static CheckpointRequest onStalledStore(CheckpointRequest request) {
    return with(
        request, request.modelUri().replaceFirst("file:", "stalled:"), request.modelFormat());
  }

  private static CheckpointRequest with(
      CheckpointRequest request, String modelUri, ModelFormat format) {
    return new CheckpointRequest(
        request.runId(),
        request.checkpointId(),
        request.step(),
        request.attempt(),
        request.corpusId(),
        modelUri,
        format,
        request.modelSha256(),
        null,
        null,
        request.sampleRateHz(),
        request.inputNormalisation(),
        request.layers(),
        request.trainingLoss(),
        request.source());
  }
}
