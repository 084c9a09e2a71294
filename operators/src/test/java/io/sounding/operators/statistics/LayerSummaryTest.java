package io.sounding.operators.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LayerSummaryTest {
  private static final int D = 4;
  private static final StatisticsSettings SETTINGS = new StatisticsSettings(3, 300, 16, 100, 2, 0);

  @Test
  void refusesAnotherDimension() {
    assertThatThrownBy(
            () ->
                LayerSummary.mergeAll(
                    List.of(LayerSummary.empty(4, SETTINGS), LayerSummary.empty(5, SETTINGS))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Summaries of dimension 4 and 5 cannot be merged.");
  }

  @Test
  void refusesOtherSettings() {
    LayerSummary other = LayerSummary.empty(D, StatisticsSettings.defaults());
    assertThatThrownBy(() -> LayerSummary.mergeAll(List.of(LayerSummary.empty(D, SETTINGS), other)))
        .hasMessageStartingWith("Summaries made with different settings cannot be merged");
    assertThatThrownBy(() -> LayerAccumulator.resume(other, SETTINGS, 1))
        .hasMessageStartingWith("The summary was made with");
  }

  @Test
  void refusesToMergeNothing() {
    assertThatThrownBy(() -> LayerSummary.mergeAll(List.of()))
        .hasMessage("There is no summary to merge.");
  }

  @Test
  void refusesBytesOfAnUnknownVersion() {
    byte[] bytes = bytes();
    ByteBuffer.wrap(bytes).putInt(4, 99);
    assertThatThrownBy(() -> LayerSummary.fromBytes(bytes))
        .hasMessage(
            "Unusable layer summary: its layout is version 99, but this program reads versions 1 to 4.");
  }

  /** Taken by these versions, of 1,100 frames in utterances of 50. */
  @ParameterizedTest
  @CsvSource({
    "1-exact, AUTO, 0",
    "1-frequent-directions, FREQUENT_DIRECTIONS, 3",
    "2-exact, AUTO, 0",
    "2-frequent-directions, FREQUENT_DIRECTIONS, 3",
    "3-exact, AUTO, 0",
    "3-frequent-directions, FREQUENT_DIRECTIONS, 3"
  })
  void readsEarlierVersions(String name, SketchChoice sketch, int sketchRows) throws IOException {
    StatisticsSettings settings =
        new StatisticsSettings(3, 30, 8, 100, 2, 0).withSketch(sketch, sketchRows);
    byte[] bytes;
    try (InputStream stored =
        LayerSummaryTest.class.getResourceAsStream("layer-summary-" + name + ".bin")) {
      bytes = stored.readAllBytes();
    }
    LayerSummary read = LayerSummary.fromBytes(bytes);
    float[] frames = SyntheticFrames.arithmetic(1_100, D, 2);
    LayerSummary same = SyntheticFrames.summary(frames, D, 50, settings);
    assertThat(read.settings()).isEqualTo(settings);
    assertThat(read.frames()).isEqualTo(1_100);
    assertThat(read.utterances()).isEqualTo(22);
    assertThat(read.sample().keys()).isEqualTo(same.sample().keys());
    assertThat(read.sample().rows()).isEqualTo(same.sample().rows());
    assertThat(read.sample().utterances()).as("each frame its own").doesNotHaveDuplicates();
    assertThat(read.directions()).isEqualTo(same.directions());
    assertThat(read.pending()).isEqualTo(same.pending());
    assertSameRanks(read, same);
    assertSameRanks(LayerSummary.fromBytes(read.toBytes()), same);
    LayerSummary other =
        SyntheticFrames.accumulate(new LayerAccumulator(D, settings), frames, D, 50, 100)
            .snapshot();
    assertSameRanks(
        LayerSummary.mergeAll(List.of(read, other)), LayerSummary.mergeAll(List.of(same, other)));
  }

  private static void assertSameRanks(LayerSummary actual, LayerSummary expected) {
    RankMetrics ranks = RankMetrics.of(actual);
    RankMetrics same = RankMetrics.of(expected);
    assertThat(ranks.rankMe()).isCloseTo(same.rankMe(), within(1e-10));
    assertThat(ranks.rankMeCentred()).isCloseTo(same.rankMeCentred(), within(1e-10));
    assertThat(ranks.rankMeUtterance()).isCloseTo(same.rankMeUtterance(), within(1e-10));
  }

  @Test
  void refusesForeignDamagedAndCutBytes() {
    assertThatThrownBy(() -> LayerSummary.fromBytes(new byte[100]))
        .hasMessageContaining("do not start with its mark");
    assertThatThrownBy(() -> LayerSummary.fromBytes(new byte[3]))
        .hasMessageContaining("it is cut off");
    byte[] damaged = bytes();
    damaged[200] ^= 1;
    assertThatThrownBy(() -> LayerSummary.fromBytes(damaged))
        .hasMessageContaining("its checksum does not fit");
    for (int length = 0; length < bytes().length; length += 97) {
      byte[] cut = Arrays.copyOf(bytes(), length);
      assertThatThrownBy(() -> LayerSummary.fromBytes(cut))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void refusesALengthThatDoesNotFitEvenWithTheRightChecksum() {
    byte[] bytes = bytes();
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    buffer.putInt(8, 4_000);
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, 0, bytes.length - 4);
    buffer.putInt(bytes.length - 4, (int) checksum.getValue());
    assertThatThrownBy(() -> LayerSummary.fromBytes(bytes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("does not fit");
  }

  @Test
  void refusesFramesThatAreNotFiniteAndStaysUnchanged() {
    LayerAccumulator accumulator = new LayerAccumulator(D, SETTINGS);
    accumulator.addUtterance("good", new float[] {1, 2, 3, 4}, 1);
    LayerSummary before = accumulator.snapshot();
    float[] frames = new float[3 * D];
    frames[2 * D + 1] = Float.NaN;
    assertThatThrownBy(() -> accumulator.addUtterance("bad", frames, 3))
        .isInstanceOf(NonFiniteFrameException.class)
        .hasMessage(
            "Utterance bad: frame 2 holds NaN at dimension index 1; of its 3 frames 1 hold such values.");
    frames[0] = Float.NEGATIVE_INFINITY;
    frames[D - 1] = Float.NaN;
    assertThatThrownBy(() -> accumulator.addUtterance("bad", frames, 3))
        .isInstanceOf(NonFiniteFrameException.class)
        .hasMessageContaining("frame 0 holds")
        .hasMessageContaining("2 hold such values");
    assertThat(accumulator.snapshot()).isEqualTo(before);
  }

  @Test
  void refusesFramesThatAreNotThere() {
    LayerAccumulator accumulator = new LayerAccumulator(D, SETTINGS);
    FoldProducts products = new HostProducts();
    assertThatThrownBy(() -> accumulator.addUtterance("u", new float[7], 2))
        .hasMessage("Utterance u: 2 frames of dimension 4 are not in 7 values from index 0 on.");
    assertThatThrownBy(() -> accumulator.addUtterance("u", new float[12], 8, 2, products))
        .hasMessage("Utterance u: 2 frames of dimension 4 are not in 12 values from index 8 on.");
    assertThatThrownBy(() -> accumulator.addUtterance("u", new float[12], -4, 2, products))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void countsUtterancesWithoutFrames() {
    LayerAccumulator accumulator = new LayerAccumulator(D, SETTINGS);
    accumulator.addUtterance("short", new float[0], 0);
    LayerSummary summary = accumulator.snapshot();
    assertThat(summary.utterances()).isEqualTo(1);
    assertThat(summary.frames()).isZero();
    assertThat(summary.utteranceSketch().count()).isZero();
  }

  @Test
  void fewFramesAreKeptAsTheyAre() {
    float[] frames = SyntheticFrames.arithmetic(250, D, 2);
    LayerSummary kept = finished(frames, 0, 250, SETTINGS);
    LayerSummary folded = kept.completed();
    assertThat(kept.holdsEveryFrame()).isTrue();
    assertThat(kept.frames()).isEqualTo(250);
    assertThat(kept.toBytes().length)
        .isLessThan(250 * (D * Float.BYTES + Long.BYTES + Integer.BYTES) + 500);
    assertThat(folded.holdsEveryFrame()).isFalse();
    assertThat(folded.pendingRows()).isZero();
    assertThat(folded.microCentroids().frames()).isEqualTo(250);
    assertThat(RankMetrics.of(kept)).isEqualTo(RankMetrics.of(folded));
    assertSameRanks(kept, SyntheticFrames.summary(frames, D, 50, SETTINGS));
    assertThat(ClusterMetrics.of(kept, SETTINGS)).isEqualTo(ClusterMetrics.of(folded, SETTINGS));
  }

  @Test
  void keptFramesMakeAWholeThatDoesNotDependOnHowTheyWereDivided() {
    float[] frames = SyntheticFrames.arithmetic(300, D, 2);
    LayerSummary one = finished(frames, 0, 300, SETTINGS);
    LayerSummary halves =
        LayerSummary.mergeAll(
            List.of(
                finished(frames, 100, 200, SETTINGS),
                LayerSummary.mergeAll(
                    List.of(
                        finished(frames, 200, 300, SETTINGS),
                        finished(frames, 0, 100, SETTINGS)))));
    assertThat(halves.holdsEveryFrame()).isTrue();
    assertThat(halves.sample()).isEqualTo(one.sample());
    assertThat(halves.utterances()).isEqualTo(6);
    assertThat(RankMetrics.of(halves).rankMe()).isEqualTo(RankMetrics.of(one).rankMe());
    assertThat(ClusterMetrics.of(halves, SETTINGS)).isEqualTo(ClusterMetrics.of(one, SETTINGS));
  }

  @Test
  void keptFramesAreFoldedWhenTheSampleHasNoRoomForAll() {
    float[] frames = SyntheticFrames.arithmetic(400, D, 2);
    LayerSummary whole = finished(frames, 0, 400, SETTINGS);
    LayerSummary merged =
        LayerSummary.mergeAll(
            List.of(finished(frames, 0, 200, SETTINGS), finished(frames, 200, 400, SETTINGS)));
    assertThat(merged.holdsEveryFrame()).isFalse();
    assertThat(merged.frames()).isEqualTo(400);
    assertThat(merged.pendingRows()).isZero();
    assertThat(merged.microCentroids().frames()).isEqualTo(400);
    assertThat(merged.sample()).isEqualTo(whole.sample());
    assertSameRanks(merged, whole);
  }

  @Test
  void keptFramesGoWithFoldedOnes() {
    StatisticsSettings settings = new StatisticsSettings(3, 2_000, 16, 100, 2, 0);
    float[] frames = SyntheticFrames.arithmetic(1_250, D, 2);
    LayerSummary folded = finished(frames, 0, 1_100, settings);
    LayerSummary kept = finished(frames, 1_100, 1_250, settings);
    assertThat(folded.holdsEveryFrame()).isFalse();
    assertThat(kept.holdsEveryFrame()).isTrue();
    LayerSummary merged = LayerSummary.mergeAll(List.of(folded, kept));
    assertThat(merged.frames()).isEqualTo(1_250);
    assertSameRanks(merged, SyntheticFrames.summary(frames, D, 50, settings));
  }

  /** A block takes 1,024 rows. */
  @Test
  void moreKeptFramesThanABlockTakesAreReadAndGoOn() {
    StatisticsSettings settings = new StatisticsSettings(3, 3_000, 16, 100, 2, 0);
    float[] frames = SyntheticFrames.arithmetic(2_500, D, 2);
    LayerSummary kept =
        LayerSummary.mergeAll(
            List.of(
                finished(frames, 0, 900, settings),
                finished(frames, 900, 1_800, settings),
                finished(frames, 1_800, 2_400, settings)));
    LayerSummary read = LayerSummary.fromBytes(kept.toBytes());
    assertThat(kept.pendingRows()).isEqualTo(2_400);
    assertThat(read).isEqualTo(kept);
    assertSameRanks(read, SyntheticFrames.summary(rows(frames, 0, 2_400), D, 50, settings));
    LayerAccumulator resumed = LayerAccumulator.resume(read, settings, 1);
    resumed.addUtterance("2400", rows(frames, 2_400, 2_450), 50);
    resumed.addUtterance("2450", rows(frames, 2_450, 2_500), 50);
    assertThat(resumed.snapshot().frames()).isEqualTo(2_500);
    assertSameRanks(resumed.snapshot(), SyntheticFrames.summary(frames, D, 50, settings));
  }

  /** A frame that comes twice is one of the sample, but two of the moments. */
  @Test
  void framesThatComeTwiceAreFolded() {
    float[] frames = SyntheticFrames.arithmetic(100, D, 2);
    LayerAccumulator twice = new LayerAccumulator(D, SETTINGS);
    twice.addUtterance("u", frames, 100);
    twice.addUtterance("u", frames, 100);
    LayerSummary summary = twice.finish(new HostProducts());
    assertThat(summary.holdsEveryFrame()).isFalse();
    assertThat(summary.frames()).isEqualTo(200);
    LayerSummary once = finished(frames, 0, 100, SETTINGS);
    LayerSummary merged = LayerSummary.mergeAll(List.of(once, once));
    assertThat(merged.holdsEveryFrame()).isFalse();
    assertThat(merged.frames()).isEqualTo(200);
    assertThat(merged.sample()).isEqualTo(once.sample());
  }

  private static float[] rows(float[] frames, int from, int to) {
    return SyntheticFrames.rows(frames, D, from, to);
  }

  /** In utterances of 50 that bear the index of their first frame. */
  private static LayerSummary finished(
      float[] frames, int from, int to, StatisticsSettings settings) {
    LayerAccumulator accumulator = new LayerAccumulator(D, settings);
    try (FoldProducts products = new HostProducts()) {
      for (int start = from; start < to; start += 50) {
        accumulator.addUtterance(Integer.toString(start), frames, start * D, 50, products);
      }
      return accumulator.finish(products);
    }
  }

  private static byte[] bytes() {
    return SyntheticFrames.summary(SyntheticFrames.arithmetic(900, D, 0), D, 50, SETTINGS)
        .toBytes();
  }

  @Test
  void anExactSpectrumThatFitsIntoNoArrayIsRefused() {
    StatisticsSettings exact = SETTINGS.withSketch(SketchChoice.EXACT, 0);
    assertThatThrownBy(() -> LayerSummary.empty(8_193, exact))
        .hasMessage(
            "The dimension is 8193, and the exact spectrum takes at most 8192: choose the sketch auto or frequent-directions.");
    assertThat(LayerSummary.empty(8_193, SETTINGS).dimension()).isEqualTo(8_193);
  }
}
