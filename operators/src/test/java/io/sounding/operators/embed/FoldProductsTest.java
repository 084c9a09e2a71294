package io.sounding.operators.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import io.sounding.operators.statistics.FoldProducts;
import io.sounding.operators.statistics.HostProducts;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Products wherever they are made, against sums in plain Java with 40 digits. */
class FoldProductsTest {

  private static final int ROWS = 37;
  private static final int D = 11;

  private static NDManager device;

  @BeforeAll
  static void openDevice() {
    device = NDManager.newBaseManager("PyTorch");
  }

  @AfterAll
  static void closeDevice() {
    device.close();
  }

  static Stream<Arguments> products() {
    return Stream.of(
        Arguments.of(Named.of("host", new HostProducts())),
        Arguments.of(Named.of("device", new DeviceProducts(device))));
  }

  @ParameterizedTest
  @MethodSource("products")
  void addsTheCentredGramInFloat64EvenWhenTheMeanIsLarge(FoldProducts products) {
    float[] rows = values(ROWS * D, 1, 10_000);
    double[] mean = new SplittableRandom(2).doubles(D, 9_999, 10_001).toArray();
    double[] shift = new SplittableRandom(3).doubles(D, -5, 5).toArray();
    double[] packed = new SplittableRandom(4).doubles(D * (D + 1) / 2).toArray();
    double[] before = packed.clone();
    for (int repetition = 1; repetition <= 2; repetition++) {
      products.addCentredGram(rows, ROWS, mean, shift, packed);
      int position = 0;
      for (int i = 0; i < D; i++) {
        for (int j = i; j < D; j++) {
          double expected = before[position] + repetition * gram(rows, mean, shift, i, j);
          assertThat(packed[position++]).isCloseTo(expected, within(1e-11 * 1_000));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("products")
  void multipliesTheChosenRowsOnly(FoldProducts products) {
    float[] x = values(ROWS * D, 5, 100);
    int[] others = {30, 2, 2, 36, 0};
    double[] centre = new double[D];
    Arrays.setAll(centre, j -> 99 + j / 8.0);
    double[] squaredNorms = new double[ROWS];
    float[] out = new float[ROWS * ROWS];
    out[8 * 5] = 77;
    products.load(x, ROWS, centre, 0.5, squaredNorms);
    products.multiply(3, 8, others, 5, out);
    for (int i = 0; i < 8; i++) {
      for (int j = 0; j < 5; j++) {
        double expected = 0;
        for (int c = 0; c < D; c++) {
          double other = (x[others[j] * D + c] - centre[c]) * 0.5;
          expected += (x[(3 + i) * D + c] - centre[c]) * 0.5 * other;
        }
        assertThat((double) out[i * 5 + j]).isCloseTo(expected, within(1e-5));
      }
    }
    for (int i = 0; i < ROWS; i++) {
      double expected = 0;
      for (int c = 0; c < D; c++) {
        expected += Math.pow((x[i * D + c] - centre[c]) * 0.5, 2);
      }
      assertThat(squaredNorms[i]).isCloseTo(expected, within(1e-6 * expected));
    }
    assertThat(out[8 * 5]).isEqualTo(77);
    products.multiply(3, 0, others, 5, out);
    products.multiply(3, 8, others, 0, out);
    assertThat(out[8 * 5]).isEqualTo(77);
  }

  @ParameterizedTest
  @MethodSource("products")
  void scalesRowsWhoseDifferenceFromTheCentreIsNoFloat32(FoldProducts products) {
    double huge = 3e38f;
    double[] squaredNorm = new double[1];
    products.load(new float[] {(float) huge}, 1, new double[] {-huge}, 0x1p-128, squaredNorm);
    assertThat(squaredNorm[0]).isCloseTo(Math.pow(2 * huge * 0x1p-128, 2), within(1e-6));
    products.load(new float[] {(float) huge}, 1, new double[] {-huge}, 1, squaredNorm);
    assertThat(squaredNorm[0]).isInfinite();
  }

  /** One point is so far off that float32 products with it are infinite, their sums NaN. */
  @ParameterizedTest
  @MethodSource("products")
  void findsTheNearestPointOfTheChosenRows(FoldProducts products) {
    int points = 9;
    int[] added = {36, 5, 20};
    float[] x = values(ROWS * D, 7, 0);
    float[] y = values(points * D, 8, 0);
    Arrays.fill(y, (points - 1) * D, points * D, 3e38f);
    float[] squaredNorms = new float[points];
    for (int c = 0; c < points; c++) {
      squaredNorms[c] = (float) squaredNorm(y, c);
    }
    float[] all = Arrays.copyOf(y, (points + added.length) * D);
    for (int i = 0; i < added.length; i++) {
      System.arraycopy(x, added[i] * D, all, (points + i) * D, D);
    }
    products.load(x, ROWS, new double[D], 1, new double[ROWS]);
    products.setPoints(y, new float[1]);
    products.setPoints(y, squaredNorms);
    assertNearest(products, x, y, 0, points);
    products.addPoints(added, 2);
    assertNearest(products, x, all, 0, points + 2);
    products.addPoints(new int[] {20}, 1);
    assertNearest(products, x, all, 0, points + 3);
    assertNearest(products, x, all, 3, points + 3);
    assertNearest(products, x, all, points + 1, points + 3);
    products.load(x, ROWS, new double[D], 1, new double[ROWS]);
    products.setPoints(new float[0], new float[0]);
    products.addPoints(added, 3);
    assertNearest(products, x, Arrays.copyOfRange(all, points * D, all.length), 0, 3);
  }

  @Test
  void leavesNothingOnTheDeviceButRowsAndPoints() {
    try (NDManager manager = device.newSubManager()) {
      DeviceProducts products = new DeviceProducts(manager);
      float[] x = values(ROWS * D, 9, 0);
      for (int block = 0; block < 3; block++) {
        products.addCentredGram(x, ROWS, new double[D], new double[D], new double[D * (D + 1) / 2]);
        products.load(x, ROWS, new double[D], 1, new double[ROWS]);
        assertThat(manager.getManagedArrays()).hasSize(1);
        products.setPoints(Arrays.copyOf(x, 5 * D), new float[5]);
        products.addPoints(new int[] {30, 31}, 2);
        products.multiply(2, 10, new int[] {5, 6}, 2, new float[20]);
        products.nearest(0, ROWS, 1, new float[ROWS], new int[ROWS]);
        assertThat(manager.getManagedArrays()).hasSize(3);
      }
      products.close();
      assertThat(manager.getManagedArrays()).isEmpty();
    }
  }

  private static void assertNearest(
      FoldProducts products, float[] x, float[] points, int first, int end) {
    float[] least = new float[20];
    int[] index = new int[20];
    products.nearest(4, 20, first, least, index);
    for (int i = 0; i < 20; i++) {
      double expected = Double.POSITIVE_INFINITY;
      for (int c = first; c < end; c++) {
        expected = Math.min(expected, squaredDistance(x, 4 + i, points, c));
      }
      assertThat(squaredDistance(x, 4 + i, points, index[i])).isEqualTo(expected);
      assertThat(index[i]).isBetween(first, end - 1);
      assertThat(least[i] + squaredNorm(x, 4 + i)).isCloseTo(expected, within(1e-5));
    }
  }

  private static double squaredNorm(float[] x, int row) {
    return squaredDistance(x, row, new float[D], 0);
  }

  private static double squaredDistance(float[] x, int row, float[] y, int point) {
    double sum = 0;
    for (int j = 0; j < D; j++) {
      double difference = (double) x[row * D + j] - y[point * D + j];
      sum += difference * difference;
    }
    return sum;
  }

  private static double gram(float[] rows, double[] mean, double[] shift, int i, int j) {
    BigDecimal sum = new BigDecimal(shift[i]).multiply(new BigDecimal(shift[j]));
    for (int row = 0; row < ROWS; row++) {
      BigDecimal a = new BigDecimal(rows[row * D + i]).subtract(new BigDecimal(mean[i]));
      BigDecimal b = new BigDecimal(rows[row * D + j]).subtract(new BigDecimal(mean[j]));
      sum = sum.add(a.multiply(b), new MathContext(40));
    }
    return sum.doubleValue();
  }

  private static float[] values(int count, long seed, double offset) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (offset + random.nextGaussian());
    }
    return values;
  }
}
