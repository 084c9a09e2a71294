package io.sounding.operators.embed;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.onnxruntime.engine.OrtNDManager;
import ai.djl.onnxruntime.engine.OrtSymbolBlock;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession.SessionOptions;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.sounding.schemas.ModelFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * An ONNX model whose weights come from safetensors files. It is read and optimised once, with its
 * weights as inputs; what is kept is the optimised graph, some 100 kB. Each file of weights gets a
 * session of its own, so checkpoints never share memory that is written to.
 *
 * <p>ONNX has a way to say that the elements of an initializer lie in another file, at an offset,
 * in just the order and endianness of safetensors. So for each file of weights the inputs are made
 * such initializers, behind a Cast where the types differ, which ONNX Runtime computes once, and
 * the file is mapped by ONNX Runtime itself: no weight passes through Java.
 *
 * <p>Measured (wav2vec 2.0 base, one thread, processor time; tests/speed/SWAP.md): a session from a
 * whole exported file takes 0.42 s, from such initializers 0.25 s, most of which ONNX Runtime packs
 * them for its products; and 0.75 s if the graph were not optimised ahead. To pass weights as
 * inputs of every run would take no new session at all, but as they are not packed then, each
 * forward pass takes 75 ms more: 7 % at 10 s of audio, 20 % at 3 s. Four passes, and the session
 * has paid off.
 */
final class OnnxGraph implements SharedGraph {

  private static final String EXPORT =
      "An ONNX graph keeps their names if it is exported with do_constant_folding=False and training=TrainingMode.PRESERVE, from weights of which no two are equal; tensors that training alone uses are to be kept as initializers.";

  private static final String STORED = "sounding.stored/";

  private final byte[] optimised;
  private final Map<String, TensorForm> weights;
  private final int threads;
  private final Device device;

  private OnnxGraph(byte[] optimised, Map<String, TensorForm> weights, int threads, Device device) {
    this.optimised = optimised;
    this.weights = weights;
    this.threads = threads;
    this.device = device;
  }

  /** Reads the graph in {@code file}, and optimises it for {@code device}. */
  static OnnxGraph load(Path file, int threads, Device device) throws EncodingException {
    try (InputStream in = Files.newInputStream(file);
        ScratchFolder optimised = ScratchFolder.of("graph.onnx");
        SessionOptions options = options(threads, device)) {
      WeightlessOnnx weightless = WeightlessOnnx.read(in);
      // above this level the graph would be laid out for this processor
      options.setOptimizationLevel(SessionOptions.OptLevel.EXTENDED_OPT);
      options.setOptimizedModelFilePath(optimised.file().toString());
      OrtEnvironment.getEnvironment().createSession(weightless.model(), options).close();
      return new OnnxGraph(
          Files.readAllBytes(optimised.file()), weightless.weights(), threads, device);
    } catch (IOException | OrtException e) {
      throw EncodingException.notLoaded(ModelFormat.ONNX, e);
    }
  }

  @Override
  public SpeechEncoder with(Safetensors file, GraphFile graph) throws EncodingException {
    WeightsFit.check(weights, file.tensors(), EXPORT);
    Model model = Model.newInstance("graph", device, SpeechEncoder.engine(ModelFormat.ONNX));
    try (SessionOptions options = options(threads, device)) {
      options.addConfigEntry(
          "session.model_external_initializers_file_folder_path",
          file.file().toAbsolutePath().getParent().toString());
      model.setBlock(
          new OrtSymbolBlock(
              OrtEnvironment.getEnvironment().createSession(with(file), options),
              (OrtNDManager) model.getNDManager()));
      return SpeechEncoder.of(model, model::close);
    } catch (IOException | OrtException | RuntimeException e) {
      model.close();
      throw EncodingException.notLoaded(ModelFormat.ONNX, e);
    }
  }

  /** The serialized graph with its weights in {@code file}. */
  private byte[] with(Safetensors file) throws IOException {
    UnknownFieldSet model = UnknownFieldSet.parseFrom(optimised);
    UnknownFieldSet graph =
        UnknownFieldSet.parseFrom(
            model.getField(OnnxMessages.MODEL_GRAPH).getLengthDelimitedList().get(0));
    UnknownFieldSet.Builder made = UnknownFieldSet.newBuilder();
    for (ByteString input : graph.getField(OnnxMessages.GRAPH_INPUT).getLengthDelimitedList()) {
      String name = OnnxMessages.nameOfInput(input);
      if (weights.containsKey(name)) {
        addInitializer(made, name, file);
      } else {
        made.mergeLengthDelimitedField(OnnxMessages.GRAPH_INPUT, input);
      }
    }
    made.mergeFrom(
        graph.toBuilder().clearField(OnnxMessages.GRAPH_INPUT).build()); // nodes after the casts
    return model.toBuilder()
        .clearField(OnnxMessages.MODEL_GRAPH)
        .mergeLengthDelimitedField(OnnxMessages.MODEL_GRAPH, made.build().toByteString())
        .build()
        .toByteArray();
  }

  private void addInitializer(UnknownFieldSet.Builder graph, String name, Safetensors file) {
    StoredTensor stored = file.tensors().get(name);
    ElementType wanted = weights.get(name).type();
    boolean same = stored.form().type() == wanted;
    String source = same ? name : STORED + name;
    graph.mergeLengthDelimitedField(
        OnnxMessages.GRAPH_INITIALIZER,
        OnnxMessages.external(source, stored, file.file().getFileName().toString()));
    if (!same) {
      graph.mergeLengthDelimitedField(
          OnnxMessages.GRAPH_NODE, OnnxMessages.cast(source, name, wanted));
    }
  }

  private static SessionOptions options(int threads, Device device) throws OrtException {
    SessionOptions options = new SessionOptions();
    options.setIntraOpNumThreads(threads);
    options.setInterOpNumThreads(1);
    if (device.isGpu()) {
      options.addCUDA(device.getDeviceId());
    }
    // it warns of every tensor that the graph has for training alone
    options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
    return options;
  }

  /** Nothing is held but the graph's bytes. */
  @Override
  public void close() {}
}
