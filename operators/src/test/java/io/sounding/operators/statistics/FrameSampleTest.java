package io.sounding.operators.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FrameSampleTest {
  private static final int D = 3;
  private static final int CAPACITY = 100;
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;
  private static final long UTTERANCE = FrameKey.utterance("u");

  @Test
  void holdsTheFramesWithTheSmallestKeys() {
    List<Integer> frames = new ArrayList<>(IntStream.range(0, 5000).boxed().toList());
    Collections.shuffle(frames, new Random(1));
    FrameSample sample = sample(frames, CAPACITY);
    TreeMap<Long, Integer> byKey = new TreeMap<>();
    frames.forEach(frame -> byKey.put(key(frame), frame));
    List<Long> expected = byKey.keySet().stream().limit(CAPACITY).toList();
    assertThat(sample.keys()).containsExactly(expected.toArray(Long[]::new));
    for (int i = 0; i < CAPACITY; i++) {
      assertThat(sample.rows()[i * D]).isEqualTo((float) byKey.get(expected.get(i)));
    }
    assertThat(sample.complete()).isFalse();
    assertThat(sample.threshold())
        .isEqualTo(byKey.keySet().stream().skip(CAPACITY).findFirst().orElseThrow());
  }

  @Test
  void theSameFrameTwiceIsOne() {
    List<Integer> frames = IntStream.range(0, 3000).boxed().toList();
    List<Integer> twice = new ArrayList<>(frames);
    twice.addAll(frames);
    assertThat(sample(twice, CAPACITY)).isEqualTo(sample(frames, CAPACITY));
    FrameSample sample = sample(frames, CAPACITY);
    assertThat(FrameSample.union(D, List.of(sample, sample), CAPACITY)).isEqualTo(sample);
  }

  @Test
  void tellsFramesOfOneUtteranceFromThoseOfOthers() {
    StatisticsSettings settings = new StatisticsSettings(4, 60, 8, 50, 1, 0);
    LayerSummary first =
        SyntheticFrames.summary(SyntheticFrames.arithmetic(900, D, 1), D, 30, settings);
    LayerSummary second =
        SyntheticFrames.accumulate(
                new LayerAccumulator(D, settings),
                SyntheticFrames.arithmetic(900, D, 2),
                D,
                30,
                100)
            .snapshot();
    Map<Long, Integer> utterances = new HashMap<>();
    for (int utterance : new int[] {0, 1, 29, 100, 129}) {
      long key = FrameKey.utterance("utterance-" + utterance);
      for (int frame = 0; frame < 30; frame++) {
        utterances.put(FrameKey.of(key, frame), (int) (key >> 32));
      }
    }

    FrameSample sample = LayerSummary.mergeAll(List.of(first, second)).sample();

    assertThat(sample.keys()).hasSize(60);
    int known = 0;
    for (int i = 0; i < 60; i++) {
      Integer utterance = utterances.get(sample.keys()[i]);
      if (utterance != null) {
        assertThat(sample.utterances()[i]).isEqualTo(utterance);
        known++;
      }
    }
    assertThat(known).isPositive();
  }

  @Test
  void ofOneFrameWithAndWithoutItsUtteranceTheSameStaysInWhateverOrderTheyCame() {
    FrameSample sample = sample(IntStream.range(0, 80).boxed().toList(), CAPACITY);
    FrameSample earlier = withoutUtterances(sample);

    FrameSample union = FrameSample.union(D, List.of(earlier, sample), CAPACITY);

    assertThat(FrameSample.union(D, List.of(sample, earlier), CAPACITY)).isEqualTo(union);
    FrameSampleAccumulator resumed = new FrameSampleAccumulator(earlier, CAPACITY);
    for (int frame = 0; frame < 80; frame++) {
      resumed.offer(UTTERANCE, frame, new float[] {frame, frame, frame}, 0);
    }
    assertThat(resumed.snapshot()).isEqualTo(union);
  }

  /** The smallest of many keys are alike in their upper halves. */
  @Test
  void framesWithoutUtterancesAreToldApartByTheHalvesOfTheirKeysThatDiffer() {
    long[] keys = IntStream.range(0, 1_000).mapToLong(i -> i * GOLDEN >>> 24).sorted().toArray();
    FrameSample sample =
        new FrameSample(1, Long.MAX_VALUE, keys, new int[keys.length], new float[keys.length]);

    assertThat(withoutUtterances(sample).utterances()).doesNotHaveDuplicates();
  }

  @Test
  void isCompleteUpToItsCapacity() {
    assertThat(sample(IntStream.range(0, CAPACITY).boxed().toList(), CAPACITY).complete()).isTrue();
    assertThat(sample(IntStream.range(0, CAPACITY + 1).boxed().toList(), CAPACITY).complete())
        .isFalse();
  }

  @Test
  void ofMoreFramesThanAnArrayHoldsItIsAsManyAsItDoes() {
    int held = FrameSample.capacity(Integer.MAX_VALUE, 768, 1);
    assertThat(held).isEqualTo(486_381); // of 3,084 bytes each
    assertThat(FrameSample.capacity(held, 768, 1)).isEqualTo(held);
    int part = FrameSample.capacity(Integer.MAX_VALUE, 768, 0.25);
    assertThat(part).isEqualTo(123_720); // a quarter, six times its square root, and 32

    FrameSampleAccumulator accumulator =
        new FrameSampleAccumulator(
            FrameSample.empty(1), FrameSample.capacity(Integer.MAX_VALUE, 1, 1));
    accumulator.offer(UTTERANCE, 0, new float[] {3}, 0);
    assertThat(FrameSample.union(1, List.of(accumulator.snapshot()), Integer.MAX_VALUE).rows())
        .containsExactly(3);
  }

  @Test
  void samplesOfSmallerCapacityMergeIntoAllFramesBelowTheLowestThreshold() {
    FrameSample small = sample(IntStream.range(0, 2000).boxed().toList(), 20);
    FrameSample large = sample(IntStream.range(2000, 4000).boxed().toList(), CAPACITY);
    FrameSample union = FrameSample.union(D, List.of(small, large), CAPACITY);
    long[] expected =
        IntStream.range(0, 4000)
            .mapToLong(FrameSampleTest::key)
            .filter(key -> key < small.threshold())
            .sorted()
            .toArray();
    assertThat(union.keys()).containsExactly(expected);
  }

  @Test
  void twoCheckpointsAreScoredOnTheSameFrames() {
    StatisticsSettings settings = new StatisticsSettings(4, 60, 8, 50, 1, 0);
    LayerSummary one = SyntheticFrames.summary(new float[900 * D], D, 30, settings);
    LayerSummary two =
        SyntheticFrames.summary(SyntheticFrames.arithmetic(900, D, 1), D, 30, settings);
    assertThat(two.sample().keys()).containsExactly(one.sample().keys());
    assertThat(two.sample().rows()).isNotEqualTo(one.sample().rows());
  }

  private static FrameSample sample(List<Integer> frames, int capacity) {
    FrameSampleAccumulator accumulator = new FrameSampleAccumulator(FrameSample.empty(D), capacity);
    for (int frame : frames) {
      accumulator.offer(UTTERANCE, frame, new float[] {9, frame, frame, frame}, 1);
    }
    return accumulator.snapshot();
  }

  /** As it is read from a summary that does not tell utterances. */
  private static FrameSample withoutUtterances(FrameSample sample) {
    ByteBuffer bytes = ByteBuffer.allocate(sample.byteSize());
    bytes.putLong(sample.threshold()).putInt(sample.size());
    ArrayBytes.put(bytes, sample.keys());
    ArrayBytes.put(bytes, sample.rows(), sample.rows().length);
    return FrameSample.readWithoutUtterances(bytes.flip(), sample.dimension());
  }

  private static long key(int frame) {
    return FrameKey.of(UTTERANCE, frame);
  }
}
