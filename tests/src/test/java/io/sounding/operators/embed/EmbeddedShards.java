package io.sounding.operators.embed;

import io.sounding.operators.EvaluationSettings;
import io.sounding.operators.assemble.Utterance;
import io.sounding.operators.fold.ShardFold;
import io.sounding.operators.statistics.FoldProducts;
import io.sounding.operators.statistics.HostProducts;
import io.sounding.schemas.ModelFormat;
import io.sounding.tests.speed.SideBySide;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Embeds shards of speech as the job does, and folds their frames or does not: what folding adds to
 * embedding. Each of as many threads as the job has subtasks takes the next shard until none is
 * left; audio is decoded beforehand. It lives in this package because the plan of windows is not
 * public.
 */
public final class EmbeddedShards implements AutoCloseable {

  /**
   * What a pass over the shards took, seconds.
   *
   * @param wall wall time
   * @param embedding processor time of the threads in forward passes whose frames come to Java
   * @param folding processor time of the threads in folding, to the bytes of the summaries
   */
  public record Cost(double wall, double embedding, double folding) {}

  private record Batch(List<String> utteranceIds, List<float[][]> windows) {}

  private final EvaluationSettings settings;
  private final SpeechEncoder encoder;
  private final int threads;
  private final List<List<Batch>> shards = new ArrayList<>();
  private final double seconds;

  /**
   * Loads an ONNX model and decodes shards of a corpus.
   *
   * @param corpus its utterances: every so many-th of them is of the same shard
   * @param count how many shards of the corpus are embedded
   */
  public EmbeddedShards(
      Path model,
      List<Utterance> corpus,
      int count,
      int sampleRateHz,
      EvaluationSettings settings,
      int threads)
      throws EncodingException {
    this.settings = settings;
    this.threads = threads;
    long samples = 0;
    for (int shard = 0; shard < count; shard++) {
      List<Batch> batches = new ArrayList<>();
      Map<String, float[]> signals = new HashMap<>();
      List<WindowPlan.Item> items = new ArrayList<>();
      for (int i = shard; i < corpus.size(); i += settings.shards()) {
        Utterance utterance = corpus.get(i);
        float[] signal =
            Resampler.resample(utterance.mono(), utterance.sampleRateHz(), sampleRateHz);
        signals.put(utterance.utteranceId(), signal);
        items.add(new WindowPlan.Item(utterance.utteranceId(), signal.length));
        samples += signal.length;
      }
      for (WindowPlan.Batch batch :
          WindowPlan.of(
              items,
              (long) (settings.maxWindowSeconds() * sampleRateHz),
              (long) (settings.batchSeconds() * sampleRateHz))) {
        batches.add(
            new Batch(
                batch.items().stream().map(WindowPlan.Item::utteranceId).toList(),
                PlannedWindows.of(batch, signals)));
      }
      shards.add(batches);
    }
    seconds = (double) samples / sampleRateHz;
    boolean onnx = model.toString().endsWith(".onnx");
    encoder = SpeechEncoder.load(model, onnx ? ModelFormat.ONNX : ModelFormat.TORCHSCRIPT, 1);
  }

  /** Audio of the shards, s. */
  public double seconds() {
    return seconds;
  }

  /**
   * Embeds all shards, and folds them if wanted.
   *
   * @param layers as of {@link SpeechEncoder.Session#encode}
   */
  public Cost run(int[] layers, boolean folded) throws InterruptedException {
    AtomicInteger next = new AtomicInteger();
    Callable<double[]> subtask =
        () -> {
          double[] cost = new double[2];
          try (SpeechEncoder.Session session = encoder.open();
              FoldProducts products = new HostProducts()) {
            for (int i = next.getAndIncrement(); i < shards.size(); i = next.getAndIncrement()) {
              embed(shards.get(i), session, layers, folded ? products : null, cost);
            }
          }
          return cost;
        };
    long begun = System.nanoTime();
    List<double[]> costs = SideBySide.run(Collections.nCopies(threads, subtask));
    return new Cost(
        (System.nanoTime() - begun) * 1e-9,
        costs.stream().mapToDouble(cost -> cost[0]).sum(),
        costs.stream().mapToDouble(cost -> cost[1]).sum());
  }

  /** Adds to the cost of embedding, {@code cost[0]}, and of folding; no products: not folded. */
  private void embed(
      List<Batch> shard,
      SpeechEncoder.Session session,
      int[] layers,
      FoldProducts products,
      double[] cost)
      throws EncodingException {
    ShardFold fold = null;
    for (Batch batch : shard) {
      double begun = processorSeconds();
      List<Frames> made = new ArrayList<>();
      for (float[][] windows : batch.windows()) {
        made.add(session.encode(windows, layers));
      }
      Frames frames = Frames.inSequence(made);
      double embedded = processorSeconds();
      cost[0] += embedded - begun;
      if (products == null) {
        continue;
      }
      if (fold == null) {
        fold =
            ShardFold.of(
                frames.layers(),
                frames.dimension(),
                settings.statistics(),
                1.0 / settings.shards());
      }
      for (int member = 0; member < batch.utteranceIds().size(); member++) {
        for (int position = 0; position < frames.layers().length; position++) {
          fold.add(
              batch.utteranceIds().get(member),
              position,
              frames.values()[position],
              frames.begin(member),
              frames.frames(),
              products);
        }
      }
      cost[1] += processorSeconds() - embedded;
    }
    if (fold != null) {
      double begun = processorSeconds();
      fold.finish(products);
      if (Arrays.stream(fold.completed().summaries()).anyMatch(bytes -> bytes.length == 0)) {
        throw new IllegalStateException("A summary is empty.");
      }
      cost[1] += processorSeconds() - begun;
    }
  }

  private static double processorSeconds() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() * 1e-9;
  }

  @Override
  public void close() {
    encoder.close();
  }
}
