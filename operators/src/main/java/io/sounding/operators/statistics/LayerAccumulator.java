package io.sounding.operators.statistics;

import java.util.Arrays;

/**
 * Folds the frames of one (checkpoint, shard, layer) into a {@link LayerSummary}. Mutable, one
 * thread.
 *
 * <p>Frames are gathered into blocks of four rows to a micro-centroid, {@value #FEWEST_BLOCK_ROWS}
 * to {@value #MOST_BLOCK_ROWS}, so that second moments and micro-centroids are matrix products.
 * Blocks depend on the frames added only, never on when snapshots were taken.
 *
 * <p>Memory, bytes: about {@code s + 8 m d + 4 b d + 4.5 R d}, independent of the number of frames
 * (m micro-centroids, b rows of a block, R sampled frames of this part; s of the two spectrum
 * sketches: {@code 8 d^2} when exact, {@code 32 l d} with l rows of Frequent Directions). With the
 * defaults, d = 768 and one of 32 shards: 15 MB. Working memory belongs to the {@link
 * FoldProducts}.
 */
public final class LayerAccumulator {
  private static final int FEWEST_BLOCK_ROWS = 1024;
  static final int MOST_BLOCK_ROWS = 4096;

  /** So that what is done for each micro-centroid once a block is little for each row. */
  private static final int ROWS_TO_MICRO_CENTROID = 4;

  private final StatisticsSettings settings;
  private final int dimension;
  private final SpectrumAccumulator frameSketch;
  private final SpectrumAccumulator utteranceSketch;
  private final FrameSampleAccumulator sample;
  private DirectionMoments directions;
  private final MicroCentroidsAccumulator microCentroids;
  private long utterances;
  private final int blockRows;
  private final float[] pending;
  private int pendingRows;

  /** Rows of the blocks of an accumulator with these settings. */
  static int blockRows(StatisticsSettings settings) {
    long rows = (long) ROWS_TO_MICRO_CENTROID * settings.microCentroids();
    return (int) Math.min(MOST_BLOCK_ROWS, Math.max(FEWEST_BLOCK_ROWS, rows));
  }

  /** For all frames of a layer, or for a part of unknown size. */
  public LayerAccumulator(int dimension, StatisticsSettings settings) {
    this(dimension, settings, 1);
  }

  /**
   * For a part of the frames of a layer.
   *
   * @param share the part's share of all frames as far as is known beforehand, above 0 to 1:
   *     decides how many frames the sample keeps of it
   */
  public LayerAccumulator(int dimension, StatisticsSettings settings, double share) {
    this(LayerSummary.empty(dimension, settings), settings, share);
  }

  private LayerAccumulator(LayerSummary start, StatisticsSettings settings, double share) {
    this.settings = settings;
    dimension = start.dimension();
    frameSketch = start.frameSketch().accumulator();
    utteranceSketch = start.utteranceSketch().accumulator();
    sample =
        new FrameSampleAccumulator(
            start.sample(), FrameSample.capacity(settings.sampleFrames(), dimension, share));
    directions = start.directions();
    microCentroids =
        new MicroCentroidsAccumulator(
            start.microCentroids(), settings.microCentroids(), settings.seed());
    utterances = start.utterances();
    blockRows = blockRows(settings);
    pending = new float[Math.multiplyExact(blockRows, dimension)];
    pendingRows = start.pendingRows();
    start.copyPendingTo(pending);
  }

  /**
   * Continues from a snapshot as if the accumulator that took it had never stopped.
   *
   * @param share as of the accumulator that took it
   * @throws IllegalArgumentException when the summary was made with other settings
   */
  public static LayerAccumulator resume(
      LayerSummary summary, StatisticsSettings settings, double share) {
    if (!summary.settings().equals(settings)) {
      throw new IllegalArgumentException(
          "The summary was made with " + summary.settings() + ", not with " + settings + ".");
    }
    boolean fits = summary.pendingRows() < blockRows(settings);
    return new LayerAccumulator(fits ? summary : summary.completed(), settings, share);
  }

  /** Adds all frames of an utterance, with the products made on the processor. */
  public void addUtterance(String utteranceId, float[] frames, int rows) {
    try (FoldProducts products = new HostProducts()) {
      addUtterance(utteranceId, frames, 0, rows, products);
    }
  }

  /**
   * Adds all frames of an utterance. An utterance without frames counts, but adds no row to the
   * utterance sums.
   *
   * @param utteranceId id that chooses, with the frame index, which frames are sampled
   * @param values hold the frames, {@code rows * d} values, row-major; not kept
   * @param begin where in them the frames begin
   * @param rows number of frames
   * @param products makes the heavy products
   * @throws NonFiniteFrameException when a value is NaN or infinite; nothing has changed then
   */
  public void addUtterance(
      String utteranceId, float[] values, int begin, int rows, FoldProducts products) {
    if (rows < 0 || begin < 0 || values.length - begin < (long) rows * dimension) {
      throw new IllegalArgumentException(
          "Utterance %s: %d frames of dimension %d are not in %d values from index %d on."
              .formatted(utteranceId, rows, dimension, values.length, begin));
    }
    int fitting = Math.min(rows, blockRows - pendingRows);
    double[] sum = sum(utteranceId, values, begin, rows, fitting);
    utterances++;
    if (rows == 0) {
      return;
    }
    long utterance = FrameKey.utterance(utteranceId);
    for (int frame = 0; frame < rows; frame++) {
      int start = begin + frame * dimension;
      sample.offer(utterance, frame, values, start);
      if (frame >= fitting) {
        System.arraycopy(values, start, pending, pendingRows * dimension, dimension);
      }
      if (++pendingRows == blockRows) {
        foldBlock(products);
      }
    }
    utteranceSketch.addRow(sum);
  }

  private void foldBlock(FoldProducts products) {
    DirectionMoments.Accumulator added = new DirectionMoments.Accumulator(dimension);
    FrameBlock block = FrameBlock.of(pending, pendingRows, dimension, added);
    directions = DirectionMoments.merge(directions, added.moments());
    frameSketch.addBlock(block, products);
    microCentroids.addBlock(block, products);
    pendingRows = 0;
  }

  /**
   * The statistics of all frames, of which none waits for its block to be full: folded, or so few
   * that the sample {@linkplain LayerSummary#holdsEveryFrame holds every one}, which takes fewer
   * bytes. The accumulator is used no more.
   */
  public LayerSummary finish(FoldProducts products) {
    FrameSample sampled = sample.snapshot();
    if (directions.frames() == 0 && sampled.complete() && sampled.size() == pendingRows) {
      return LayerSummary.ofEveryFrame(settings, utterances, utteranceSketch.finish(), sampled);
    }
    if (pendingRows > 0) {
      foldBlock(products);
    }
    return summary(frameSketch.finish(), utteranceSketch.finish(), sampled);
  }

  /** The statistics of all frames added so far; changes nothing. */
  public LayerSummary snapshot() {
    return summary(frameSketch.snapshot(), utteranceSketch.snapshot(), sample.snapshot());
  }

  private LayerSummary summary(
      SpectrumSketch ofFrames, SpectrumSketch ofUtterances, FrameSample sampled) {
    return new LayerSummary(
        settings,
        dimension,
        utterances,
        ofFrames,
        ofUtterances,
        directions,
        sampled,
        microCentroids.snapshot(),
        Arrays.copyOf(pending, pendingRows * dimension));
  }

  /**
   * Sum of the frames; one that is not finite leaves a sum that is not. The first {@code fitting}
   * frames are copied behind those that wait while they are at hand; they wait only when the caller
   * counts them.
   */
  private double[] sum(String utteranceId, float[] values, int begin, int rows, int fitting) {
    double[] sum = new double[dimension];
    double[] row = new double[dimension];
    for (int frame = 0; frame < rows; frame++) {
      int start = begin + frame * dimension;
      // a loop of its own, since one that converts is not made of vector instructions
      for (int j = 0; j < dimension; j++) {
        row[j] = values[start + j];
      }
      for (int j = 0; j < dimension; j++) {
        sum[j] += row[j];
      }
      if (frame < fitting) {
        System.arraycopy(values, start, pending, (pendingRows + frame) * dimension, dimension);
      }
    }
    for (double value : sum) {
      if (!Double.isFinite(value)) {
        int end = begin + rows * dimension;
        throw NonFiniteFrameException.in(
            utteranceId, Arrays.copyOfRange(values, begin, end), dimension);
      }
    }
    return sum;
  }
}
