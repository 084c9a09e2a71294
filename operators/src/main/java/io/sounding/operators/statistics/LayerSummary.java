package io.sounding.operators.statistics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ForkJoinTask;
import java.util.function.BiConsumer;

/**
 * The mergeable statistics of the frames of one layer: everything the metrics are computed from.
 * Immutable; its arrays never leave it.
 *
 * <p>Frames that did not fill a block yet travel along as {@code pending} rows, so that an
 * accumulator that resumes from a summary continues bit by bit as if it had never stopped. Merging
 * and scoring fold them in first; so moments and the rank family depend on the order of merging by
 * rounding only (1e-12; RankMe of frames that span few of the dimensions, 1e-6; a frame of 1e8
 * times the spread makes it 4e-5 in alphaReQ) when the spectrum sketch is exact (with Frequent
 * Directions, within its guarantee), cluster metrics not at all, as long as all parts are merged at
 * once: of finished parts of few frames, some that were merged before the others grow their
 * micro-centroids together.
 *
 * <p>While the sample holds every frame and nothing was folded, that is all there is to say ({@link
 * #holdsEveryFrame}): a finished shard of few frames is left so, and such shards make such a whole
 * as long as the sample has room. Then the sample's rows are the pending ones, in the order of
 * their keys, and there may be more of them than a block takes; micro-centroids, which stand for
 * frames that the sample lacks, are not grown, and frames are folded when they are scored.
 */
public final class LayerSummary {
  static final int MOST_DIMENSIONS = 16_384;

  /** Exact sketches of wider frames, and a sample beside them, do not fit into an array. */
  private static final int MOST_EXACT_DIMENSIONS = 8_192;

  private final StatisticsSettings settings;
  private final int dimension;
  private final long utterances;
  private final SpectrumSketch frameSketch;
  private final SpectrumSketch utteranceSketch;
  private final DirectionMoments directions;
  private final FrameSample sample;
  private final MicroCentroids microCentroids;
  private final float[] pending;

  /** Takes ownership of the arrays. */
  LayerSummary(
      StatisticsSettings settings,
      int dimension,
      long utterances,
      SpectrumSketch frameSketch,
      SpectrumSketch utteranceSketch,
      DirectionMoments directions,
      FrameSample sample,
      MicroCentroids microCentroids,
      float[] pending) {
    ArrayBytes.require(
        utterances >= utteranceSketch.count(), "it counts fewer utterances than it sums");
    ArrayBytes.require(
        pending.length % dimension == 0
            && (pending.length / dimension < LayerAccumulator.blockRows(settings)
                || Arrays.equals(pending, sample.rows())),
        "the pending rows do not fit a block");
    ArrayBytes.require(
        frameSketch.count() == directions.frames()
            && frameSketch.count() == microCentroids.frames(),
        "its parts count different numbers of frames");
    boolean exact = settings.sketch().exactFor(dimension);
    ArrayBytes.require(
        frameSketch.isExact() == exact && utteranceSketch.isExact() == exact,
        "its spectrum sketches are not the ones that its settings ask for");
    ArrayBytes.require(
        sample.size() <= settings.sampleFrames()
            && sample.size() <= frameSketch.count() + pending.length / dimension,
        "the sample holds too many frames");
    this.settings = settings;
    this.dimension = dimension;
    this.utterances = utterances;
    this.frameSketch = frameSketch;
    this.utteranceSketch = utteranceSketch;
    this.directions = directions;
    this.sample = sample;
    this.microCentroids = microCentroids;
    this.pending = pending;
  }

  /** The summary of nothing, the identity of {@link #mergeAll}. */
  public static LayerSummary empty(int dimension, StatisticsSettings settings) {
    if (dimension < 1 || dimension > MOST_DIMENSIONS) {
      throw new IllegalArgumentException(
          "The dimension must be 1 to " + MOST_DIMENSIONS + ", but is " + dimension + ".");
    }
    if (settings.sketch() == SketchChoice.EXACT && dimension > MOST_EXACT_DIMENSIONS) {
      throw new IllegalArgumentException(
          "The dimension is %d, and the exact spectrum takes at most %d: choose the sketch auto or frequent-directions."
              .formatted(dimension, MOST_EXACT_DIMENSIONS));
    }
    return new LayerSummary(
        settings,
        dimension,
        0,
        SpectrumSketch.empty(dimension, settings),
        SpectrumSketch.empty(dimension, settings),
        DirectionMoments.empty(dimension),
        FrameSample.empty(dimension),
        MicroCentroids.empty(dimension),
        new float[0]);
  }

  /**
   * The summary of all frames of all parts, of which there is at least one. Frames must not
   * overlap, except in the sample.
   */
  public static LayerSummary mergeAll(List<LayerSummary> inOrder) {
    if (inOrder.isEmpty()) {
      throw new IllegalArgumentException("There is no summary to merge.");
    }
    LayerSummary first = inOrder.get(0);
    List<LayerSummary> parts = new ArrayList<>();
    for (LayerSummary part : inOrder) {
      first.requireMergeable(part);
      if (part.utterances > 0) {
        parts.add(part);
      }
    }
    if (parts.size() <= 1) {
      return parts.isEmpty() ? first : parts.get(0);
    }
    int d = first.dimension;
    List<FrameSample> samples = parts.stream().map(LayerSummary::sample).toList();
    ForkJoinTask<FrameSample> union =
        Processors.meanwhile(() -> FrameSample.union(d, samples, first.settings.sampleFrames()));
    SpectrumAccumulator sums = SpectrumSketch.empty(d, first.settings).accumulator();
    long utterances = 0;
    for (LayerSummary part : parts) {
      sums.add(part.utteranceSketch);
      utterances += part.utterances;
    }
    if (parts.stream().allMatch(LayerSummary::holdsEveryFrame)) {
      FrameSample sample = union.join();
      if (sample.size() == parts.stream().mapToLong(LayerSummary::frames).sum()) {
        return ofEveryFrame(first.settings, utterances, sums.finish(), sample);
      }
    }
    Processors.forEach(parts.size(), i -> parts.set(i, parts.get(i).completed()));
    MicroCentroids micro =
        MicroCentroids.union(d, parts.stream().map(LayerSummary::microCentroids).toList());
    SpectrumAccumulator frames = SpectrumSketch.empty(d, first.settings).accumulator();
    DirectionMoments directions = DirectionMoments.empty(d);
    for (LayerSummary part : parts) {
      frames.add(part.frameSketch);
      directions = DirectionMoments.merge(directions, part.directions);
    }
    return new LayerSummary(
        first.settings,
        d,
        utterances,
        frames.finish(),
        sums.finish(),
        directions,
        union.join(),
        micro,
        new float[0]);
  }

  /**
   * Summaries as {@link #mergeAll} takes them up, so that who needs them besides does not fold
   * their pending rows again: with these folded in, unless all hold every frame.
   */
  public static List<LayerSummary> readyToMerge(List<LayerSummary> parts) {
    if (parts.stream().allMatch(LayerSummary::holdsEveryFrame)) {
      return parts;
    }
    LayerSummary[] completed = new LayerSummary[parts.size()];
    Processors.forEach(completed.length, i -> completed[i] = parts.get(i).completed());
    return List.of(completed);
  }

  /** The summary of these frames, of which none is lacking. */
  static LayerSummary ofEveryFrame(
      StatisticsSettings settings,
      long utterances,
      SpectrumSketch utteranceSketch,
      FrameSample frames) {
    int d = frames.dimension();
    return new LayerSummary(
        settings,
        d,
        utterances,
        SpectrumSketch.empty(d, settings),
        utteranceSketch,
        DirectionMoments.empty(d),
        frames,
        MicroCentroids.empty(d),
        frames.rows());
  }

  /** Whether the sample holds all frames and none is folded. */
  boolean holdsEveryFrame() {
    return frameSketch.count() == 0 && sample.complete() && sample.size() == pendingRows();
  }

  private void requireMergeable(LayerSummary other) {
    if (dimension != other.dimension) {
      throw new IllegalArgumentException(
          "Summaries of dimension " + dimension + " and " + other.dimension + " cannot be merged.");
    }
    if (!settings.equals(other.settings)) {
      throw new IllegalArgumentException(
          "Summaries made with different settings cannot be merged: "
              + settings
              + " and "
              + other.settings
              + ".");
    }
  }

  /** The same summary with the pending rows folded in, which merging would do otherwise. */
  public LayerSummary completed() {
    if (pendingRows() == 0) {
      return this;
    }
    MicroCentroidsAccumulator micro =
        new MicroCentroidsAccumulator(microCentroids, settings.microCentroids(), settings.seed());
    FoldedFrames folded = folded(micro::addBlock);
    return new LayerSummary(
        settings,
        dimension,
        utterances,
        folded.sketch(),
        utteranceSketch,
        folded.directions(),
        sample,
        micro.snapshot(),
        new float[0]);
  }

  /** What the rank family is computed from, with the pending rows folded in. */
  FoldedFrames folded() {
    return pendingRows() == 0
        ? new FoldedFrames(frameSketch, directions)
        : folded((block, products) -> {});
  }

  private FoldedFrames folded(BiConsumer<FrameBlock, FoldProducts> also) {
    SpectrumAccumulator sketch = frameSketch.accumulator();
    DirectionMoments moments = directions;
    int rows = pendingRows();
    int most = LayerAccumulator.blockRows(settings);
    try (FoldProducts products = new HostProducts()) {
      for (int from = 0; from < rows; from += most) {
        int count = Math.min(most, rows - from);
        float[] some = Arrays.copyOfRange(pending, from * dimension, (from + count) * dimension);
        DirectionMoments.Accumulator added = new DirectionMoments.Accumulator(dimension);
        FrameBlock block = FrameBlock.of(some, count, dimension, added);
        moments = DirectionMoments.merge(moments, added.moments());
        sketch.addBlock(block, products);
        also.accept(block, products);
      }
    }
    return new FoldedFrames(sketch.finish(), moments);
  }

  /** The part of a summary that tells of all frames without naming any. */
  record FoldedFrames(SpectrumSketch sketch, DirectionMoments directions) {}

  /** Number of frames added, pending ones included. */
  public long frames() {
    return frameSketch.count() + pendingRows();
  }

  /** Number of utterances added, those without frames included. */
  public long utterances() {
    return utterances;
  }

  public int dimension() {
    return dimension;
  }

  public StatisticsSettings settings() {
    return settings;
  }

  SpectrumSketch frameSketch() {
    return frameSketch;
  }

  SpectrumSketch utteranceSketch() {
    return utteranceSketch;
  }

  DirectionMoments directions() {
    return directions;
  }

  FrameSample sample() {
    return sample;
  }

  MicroCentroids microCentroids() {
    return microCentroids;
  }

  int pendingRows() {
    return pending.length / dimension;
  }

  /** The array itself, not to be written. */
  float[] pending() {
    return pending;
  }

  void copyPendingTo(float[] target) {
    System.arraycopy(pending, 0, target, 0, pending.length);
  }

  /** The summary in the newest layout, see {@link LayerSummaryLayout}. */
  public byte[] toBytes() {
    return LayerSummaryLayout.write(this);
  }

  /**
   * Reads every version ever released.
   *
   * @throws IllegalArgumentException with a sentence when the bytes are no summary, are damaged, or
   *     come from a version that is not known here
   */
  public static LayerSummary fromBytes(byte[] bytes) {
    return LayerSummaryLayout.read(bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LayerSummary that
        && dimension == that.dimension
        && utterances == that.utterances
        && settings.equals(that.settings)
        && frameSketch.equals(that.frameSketch)
        && utteranceSketch.equals(that.utteranceSketch)
        && directions.equals(that.directions)
        && sample.equals(that.sample)
        && microCentroids.equals(that.microCentroids)
        && Arrays.equals(pending, that.pending);
  }

  @Override
  public int hashCode() {
    return 31 * Long.hashCode(frames()) + sample.hashCode();
  }

  @Override
  public String toString() {
    return "LayerSummary["
        + frames()
        + " frames of dimension "
        + dimension
        + ", "
        + utterances
        + " utterances]";
  }
}
