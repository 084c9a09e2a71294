package io.sounding.operators.embed;

import ai.djl.Device;
import io.sounding.operators.admit.CheckpointRequest;
import io.sounding.schemas.ModelFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes the encoder of a checkpoint: fetches its files and loads its model, or gives its weights to
 * the graph that it shares with others, which is loaded if it is not yet. Safe for use from several
 * threads.
 */
final class EncoderLoader {

  /** How often another process may evict a file before it is loaded. */
  private static final int MOST_EVICTIONS = 3;

  /**
   * An encoder.
   *
   * @param sha256 SHA-256 of the model file it is of; of that and of its weights, if they lie in
   *     another
   */
  record Loaded(SpeechEncoder encoder, String sha256) {}

  private final SharedGraphs graphs = new SharedGraphs();

  /**
   * Makes the encoder; its engine must have been started.
   *
   * @throws EncodingException if a file is not trusted, cannot be fetched, or is not what it should
   *     be
   */
  Loaded load(CheckpointRequest request, ModelLoading loading) throws EncodingException {
    Device device = EngineDevices.ofThisProcess().usable(request.modelFormat(), loading.device());
    for (int evicted = 0; ; evicted++) {
      List<Path> fetched = new ArrayList<>();
      try {
        return request.weightsUri() == null
            ? whole(request, loading, device, fetched)
            : swapped(request, loading, device, fetched);
      } catch (EncodingException e) {
        if (evicted == MOST_EVICTIONS || fetched.stream().allMatch(Files::exists)) {
          throw e;
        }
      }
    }
  }

  /** Keeps no graph any longer. */
  void unloadGraphs() {
    graphs.clear();
  }

  private static Loaded whole(
      CheckpointRequest request, ModelLoading loading, Device device, List<Path> fetched)
      throws EncodingException {
    Path file = fetchModel(request, request.modelSha256(), loading, fetched);
    return new Loaded(
        SpeechEncoder.load(file, request.modelFormat(), loading.intraOpThreads(), device),
        ModelFiles.sha256(file));
  }

  private Loaded swapped(
      CheckpointRequest request, ModelLoading loading, Device device, List<Path> fetched)
      throws EncodingException {
    String given = request.modelSha256();
    String sha256 =
        given == null ? ModelFiles.sha256(fetchModel(request, null, loading, fetched)) : given;
    SharedGraph.GraphFile file = () -> fetchModel(request, sha256, loading, fetched);
    SharedGraph graph = graph(request, sha256, loading, device, file);
    Path weights =
        loading.files().fetch(request.weightsUri(), request.weightsSha256(), Artifact.WEIGHTS);
    fetched.add(weights);
    return new Loaded(
        graph.with(Safetensors.read(weights), file), sha256 + " " + ModelFiles.sha256(weights));
  }

  private SharedGraph graph(
      CheckpointRequest request,
      String sha256,
      ModelLoading loading,
      Device device,
      SharedGraph.GraphFile file)
      throws EncodingException {
    SharedGraphs.Key key =
        new SharedGraphs.Key(
            request.modelUri(),
            sha256,
            request.modelFormat(),
            loading.intraOpThreads(),
            device,
            loading.files().trusted());
    Optional<SharedGraph> known = graphs.find(key);
    if (known.isPresent()) {
      return known.get();
    }
    return graphs.keep(
        key,
        request.modelFormat() == ModelFormat.ONNX
            ? OnnxGraph.load(file.fetch(), loading.intraOpThreads(), device)
            : TorchScriptGraph.load(file.fetch(), device));
  }

  private static Path fetchModel(
      CheckpointRequest request, String sha256, ModelLoading loading, List<Path> fetched)
      throws EncodingException {
    Path file =
        loading.files().fetch(request.modelUri(), sha256, Artifact.of(request.modelFormat()));
    fetched.add(file);
    return file;
  }
}
