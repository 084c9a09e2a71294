package io.sounding.operators.embed;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Parameter;
import ai.djl.util.Pair;
import io.sounding.schemas.ModelFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A loaded TorchScript module whose parameters lie in memory that was laid out here, in row-major
 * order, whatever the order they were saved in: so weights can be read straight into it. Not
 * thread-safe, and not to be run while weights are set.
 */
final class TorchScriptInstance implements AutoCloseable {

  private static final String EXPORT =
      "Of a TorchScript module only parameters can be replaced: register its buffers as parameters before it is traced, and do not freeze it.";

  /**
   * @param parameter the module's own array
   * @param memory its elements on the host; on the CPU the parameter's own
   */
  private record Weight(NDArray parameter, ByteBuffer memory, TensorForm form) {}

  private final Model model;
  private final Map<String, Weight> weights = new LinkedHashMap<>();

  private TorchScriptInstance(Model model) {
    this.model = model;
  }

  /** Loads the module. Its own weights are lost: it is not to be run before others are set. */
  static TorchScriptInstance load(Path file, Device device) throws EncodingException {
    // otherwise its parameters would be inference tensors, which refuse to be changed
    Model model =
        SpeechEncoder.load(file, ModelFormat.TORCHSCRIPT, device, Map.of("trainParam", "true"));
    TorchScriptInstance instance = new TorchScriptInstance(model);
    try {
      instance.layOut();
    } catch (EncodingException | RuntimeException | Error e) {
      instance.close();
      throw e;
    }
    return instance;
  }

  private void layOut() throws EncodingException {
    NDManager host = model.getNDManager().newSubManager(Device.cpu());
    for (Pair<String, Parameter> named : model.getBlock().getDirectParameters()) {
      NDArray parameter = named.getValue().getArray();
      Optional<ElementType> type = weightType(named.getKey(), parameter.getDataType());
      if (type.isPresent()) {
        TensorForm form =
            new TensorForm(
                type.get(), Arrays.stream(parameter.getShape().getShape()).boxed().toList());
        if (form.bytes() > Integer.MAX_VALUE) {
          throw new EncodingException(
              "Parameter %s of the TorchScript module takes %d bytes; at most %d can be replaced. Export the graph as ONNX."
                  .formatted(WeightsFit.told(named.getKey()), form.bytes(), Integer.MAX_VALUE));
        }
        ByteBuffer memory =
            host.create(parameter.getShape(), parameter.getDataType()).toByteBuffer(true);
        parameter.set(memory);
        weights.put(named.getKey(), new Weight(parameter, memory, form));
      }
    }
  }

  private static Optional<ElementType> weightType(String name, DataType type)
      throws EncodingException {
    return switch (type) {
      case FLOAT64 -> Optional.of(ElementType.F64);
      case FLOAT32 -> Optional.of(ElementType.F32);
      case FLOAT16 -> Optional.of(ElementType.F16);
      case INT64, INT32, INT16, INT8, UINT8, BOOLEAN -> Optional.empty();
      default ->
          throw new EncodingException(
              "Parameter %s of the TorchScript module is of a type that cannot be replaced (%s; DJL does not know bfloat16 of PyTorch). Export the graph in float32: weights in bfloat16 are converted."
                  .formatted(WeightsFit.told(name), type));
    };
  }

  /** The module with the weights that were set last. */
  Model model() {
    return model;
  }

  /**
   * Replaces all weights; if that fails, on the way, it must be done again with others.
   *
   * @throws EncodingException if they do not match, or cannot be read
   */
  void set(Safetensors file) throws EncodingException {
    Map<String, TensorForm> forms = new HashMap<>();
    weights.forEach((name, weight) -> forms.put(name, weight.form()));
    WeightsFit.check(forms, file.tensors(), EXPORT);
    try (FileChannel channel = FileChannel.open(file.file())) {
      for (Map.Entry<String, Weight> named : weights.entrySet()) {
        Weight weight = named.getValue();
        ElementCopy.read(
            channel,
            file.tensors().get(named.getKey()),
            weight.form().type(),
            weight.memory().duplicate());
        weight.parameter().set(weight.memory()); // to the device that it lies on
      }
    } catch (IOException e) {
      throw Safetensors.refused(e.toString());
    }
  }

  @Override
  public void close() {
    model.close();
  }
}
