package io.sounding.operators.fold;

import io.sounding.operators.statistics.FoldProducts;
import io.sounding.operators.statistics.LayerAccumulator;
import io.sounding.operators.statistics.LayerSummary;
import io.sounding.operators.statistics.StatisticsSettings;

/**
 * The frames of one shard of one checkpoint, folded into one accumulator per layer as they are
 * made. Not thread-safe.
 */
public final class ShardFold {

  /**
   * A fold that was interrupted by a snapshot, to be continued.
   *
   * @param layers indices of the layers
   * @param dimension dimension of a frame
   * @param summaries the summary of each layer, as bytes; none where they lie elsewhere
   * @param foldSeconds wall time spent on each layer, seconds
   */
  public record Saved(int[] layers, int dimension, byte[][] summaries, double[] foldSeconds) {

    /** The same with these summaries. */
    public Saved with(byte[][] newSummaries) {
      return new Saved(layers, dimension, newSummaries, foldSeconds);
    }
  }

  private final int[] layers;
  private final LayerAccumulator[] accumulators;
  private final double[] foldSeconds;
  private final int dimension;
  private byte[][] finished; // the summaries; null: not yet

  private ShardFold(
      int[] layers, int dimension, LayerAccumulator[] accumulators, double[] foldSeconds) {
    this.layers = layers;
    this.dimension = dimension;
    this.accumulators = accumulators;
    this.foldSeconds = foldSeconds;
  }

  /**
   * An empty fold for these layers, whose frames have this dimension.
   *
   * @param share the shard's share of the corpus
   */
  public static ShardFold of(
      int[] layers, int dimension, StatisticsSettings settings, double share) {
    LayerAccumulator[] accumulators = new LayerAccumulator[layers.length];
    for (int i = 0; i < layers.length; i++) {
      accumulators[i] = new LayerAccumulator(dimension, settings, share);
    }
    return new ShardFold(layers.clone(), dimension, accumulators, new double[layers.length]);
  }

  /** The fold that was saved, as if it had never been interrupted. */
  public static ShardFold resume(Saved saved, StatisticsSettings settings, double share) {
    LayerAccumulator[] accumulators = new LayerAccumulator[saved.layers().length];
    for (int i = 0; i < accumulators.length; i++) {
      accumulators[i] =
          LayerAccumulator.resume(LayerSummary.fromBytes(saved.summaries()[i]), settings, share);
    }
    return new ShardFold(
        saved.layers().clone(), saved.dimension(), accumulators, saved.foldSeconds().clone());
  }

  /**
   * Adds an utterance.
   *
   * @param utteranceId the utterance
   * @param position position of the layer among the layers of this fold
   * @param values hold its frames in that layer, {@code rows * d} values, row-major
   * @param begin where in them the frames begin
   * @param rows number of frames
   * @param products makes the heavy products
   */
  public void add(
      String utteranceId,
      int position,
      float[] values,
      int begin,
      int rows,
      FoldProducts products) {
    long start = System.nanoTime();
    accumulators[position].addUtterance(utteranceId, values, begin, rows, products);
    foldSeconds[position] += (System.nanoTime() - start) * 1e-9;
  }

  /** Folds what waits for more utterances, when there are none; nothing is added afterwards. */
  public void finish(FoldProducts products) {
    finished = new byte[layers.length][];
    for (int i = 0; i < accumulators.length; i++) {
      long start = System.nanoTime();
      finished[i] = accumulators[i].finish(products).toBytes();
      accumulators[i] = null;
      foldSeconds[i] += (System.nanoTime() - start) * 1e-9;
    }
  }

  /** The indices of the layers, in the order of their positions. */
  public int[] layers() {
    return layers.clone();
  }

  /** Dimension of a frame. */
  public int dimension() {
    return dimension;
  }

  /**
   * The state so far, but for what {@link #summary} tells of each layer; the fold, which is not
   * finished, goes on unchanged.
   */
  public Saved save() {
    return new Saved(layers.clone(), dimension, new byte[0][], foldSeconds.clone());
  }

  /** The summary so far of the layer at a position, as bytes; the fold goes on unchanged. */
  public byte[] summary(int position) {
    return accumulators[position].snapshot().toBytes();
  }

  /** What the frames so far amount to: no fold can go on from it as if it had not been taken. */
  public Saved completed() {
    byte[][] summaries = finished;
    if (summaries == null) {
      summaries = new byte[layers.length][];
      for (int i = 0; i < layers.length; i++) {
        summaries[i] = accumulators[i].snapshot().completed().toBytes();
      }
    }
    return save().with(summaries);
  }
}
