package io.sounding.operators.statistics;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Grows a {@link FrameSample} frame by frame. Mutable, one thread. Frames below the threshold are
 * appended; when an eighth more than the capacity is held, the surplus is dropped, which lowers the
 * threshold. The expected number of appended frames is capacity * (1 + ln(n / capacity)).
 */
final class FrameSampleAccumulator {
  private final int dimension;
  private final int capacity;
  private final int limit;
  private long threshold;
  private long[] keys;
  private int[] utterances;
  private int[] places; // a permutation: frame i is the places[i]-th of rows
  private float[] rows;
  private int size;

  FrameSampleAccumulator(FrameSample start, int capacity) {
    this.dimension = start.dimension();
    this.capacity = capacity;
    this.limit = Math.max(start.size(), capacity) + Math.max(capacity / 8, 64);
    load(start);
  }

  /**
   * Offers the frame that starts at {@code offset} of {@code frames}.
   *
   * @param utterance as {@link FrameKey#utterance} tells it
   * @param frame its index in the utterance
   */
  void offer(long utterance, int frame, float[] frames, int offset) {
    long key = FrameKey.of(utterance, frame);
    if (key >= threshold) {
      return;
    }
    if (size == limit) {
      dropSurplus();
      if (key >= threshold) {
        return;
      }
    }
    if (size == keys.length) {
      int room = Math.min(limit, Math.max(256, 2 * size));
      keys = Arrays.copyOf(keys, room);
      utterances = Arrays.copyOf(utterances, room);
      places = Arrays.copyOf(places, room);
      Arrays.setAll(places, i -> i < size ? places[i] : i);
      rows = Arrays.copyOf(rows, room * dimension);
    }
    keys[size] = key;
    utterances[size] = FrameKey.half(utterance);
    System.arraycopy(frames, offset, rows, places[size] * dimension, dimension);
    size++;
  }

  /**
   * Lowers the threshold to the smallest key that has no place, and drops the frames from there.
   */
  private void dropSurplus() {
    long[] ascending = Arrays.copyOf(keys, size);
    Arrays.sort(ascending);
    int distinct = 0;
    for (int i = 1; i < size && distinct < capacity; i++) {
      distinct += ascending[i] != ascending[i - 1] ? 1 : 0;
      threshold = distinct == capacity ? ascending[i] : threshold;
    }
    for (int i = 0; i < size; ) {
      if (keys[i] < threshold) {
        i++;
      } else {
        size--;
        keys[i] = keys[size];
        utterances[i] = utterances[size];
        int freed = places[i];
        places[i] = places[size];
        places[size] = freed;
      }
    }
    if (size == limit) {
      // the same frames again and again
      load(snapshot());
    }
  }

  FrameSample snapshot() {
    Integer[] order =
        IntStream.range(0, size)
            .boxed()
            .sorted(
                Comparator.<Integer>comparingLong(i -> keys[i])
                    .thenComparing(this::compareRows)
                    .thenComparingInt(i -> utterances[i]))
            .toArray(Integer[]::new);
    long[] sortedKeys = new long[Math.min(size, capacity)];
    int[] sortedUtterances = new int[sortedKeys.length];
    float[] sortedRows = new float[sortedKeys.length * dimension];
    long newThreshold = threshold;
    int kept = 0;
    for (int i : order) {
      if (kept > 0 && sortedKeys[kept - 1] == keys[i]) {
        continue;
      }
      if (kept == capacity) {
        newThreshold = keys[i];
        break;
      }
      sortedKeys[kept] = keys[i];
      sortedUtterances[kept] = utterances[i];
      System.arraycopy(rows, places[i] * dimension, sortedRows, kept * dimension, dimension);
      kept++;
    }
    if (kept < sortedKeys.length) {
      sortedKeys = Arrays.copyOf(sortedKeys, kept);
      sortedUtterances = Arrays.copyOf(sortedUtterances, kept);
      sortedRows = Arrays.copyOf(sortedRows, kept * dimension);
    }
    return new FrameSample(dimension, newThreshold, sortedKeys, sortedUtterances, sortedRows);
  }

  private void load(FrameSample sample) {
    threshold = sample.threshold();
    keys = sample.keys().clone();
    utterances = sample.utterances().clone();
    size = sample.size();
    places = IntStream.range(0, size).toArray();
    rows = sample.rows().clone();
  }

  private int compareRows(int a, int b) {
    int first = places[a] * dimension;
    int second = places[b] * dimension;
    return Arrays.compare(rows, first, first + dimension, rows, second, second + dimension);
  }
}
