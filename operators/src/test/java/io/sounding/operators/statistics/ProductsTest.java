package io.sounding.operators.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProductsTest {
  private static final int RANGE = 1024;

  /** A range of many tiles, a last tile that is not full, a single row, and one tile for all. */
  @ParameterizedTest
  @CsvSource({"2700, 768", "2700, 145", "1025, 33", "5, 2"})
  void tiledRowsAreMultipliedAsOneByOne(int count, int d) {
    int others = 9;
    float[] rows = values(1, count * d);
    float[] vectors = values(2, others * d);
    try (Products.Rows tiled = new Products.Rows(rows, count, d, RANGE)) {
      for (int from = 0; from < count; from += RANGE) {
        int m = Math.min(RANGE, count - from);
        float[] products = new float[others * m];
        tiled.multiply(vectors, others, from, m, products);
        for (int i = 0; i < others; i++) {
          for (int row = 0; row < m; row += 7) {
            double expected = 0;
            for (int j = 0; j < d; j++) {
              expected += (double) vectors[i * d + j] * rows[(from + row) * d + j];
            }
            assertThat((double) products[i * m + row])
                .as("%d x row %d", i, from + row)
                .isCloseTo(expected, within(1e-6 * d));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 10", "0, 3000"})
  void aRangeOfOtherRowsIsRefused(int from, int m) {
    int d = 768;
    try (Products.Rows tiled = new Products.Rows(values(1, 2000 * d), 2000, d, RANGE)) {
      assertThatThrownBy(() -> tiled.multiply(new float[d], 1, from, m, new float[m]))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static float[] values(long seed, int length) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }
}
