package io.sounding.operators.statistics;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Frames that tests can describe in a line and other tools can make again. */
final class SyntheticFrames {
  private SyntheticFrames() {}

  /**
   * Row i, column j: {@code ((7919 i^2 + 104729 j^2 + 31 i j + 17 i) mod 1009 / 1009 - 0.5) / (1 +
   * j) + offset}, rounded to float32.
   */
  static float[] arithmetic(int rows, int d, double offset) {
    float[] frames = new float[rows * d];
    for (long i = 0; i < rows; i++) {
      for (long j = 0; j < d; j++) {
        long value = (i * i * 7919 + j * j * 104729 + i * j * 31 + i * 17) % 1009;
        frames[(int) (i * d + j)] = (float) ((value / 1009.0 - 0.5) / (1 + j) + offset);
      }
    }
    return frames;
  }

  /**
   * {@link #arithmetic} with {@code - offset} and then a last column that balances the others: but
   * for rounding to float32, coordinates sum to {@code d * offset} in every row.
   */
  static float[] balanced(int rows, int d, double offset) {
    float[] frames = arithmetic(rows, d, 0);
    for (int row = 0; row < rows * d; row += d) {
      double sum = 0;
      for (int j = 0; j < d - 1; j++) {
        sum += frames[row + j];
        frames[row + j] = (float) (frames[row + j] + offset);
      }
      frames[row + d - 1] = (float) (offset - sum);
    }
    return frames;
  }

  /** Gaussian frames around well separated centres, frame i around centre i mod centres. */
  static float[] blobs(int rows, int d, int centres, double spread, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] middle = new float[centres * d];
    for (int i = 0; i < middle.length; i++) {
      middle[i] = (float) random.nextGaussian(0, 10);
    }
    float[] frames = new float[rows * d];
    for (int i = 0; i < frames.length; i++) {
      int centre = i / d % centres;
      frames[i] = (float) (middle[centre * d + i % d] + random.nextGaussian(0, spread));
    }
    return frames;
  }

  static float[] rows(float[] frames, int d, int from, int to) {
    return Arrays.copyOfRange(frames, from * d, to * d);
  }

  /** All frames as utterances of some rows each (the last one may be shorter), named by number. */
  static LayerAccumulator accumulate(
      LayerAccumulator target, float[] frames, int d, int rowsEach, int firstUtterance) {
    int total = frames.length / d;
    for (int from = 0, name = firstUtterance; from < total; from += rowsEach, name++) {
      int to = Math.min(total, from + rowsEach);
      target.addUtterance("utterance-" + name, rows(frames, d, from, to), to - from);
    }
    return target;
  }

  static LayerSummary summary(float[] frames, int d, int rowsEach, StatisticsSettings settings) {
    return accumulate(new LayerAccumulator(d, settings), frames, d, rowsEach, 0).snapshot();
  }
}
