package io.sounding.operators.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every mergeable keeps to, at the tolerance it declares (relative to its largest value). */
class MergeableContractTest {
  private static final int D = 6;
  private static final int ROWS = 1_300;
  private static final StatisticsSettings SETTINGS = new StatisticsSettings(8, 400, 32, 200, 2, 5);

  /**
   * A mergeable under test.
   *
   * @param settings with which summaries are made
   * @param ofSummary the part of a summary it is
   * @param merge the merge of a list
   * @param toBytes its layout
   * @param fromBytes the reader of its layout
   * @param values what must not depend on the order of merging
   * @param tolerance how far those may be off, relative to the largest
   */
  private record Mergeable<T>(
      String name,
      StatisticsSettings settings,
      Function<LayerSummary, T> ofSummary,
      Function<List<T>, T> merge,
      Function<T, byte[]> toBytes,
      Function<byte[], T> fromBytes,
      Function<T, double[]> values,
      double tolerance) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Mergeable<?>> mergeables() {
    return Stream.of(
        new Mergeable<>(
            "second moments",
            SETTINGS,
            summary -> summary.completed().frameSketch(),
            MergeableContractTest::mergeMoments,
            moments -> written(moments.byteSize(), moments, SpectrumSketch::write),
            bytes -> SpectrumSketch.read(ByteBuffer.wrap(bytes), D),
            sketch -> {
              SecondMoments moments = (SecondMoments) sketch;
              return concat(moments.mean(), moments.centred(), moments.uncentred());
            },
            1e-13),
        new Mergeable<>(
            "utterance sums",
            SETTINGS,
            LayerSummary::utteranceSketch,
            MergeableContractTest::mergeMoments,
            moments -> written(moments.byteSize(), moments, SpectrumSketch::write),
            bytes -> SpectrumSketch.read(ByteBuffer.wrap(bytes), D),
            sketch ->
                concat(
                    sketch.centredSpectrum().eigenvalues(),
                    sketch.uncentredSpectrum().spectrum().eigenvalues()),
            1e-13),
        frequentDirections(
            "frequent directions, the moments that are exact",
            2,
            sketch -> concat(sketch.mean(), new double[] {sketch.count(), sketch.trace()}),
            1e-13),
        frequentDirections(
            "frequent directions moments, as many rows as dimensions",
            D,
            sketch ->
                concat(
                    sketch.centredSpectrum().eigenvalues(),
                    sketch.uncentredSpectrum().spectrum().eigenvalues()),
            1e-12),
        // another order gives another sketch: what holds of each is tested as a property in
        // FrequentDirectionsGuaranteeTest; these are as close as their estimates are good
        frequentDirections(
            "frequent directions, fewer rows than dimensions",
            3,
            sketch ->
                new double[] {
                  sketch.uncentredSpectrum().rankMe(), sketch.centredSpectrum().rankMe()
                },
            0.05),
        new Mergeable<>(
            "direction moments",
            SETTINGS,
            summary -> summary.completed().directions(),
            parts -> parts.stream().reduce(DirectionMoments.empty(D), DirectionMoments::merge),
            moments -> written(DirectionMoments.byteSize(D), moments, DirectionMoments::writeTo),
            bytes -> DirectionMoments.readFrom(ByteBuffer.wrap(bytes), D),
            moments ->
                new double[] {moments.anisotropy(), moments.meanNorm(), moments.normalisedStd()},
            1e-13),
        new Mergeable<>(
            "frame sample",
            SETTINGS,
            LayerSummary::sample,
            parts -> FrameSample.union(D, parts, SETTINGS.sampleFrames()),
            sample -> written(sample.byteSize(), sample, FrameSample::writeTo),
            bytes -> FrameSample.readFrom(ByteBuffer.wrap(bytes), D),
            sample ->
                concat(
                    Arrays.stream(sample.keys()).asDoubleStream().toArray(),
                    IntStream.range(0, sample.rows().length)
                        .mapToDouble(i -> sample.rows()[i])
                        .toArray()),
            0),
        new Mergeable<>(
            "micro-centroids",
            SETTINGS,
            summary -> summary.completed().microCentroids(),
            parts -> MicroCentroids.union(D, parts),
            micro -> written(micro.byteSize(), micro, MicroCentroids::writeTo),
            bytes -> MicroCentroids.readFrom(ByteBuffer.wrap(bytes), D),
            micro -> concat(micro.weights(), micro.means()),
            0),
        new Mergeable<>(
            "layer summary, rank",
            SETTINGS,
            summary -> summary,
            LayerSummary::mergeAll,
            LayerSummary::toBytes,
            LayerSummary::fromBytes,
            summary -> {
              RankMetrics rank = RankMetrics.of(summary);
              return new double[] {
                rank.rankMe(), rank.rankMeCentred(), rank.rankMeUtterance(), rank.stableRank()
              };
            },
            1e-10),
        new Mergeable<>(
            "layer summary, frequent directions",
            SETTINGS.withSketch(SketchChoice.FREQUENT_DIRECTIONS, 4),
            summary -> summary,
            LayerSummary::mergeAll,
            LayerSummary::toBytes,
            LayerSummary::fromBytes,
            summary -> {
              RankMetrics rank = RankMetrics.of(summary);
              return new double[] {rank.rankMe(), rank.rankMeCentred(), rank.stableRank()};
            },
            0.05),
        new Mergeable<>(
            "layer summary, clusters",
            SETTINGS,
            summary -> summary,
            LayerSummary::mergeAll,
            LayerSummary::toBytes,
            LayerSummary::fromBytes,
            summary -> {
              ClusterMetrics clusters = ClusterMetrics.of(summary, SETTINGS);
              return new double[] {
                clusters.inertiaPerFrame(),
                clusters.daviesBouldin(),
                clusters.silhouette(),
                clusters.calinskiHarabasz()
              };
            },
            0));
  }

  private static Mergeable<SpectrumSketch> frequentDirections(
      String name, int rows, Function<FrequentDirections, double[]> values, double tolerance) {
    return new Mergeable<>(
        name,
        SETTINGS.withSketch(SketchChoice.FREQUENT_DIRECTIONS, rows),
        summary -> summary.completed().frameSketch(),
        parts -> {
          SpectrumAccumulator sum = FrequentDirections.empty(D, rows).accumulator();
          parts.forEach(sum::add);
          return sum.snapshot();
        },
        sketch -> written(sketch.byteSize(), sketch, SpectrumSketch::write),
        bytes -> SpectrumSketch.read(ByteBuffer.wrap(bytes), D),
        sketch -> values.apply((FrequentDirections) sketch),
        tolerance);
  }

  static Stream<Mergeable<?>> blindToUtterances() {
    return mergeables().filter(mergeable -> mergeable.name.contains("moments"));
  }

  @ParameterizedTest
  @MethodSource("mergeables")
  <T> void emptyIsTheIdentity(Mergeable<T> mergeable) {
    T empty = mergeable.ofSummary.apply(LayerSummary.empty(D, mergeable.settings));
    T some = mergeable.ofSummary.apply(shards(mergeable.settings, 1).get(0));
    double[] expected = mergeable.values.apply(mergeable.merge.apply(List.of(some)));
    assertClose(mergeable, mergeable.merge.apply(List.of(empty, some)), expected);
    assertClose(mergeable, mergeable.merge.apply(List.of(some, empty)), expected);
    assertThat(mergeable.merge.apply(List.of(empty, empty))).isEqualTo(empty);
  }

  @ParameterizedTest
  @MethodSource("mergeables")
  <T> void theOrderOfMergingDoesNotMatter(Mergeable<T> mergeable) {
    List<T> parts =
        new ArrayList<>(shards(mergeable.settings, 7).stream().map(mergeable.ofSummary).toList());
    double[] expected = mergeable.values.apply(mergeable.merge.apply(parts));
    for (int seed = 0; seed < 5; seed++) {
      Collections.shuffle(parts, new Random(seed));
      assertClose(mergeable, mergeable.merge.apply(parts), expected);
      T left = mergeable.merge.apply(parts.subList(0, 3));
      T right = mergeable.merge.apply(parts.subList(3, 7));
      assertClose(mergeable, mergeable.merge.apply(List.of(right, left)), expected);
    }
  }

  @ParameterizedTest
  @MethodSource("mergeables")
  <T> void mergingChangesNeitherArgument(Mergeable<T> mergeable) {
    List<T> parts = shards(mergeable.settings, 3).stream().map(mergeable.ofSummary).toList();
    List<byte[]> before = parts.stream().map(mergeable.toBytes).toList();
    mergeable.values.apply(mergeable.merge.apply(parts));
    for (int i = 0; i < parts.size(); i++) {
      assertThat(mergeable.toBytes.apply(parts.get(i))).isEqualTo(before.get(i));
    }
  }

  @ParameterizedTest
  @MethodSource("mergeables")
  <T> void bytesCarryEverything(Mergeable<T> mergeable) {
    for (LayerSummary summary :
        List.of(
            LayerSummary.empty(D, mergeable.settings),
            shards(mergeable.settings, 2).get(1),
            LayerSummary.mergeAll(shards(mergeable.settings, 4)),
            finished(mergeable.settings, 100),
            finished(mergeable.settings, ROWS))) {
      T part = mergeable.ofSummary.apply(summary);
      byte[] bytes = mergeable.toBytes.apply(part);
      T read = mergeable.fromBytes.apply(bytes);
      assertThat(read).isEqualTo(part).hasSameHashCodeAs(part);
      assertThat(mergeable.toBytes.apply(read)).isEqualTo(bytes);
    }
  }

  @ParameterizedTest
  @MethodSource("mergeables")
  <T> void resumingIsTheSameAsNeverStopping(Mergeable<T> mergeable) {
    float[] frames = SyntheticFrames.arithmetic(ROWS, D, 2);
    LayerAccumulator uninterrupted = new LayerAccumulator(D, mergeable.settings);
    LayerAccumulator resumed = new LayerAccumulator(D, mergeable.settings);
    for (int from = 0; from < ROWS; from += 65) {
      float[] rows = SyntheticFrames.rows(frames, D, from, from + 65);
      uninterrupted.addUtterance("u" + from, rows, 65);
      resumed.addUtterance("u" + from, rows, 65);
      byte[] state = resumed.snapshot().toBytes();
      resumed = LayerAccumulator.resume(LayerSummary.fromBytes(state), mergeable.settings, 1);
    }
    T expected = mergeable.ofSummary.apply(uninterrupted.snapshot());
    T actual = mergeable.ofSummary.apply(resumed.snapshot());
    assertThat(mergeable.toBytes.apply(actual)).isEqualTo(mergeable.toBytes.apply(expected));
  }

  @ParameterizedTest
  @MethodSource("blindToUtterances")
  <T> void chunkingIntoUtterancesDoesNotMatterWhereNamesDoNotCount(Mergeable<T> mergeable) {
    float[] frames = SyntheticFrames.arithmetic(ROWS, D, 2);
    double[] expected = null;
    for (int rowsEach : new int[] {ROWS, 1, 7, 512, 513}) {
      T part =
          mergeable.ofSummary.apply(
              SyntheticFrames.summary(frames, D, rowsEach, mergeable.settings));
      expected = expected == null ? mergeable.values.apply(part) : expected;
      assertClose(mergeable, part, expected);
    }
  }

  private static List<LayerSummary> shards(StatisticsSettings settings, int count) {
    float[] frames = SyntheticFrames.arithmetic(ROWS, D, 2);
    int rows = ROWS / count;
    return IntStream.range(0, count)
        .mapToObj(
            shard ->
                SyntheticFrames.accumulate(
                        new LayerAccumulator(D, settings),
                        SyntheticFrames.rows(frames, D, shard * rows, (shard + 1) * rows),
                        D,
                        40,
                        1_000 * shard)
                    .snapshot())
        .toList();
  }

  private static LayerSummary finished(StatisticsSettings settings, int rows) {
    try (FoldProducts products = new HostProducts()) {
      return SyntheticFrames.accumulate(
              new LayerAccumulator(D, settings), SyntheticFrames.arithmetic(rows, D, 2), D, 40, 0)
          .finish(products);
    }
  }

  private static SpectrumSketch mergeMoments(List<SpectrumSketch> parts) {
    SpectrumAccumulator sum = KeptRows.empty(D).accumulator();
    parts.forEach(sum::add);
    return sum.snapshot();
  }

  private static <T> byte[] written(int size, T part, BiConsumer<T, ByteBuffer> writer) {
    ByteBuffer target = ByteBuffer.allocate(size);
    writer.accept(part, target);
    assertThat(target.hasRemaining()).isFalse();
    return target.array();
  }

  private static double[] concat(double[]... arrays) {
    return Arrays.stream(arrays).flatMapToDouble(Arrays::stream).toArray();
  }

  private static <T> void assertClose(Mergeable<T> mergeable, T actual, double[] expected) {
    double[] values = mergeable.values.apply(actual);
    double scale = Arrays.stream(expected).map(Math::abs).max().orElse(0);
    assertThat(values).hasSameSizeAs(expected);
    for (int i = 0; i < values.length; i++) {
      assertThat(values[i]).isCloseTo(expected[i], within(mergeable.tolerance * scale));
    }
  }
}
