package io.sounding.tests.speed.throughput;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.Batchifier;
import ai.djl.translate.NoBatchifyTranslator;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import ai.djl.translate.TranslatorContext;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The limit: DJL runs a model over windows, and nothing else is done, not even its outputs are
 * copied to Java. Each of as many threads as the job has subtasks has its own session on the shared
 * model, one thread within a forward pass, and takes the next batch until none is left.
 */
final class BareLoop implements AutoCloseable {

  private final ZooModel<NDList, NDList> model;
  private final int threads;
  private final ExecutorService pool; // its threads stay: engines keep things for each

  /** Loads the model onto {@code device}, with the options that the job gives its engines. */
  BareLoop(Path file, int threads, Device device)
      throws IOException, ModelNotFoundException, MalformedModelException {
    this.threads = threads;
    pool = Executors.newFixedThreadPool(threads);
    System.setProperty("ai.djl.pytorch.num_threads", "1");
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    System.setProperty("ai.djl.pytorch.graph_optimizer", "false");
    model =
        Criteria.builder()
            .setTypes(NDList.class, NDList.class)
            .optModelPath(file)
            .optDevice(device)
            .optEngine(file.toString().endsWith(".onnx") ? "OnnxRuntime" : "PyTorch")
            .optOptions(
                Map.of("intraOpNumThreads", "1", "interOpNumThreads", "1", "mapLocation", "true"))
            .optTranslator(new NoopTranslator())
            .build()
            .loadModel();
  }

  /** Runs all batches once; seconds of wall time. */
  double run(Windows windows) throws InterruptedException, ExecutionException {
    AtomicInteger next = new AtomicInteger();
    List<float[][]> batches = windows.batches();
    Callable<Object> loop =
        () -> {
          try (Predictor<float[][], Long> session = model.newPredictor(new Discarding())) {
            for (int i = next.getAndIncrement(); i < batches.size(); i = next.getAndIncrement()) {
              session.predict(batches.get(i));
            }
          }
          awaitDevice();
          return null;
        };
    long begun = System.nanoTime();
    for (Future<Object> each : pool.invokeAll(Collections.nCopies(threads, loop))) {
      each.get();
    }
    return (System.nanoTime() - begun) * 1e-9;
  }

  /** A GPU's work goes on after the call that asked for it; what is copied from it comes after. */
  private void awaitDevice() {
    if (model.getNDManager().getDevice().isGpu()) {
      try (NDManager after = model.getNDManager().newSubManager()) {
        after.create(new float[] {1}).toFloatArray();
      }
    }
  }

  @Override
  public void close() {
    pool.shutdown();
    model.close();
  }

  /** Samples in; of what comes out only the number of elements. */
  private static final class Discarding implements NoBatchifyTranslator<float[][], Long> {

    @Override
    public NDList processInput(TranslatorContext context, float[][] batch) {
      int samples = batch[0].length;
      float[] flat = new float[batch.length * samples];
      for (int i = 0; i < batch.length; i++) {
        System.arraycopy(batch[i], 0, flat, i * samples, samples);
      }
      return new NDList(context.getNDManager().create(flat, new Shape(batch.length, samples)));
    }

    @Override
    public Long processOutput(TranslatorContext context, NDList outputs) throws TranslateException {
      return outputs.stream().mapToLong(output -> output.getShape().size()).sum();
    }

    @Override
    public Batchifier getBatchifier() {
      return null;
    }
  }
}
