package io.sounding.operators.statistics;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * The frames with the smallest {@link FrameKey}s: a uniform sample without replacement that does
 * not depend on order, and that is the same set of frames for every checkpoint. Immutable.
 *
 * <p>It holds <em>all</em> frames whose key is below {@link #threshold()}, sorted by key; the
 * threshold is the smallest key that had to be left out, {@link Long#MAX_VALUE} when none was. So
 * samples of different capacity still merge into a correct one (bottom-k sketch; Cohen and Kaplan,
 * PODC 2007).
 *
 * <p>Shapes: {@code keys[m]} ascending; {@code utterances[m]}, the utterance that each frame is of
 * ({@link FrameKey#half}); {@code rows[m * d]} row-major, float32 as they came. The same frame
 * added twice is one frame. Should two rows share a key all the same, the lexicographically smaller
 * one stays, of equal rows that of the smaller utterance, in whatever order they came.
 */
final class FrameSample {
  /** Beside the rest of a summary there is room for so many in an array. */
  private static final long MOST_BYTES = 1_500_000_000;

  private final int dimension;
  private final long threshold;
  private final long[] keys;
  private final int[] utterances;
  private final float[] rows;

  /** Takes ownership of the arrays. */
  FrameSample(int dimension, long threshold, long[] keys, int[] utterances, float[] rows) {
    ArrayBytes.require(
        utterances.length == keys.length && rows.length == (long) keys.length * dimension,
        "the sample has the wrong length");
    for (int i = 0; i < keys.length; i++) {
      ArrayBytes.require(
          keys[i] < threshold && (i == 0 || keys[i - 1] < keys[i]),
          "the sample is not sorted by key");
    }
    this.dimension = dimension;
    this.threshold = threshold;
    this.keys = keys;
    this.utterances = utterances;
    this.rows = rows;
  }

  static FrameSample empty(int dimension) {
    return new FrameSample(dimension, Long.MAX_VALUE, new long[0], new int[0], new float[0]);
  }

  /**
   * How many frames to keep of a part, so that the sample of the whole is hardly ever smaller for
   * it: of m frames sampled, a part with this share of all frames holds {@code m share} on average
   * and six standard deviations more less than once in 1e9. Should it hold more all the same,
   * {@link #threshold()} tells, and the sample of the whole is a little smaller, but correct.
   *
   * @param sampleFrames m; no more than one array has room for
   * @param share the part's share of all frames, as far as known beforehand
   */
  static int capacity(int sampleFrames, int dimension, double share) {
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "A share is above 0 and at most 1, but this is " + share + ".");
    }
    int most = held(sampleFrames, dimension);
    double expected = most * share;
    return (int) Math.min(most, Math.ceil(expected + 6 * Math.sqrt(expected) + 32));
  }

  private static int held(int frames, int dimension) {
    return (int) Math.min(frames, MOST_BYTES / bytesOfEach(dimension));
  }

  private static long bytesOfEach(int dimension) {
    return Long.BYTES + Integer.BYTES + (long) dimension * Float.BYTES;
  }

  /** Bytes of a sample of at most {@code sampleFrames} of so many frames. */
  static long bytes(int sampleFrames, int dimension, double frames) {
    return (long) (Math.min(held(sampleFrames, dimension), frames) * bytesOfEach(dimension));
  }

  int size() {
    return keys.length;
  }

  int dimension() {
    return dimension;
  }

  long threshold() {
    return threshold;
  }

  /** Whether no frame was left out. */
  boolean complete() {
    return threshold == Long.MAX_VALUE;
  }

  /** The array itself, not to be written. */
  long[] keys() {
    return keys;
  }

  /** The array itself, not to be written. */
  int[] utterances() {
    return utterances;
  }

  /** The array itself, not to be written. */
  float[] rows() {
    return rows;
  }

  /** The sample of all frames seen by any of the parts; O(sampleFrames * log(parts)). */
  static FrameSample union(int dimension, List<FrameSample> parts, int sampleFrames) {
    int capacity = held(sampleFrames, dimension);
    long threshold = Long.MAX_VALUE;
    long total = 0;
    PriorityQueue<Cursor> cursors = new PriorityQueue<>(Cursor.ORDER);
    for (FrameSample part : parts) {
      threshold = Math.min(threshold, part.threshold);
      total += part.size();
      if (part.size() > 0) {
        cursors.add(new Cursor(part));
      }
    }
    int limit = (int) Math.min(total, capacity);
    long[] keys = new long[limit];
    int[] utterances = new int[limit];
    float[] rows = new float[limit * dimension];
    int size = 0;
    while (!cursors.isEmpty() && cursors.peek().key() < threshold) {
      Cursor next = cursors.poll();
      if (size == 0 || keys[size - 1] != next.key()) {
        if (size == capacity) {
          threshold = next.key();
          break;
        }
        keys[size] = next.key();
        utterances[size] = next.utterance();
        System.arraycopy(
            next.sample.rows, next.position * dimension, rows, size * dimension, dimension);
        size++;
      }
      if (++next.position < next.sample.size()) {
        cursors.add(next);
      }
    }
    if (size < limit) {
      keys = Arrays.copyOf(keys, size);
      utterances = Arrays.copyOf(utterances, size);
      rows = Arrays.copyOf(rows, size * dimension);
    }
    return new FrameSample(dimension, threshold, keys, utterances, rows);
  }

  private static final class Cursor {
    static final Comparator<Cursor> ORDER =
        Comparator.comparingLong(Cursor::key)
            .thenComparing(Cursor::compareRows)
            .thenComparingInt(Cursor::utterance);
    private final FrameSample sample;
    private int position;

    Cursor(FrameSample sample) {
      this.sample = sample;
    }

    long key() {
      return sample.keys[position];
    }

    int utterance() {
      return sample.utterances[position];
    }

    int compareRows(Cursor other) {
      int d = sample.dimension;
      return Arrays.compare(
          sample.rows,
          position * d,
          (position + 1) * d,
          other.sample.rows,
          other.position * d,
          (other.position + 1) * d);
    }
  }

  int byteSize() {
    return Long.BYTES
        + Integer.BYTES
        + keys.length * (Long.BYTES + Integer.BYTES)
        + rows.length * Float.BYTES;
  }

  void writeTo(ByteBuffer target) {
    target.putLong(threshold).putInt(keys.length);
    ArrayBytes.put(target, keys);
    ArrayBytes.put(target, utterances);
    ArrayBytes.put(target, rows, rows.length);
  }

  static FrameSample readFrom(ByteBuffer source, int dimension) {
    return readFrom(source, dimension, true);
  }

  /**
   * Reads a sample that was written before utterances were: each frame counts as one of its own,
   * told by the lower half of its key, since the upper ones of small keys are alike.
   */
  static FrameSample readWithoutUtterances(ByteBuffer source, int dimension) {
    return readFrom(source, dimension, false);
  }

  private static FrameSample readFrom(ByteBuffer source, int dimension, boolean ofUtterances) {
    long threshold = source.getLong();
    int size = source.getInt();
    long[] keys = ArrayBytes.longs(source, size);
    int[] utterances =
        ofUtterances
            ? ArrayBytes.ints(source, size)
            : Arrays.stream(keys).mapToInt(key -> (int) key).toArray();
    float[] rows = ArrayBytes.floats(source, (long) size * dimension);
    return new FrameSample(dimension, threshold, keys, utterances, rows);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FrameSample that
        && dimension == that.dimension
        && threshold == that.threshold
        && Arrays.equals(keys, that.keys)
        && Arrays.equals(utterances, that.utterances)
        && Arrays.equals(rows, that.rows);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(keys) + Arrays.hashCode(rows);
  }
}
