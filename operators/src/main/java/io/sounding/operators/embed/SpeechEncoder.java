package io.sounding.operators.embed;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.translate.NoBatchifyTranslator;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import ai.djl.translate.TranslatorContext;
import ai.djl.util.Utils;
import io.sounding.operators.statistics.FoldProducts;
import io.sounding.operators.statistics.HostProducts;
import io.sounding.schemas.ModelFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A loaded model, run through DJL: samples in, frames of the chosen layers out, all layers from one
 * forward pass.
 *
 * <p>Input: {@code float32 (B, samples)}. Output: one tensor {@code (B, frames, d)}, a stacked one
 * {@code (layers, B, frames, d)}, or a tuple of {@code (B, frames, d)}. The model may be shared;
 * each thread opens its own {@link Session}.
 */
public final class SpeechEncoder implements AutoCloseable {

  private final Model model;
  private final Runnable release;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtomicBoolean checked = new AtomicBoolean();

  private SpeechEncoder(Model model, Runnable release) {
    this.model = model;
    this.release = release;
  }

  /**
   * An encoder that runs a model that was loaded elsewhere.
   *
   * @param release gives the model back; called once, when the encoder is closed
   */
  static SpeechEncoder of(Model model, Runnable release) {
    return new SpeechEncoder(model, release);
  }

  /**
   * Loads the model file to run it on the CPU.
   *
   * @param intraOpThreads threads within one forward pass, for ONNX; PyTorch takes one number for
   *     the whole process from {@code ai.djl.pytorch.num_threads}
   * @throws EncodingException if the file is not such a model
   */
  public static SpeechEncoder load(Path file, ModelFormat format, int intraOpThreads)
      throws EncodingException {
    return load(file, format, intraOpThreads, Device.cpu());
  }

  /**
   * Loads the model file to run it on {@code device}, which its engine must be able to use.
   *
   * @param intraOpThreads as above
   * @throws EncodingException if the file is not such a model, or does not fit onto the device
   */
  public static SpeechEncoder load(Path file, ModelFormat format, int intraOpThreads, Device device)
      throws EncodingException {
    startEngine(format, intraOpThreads);
    Model model =
        load(
            file,
            format,
            device,
            Map.of(
                "intraOpNumThreads", Integer.toString(intraOpThreads), "interOpNumThreads", "1"));
    return new SpeechEncoder(model, model::close);
  }

  /** Loads the model file with these options of DJL's engine, which must have been started. */
  static Model load(Path file, ModelFormat format, Device device, Map<String, String> options)
      throws EncodingException {
    Map<String, String> all = new HashMap<>(options);
    all.put("mapLocation", "true"); // a module that was saved on another device is read onto this
    Criteria<NDList, NDList> criteria =
        Criteria.builder()
            .setTypes(NDList.class, NDList.class)
            .optModelPath(file)
            .optEngine(engine(format))
            .optDevice(device)
            .optOptions(all)
            .optTranslator(new NoopTranslator())
            .build();
    try {
      return criteria.loadModel();
    } catch (IOException | ModelNotFoundException | MalformedModelException | EngineException e) {
      throw EncodingException.notLoaded(format, e);
    }
  }

  /**
   * Loads the engine's native libraries, once per process: the first time takes seconds.
   *
   * @throws EncodingException if they cannot be loaded
   */
  static void startEngine(ModelFormat format, int intraOpThreads) throws EncodingException {
    if (format == ModelFormat.TORCHSCRIPT) {
      System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(intraOpThreads));
      System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
      // Audio comes in ever new lengths; re-specialising the graph for each costs more than it
      // gives.
      System.setProperty("ai.djl.pytorch.graph_optimizer", "false");
    }
    try {
      Engine.getEngine(engine(format));
    } catch (RuntimeException | LinkageError e) {
      throw EncodingException.notStarted(engine(format), Utils.getEngineCacheDir(), e);
    }
  }

  /** DJL's name of the engine for a format. */
  static String engine(ModelFormat format) {
    return format == ModelFormat.TORCHSCRIPT ? "PyTorch" : "OnnxRuntime";
  }

  /** The device that the model runs on, for example {@code cpu} or {@code gpu0}. */
  public String device() {
    return model.getNDManager().getDevice().toString().replaceAll("[()]", "");
  }

  /** A session for one thread; close it before the encoder. */
  public Session open() {
    return open(() -> {});
  }

  /**
   * The same.
   *
   * @param halved called by the session's thread whenever it halves a batch for want of memory
   */
  Session open(Runnable halved) {
    NDManager manager = model.getNDManager();
    // ONNX Runtime's arrays hold values and compute nothing
    boolean computes = manager.getEngine().getEngineName().equals(engine(ModelFormat.TORCHSCRIPT));
    return new Session(
        model.newPredictor(new SamplesToFrames()),
        checked,
        manager.getDevice().isGpu() && computes ? new DeviceProducts(manager) : new HostProducts(),
        device(),
        halved);
  }

  /** Gives the native memory back. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      release.run();
    }
  }

  /** One thread's way to run the model. */
  public static final class Session implements AutoCloseable {

    private final Predictor<Batch, Frames> predictor;
    private final AtomicBoolean checked;
    private final FoldProducts products;
    private final String device;
    private final Runnable halved;
    private long mostSamples = Long.MAX_VALUE;

    private Session(
        Predictor<Batch, Frames> predictor,
        AtomicBoolean checked,
        FoldProducts products,
        String device,
        Runnable halved) {
      this.predictor = predictor;
      this.checked = checked;
      this.products = products;
      this.device = device;
      this.halved = halved;
    }

    /** Makes products of the frames where the model runs. */
    FoldProducts products() {
      return products;
    }

    /**
     * Runs the model. A batch for which the device has not enough memory is run in halves, or
     * halves of these; larger batches than a half are not tried again by this session. Until a
     * model was seen to give the same frames of the same samples, and frames of the same dimension
     * of fewer, it is given a window twice, and half of it.
     *
     * @param windows {@code float[B][samples]}, all equally long
     * @param layers indices of the outputs wanted, negative ones from the end; null: all
     * @throws EncodingException if the model refuses the input, gives what is not frames, gives
     *     others the second time or of another dimension for half of a window, or a single window
     *     does not fit into the device's memory
     */
    public Frames encode(float[][] windows, int[] layers) throws EncodingException {
      Frames frames = encodeOnce(windows, layers);
      if (frames.frames() > 0 && !checked.get()) {
        // a shard begins with its shortest utterances, so that this costs little
        Frames first = windows.length == 1 ? frames : encodeOnce(windows[0], layers);
        ModelContract.checkRepeatable(first, encodeOnce(windows[0], layers));
        checkDimension(first, windows[0], layers);
        checked.set(true);
      }
      return frames;
    }

    /** Where all audio is equally long, the number of its frames would pass for their dimension. */
    private void checkDimension(Frames whole, float[] window, int[] layers)
        throws EncodingException {
      int samples = (window.length + 1) / 2;
      Frames half;
      try {
        half = encodeOnce(Arrays.copyOf(window, samples), layers);
      } catch (EncodingException e) {
        return; // no audio of the corpus need be as short, nor of another length
      }
      ModelContract.checkDimension(whole, window.length, half, samples);
    }

    private Frames encodeOnce(float[] window, int[] layers) throws EncodingException {
      return encodeOnce(new float[][] {window}, layers);
    }

    private Frames encodeOnce(float[][] windows, int[] layers) throws EncodingException {
      long samples = (long) windows.length * windows[0].length;
      if (windows.length > 1 && samples > mostSamples) {
        return encodeHalves(windows, layers);
      }
      try {
        return encodeWhole(windows, layers);
      } catch (OutOfDeviceMemoryException e) {
        if (windows.length == 1) {
          throw e;
        }
        halved.run();
        mostSamples = (long) half(windows) * windows[0].length;
      }
      return encodeHalves(windows, layers); // what the failed run held is free by now
    }

    private static int half(float[][] windows) {
      return (windows.length + 1) / 2;
    }

    private Frames encodeHalves(float[][] windows, int[] layers) throws EncodingException {
      int half = half(windows);
      return Frames.inBatch(
          encodeOnce(Arrays.copyOf(windows, half), layers),
          encodeOnce(Arrays.copyOfRange(windows, half, windows.length), layers));
    }

    private Frames encodeWhole(float[][] windows, int[] layers) throws EncodingException {
      try {
        return predictor.predict(new Batch(windows, layers));
      } catch (OutOfMemoryError e) {
        throw new EncodingException(
            "The frames of %d x %d samples do not fit into the memory of the Java process (%s). Choose fewer layers, or give it more memory."
                .formatted(windows.length, windows[0].length, EncodingException.reason(e)),
            e);
      } catch (TranslateException | RuntimeException e) {
        if (e.getCause() instanceof EncodingException notFrames) {
          throw notFrames;
        }
        if (DeviceMemory.isExhausted(e)) {
          throw new OutOfDeviceMemoryException(device, windows.length, windows[0].length, e);
        }
        throw new EncodingException(
            "The model failed on %d x %d samples (%s). Models take float32 samples (batch, samples) of any length, and nothing else."
                .formatted(windows.length, windows[0].length, EncodingException.reason(e)),
            e);
      }
    }

    @Override
    public void close() {
      predictor.close();
      products.close();
    }
  }

  /** What the model is given, and the layers that are wanted of what it makes; null: all. */
  private record Batch(float[][] windows, int[] layers) {}

  /** To and from DJL's arrays; everything native is freed when the prediction returns. */
  private static final class SamplesToFrames implements NoBatchifyTranslator<Batch, Frames> {

    private static final String NOT_OF_DJL =
        "bfloat16 or another one that is not read here (let it return .float())";

    private Batch batch;

    @Override
    public NDList processInput(TranslatorContext context, Batch given) {
      batch = given;
      float[][] windows = given.windows();
      int samples = windows[0].length;
      float[] flat = windows[0];
      if (windows.length > 1) {
        flat = new float[windows.length * samples];
        for (int i = 0; i < windows.length; i++) {
          System.arraycopy(windows[i], 0, flat, i * samples, samples);
        }
      }
      return new NDList(context.getNDManager().create(flat, new Shape(windows.length, samples)));
    }

    @Override
    public Frames processOutput(TranslatorContext context, NDList outputs)
        throws TranslateException, EncodingException {
      checkOrder(outputs);
      checkKind(outputs, batch.layers());
      List<Tensor> tensors = new ArrayList<>(outputs.size());
      for (NDArray output : outputs) {
        tensors.add(new Tensor(output.getShape().getShape(), () -> floats(output)));
      }
      checkSize(outputs, Tensor.bytes(tensors, batch.layers()));
      return Tensor.select(tensors, batch.windows().length, batch.layers());
    }

    private static float[] floats(NDArray output) {
      NDArray floats =
          output.getDataType() == DataType.FLOAT32
              ? output
              : output.toType(DataType.FLOAT32, false);
      return floats.toFloatArray();
    }

    /**
     * Of a dict the engine gives the values in an order of its own, so that none is known by its
     * index; only values of a dict have names there.
     */
    private static void checkOrder(NDList outputs) throws TranslateException {
      List<String> keys =
          outputs.stream().map(NDArray::getName).filter(Objects::nonNull).sorted().toList();
      if (keys.size() > 1 && engine(ModelFormat.TORCHSCRIPT).equals(engineOf(outputs))) {
        throw new TranslateException(
            "it returns a dict of %s, whose order is lost: let it return a tuple"
                .formatted(String.join(", ", keys)));
      }
    }

    private static String engineOf(NDList outputs) {
      return outputs.get(0).getManager().getEngine().getEngineName();
    }

    /**
     * DJL crashes the process when text is converted, and drops imaginary parts; whole numbers and
     * truth values are labels, lengths or masks, which may be there beside the wanted layers.
     */
    private static void checkKind(NDList outputs, int[] wanted) throws TranslateException {
      for (int i = 0; i < outputs.size(); i++) {
        DataType kind = outputs.get(i).getDataType();
        if (kind == DataType.STRING
            || kind == DataType.COMPLEX64
            || !kind.isFloating() && isWanted(i, outputs.size(), wanted)) {
          throw new TranslateException(
              "its output %d is of type %s, and hidden states are floating-point numbers"
                  .formatted(i, kind == DataType.UNKNOWN ? NOT_OF_DJL : kind));
        }
      }
    }

    private static boolean isWanted(int output, int outputs, int[] wanted) {
      return wanted == null
          || outputs == 1 // and maybe a stack, of which layers are wanted
          || Arrays.stream(wanted).anyMatch(layer -> layer == output || layer + outputs == output);
    }

    /** Before memory is taken: a process that runs out of it may be ended. */
    private static void checkSize(NDList outputs, long bytes) throws TranslateException {
      long most = Runtime.getRuntime().maxMemory() / 2;
      if (bytes > most) {
        throw new TranslateException(
            "what is wanted of its outputs %s takes %d bytes, and half of the Java process' memory is %d"
                .formatted(outputs.stream().map(NDArray::getShape).toList(), bytes, most));
      }
    }
  }
}
