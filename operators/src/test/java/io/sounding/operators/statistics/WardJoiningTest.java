package io.sounding.operators.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against the costs of all pairs, from the means as they are. */
class WardJoiningTest {
  private static final int D = 5;

  @ParameterizedTest
  @CsvSource({"0, 1", "4096, 1", "0, 1e18", "0, 1e-18"})
  void theCheapestOfAllPairsIsJoinedNext(double offset, double scale) {
    SplittableRandom random = new SplittableRandom(8);
    int size = 40;
    double[] means = random.doubles(size * D, -1, 1).map(x -> scale * (offset + x)).toArray();
    System.arraycopy(means, 0, means, 3 * D, D);
    long[] counts = random.longs(size, 1, 9).toArray();
    Offset<Double> rounding = within(1e-5 * scale * scale);
    WardJoining joining = new WardJoining(counts, means, size, D);
    for (; size > 1; size--) {
      double cheapest = Double.POSITIVE_INFINITY;
      for (int a = 0; a < size; a++) {
        for (int b = a + 1; b < size; b++) {
          cheapest = Math.min(cheapest, cost(counts, means, a, b));
        }
      }
      WardJoining.Pair pair = joining.next();
      assertThat(pair.a()).isLessThan(pair.b());
      assertThat(pair.b()).isLessThan(size);
      assertThat(pair.cost()).isCloseTo(cheapest, rounding);
      assertThat(cost(counts, means, pair.a(), pair.b())).isCloseTo(cheapest, rounding);
      join(counts, means, pair, size - 1);
    }
  }

  private static double cost(long[] counts, double[] means, int a, int b) {
    double squared = 0;
    for (int j = 0; j < D; j++) {
      squared += Math.pow(means[a * D + j] - means[b * D + j], 2);
    }
    return squared * counts[a] * counts[b] / (counts[a] + counts[b]);
  }

  private static void join(long[] counts, double[] means, WardJoining.Pair pair, int last) {
    long total = counts[pair.a()] + counts[pair.b()];
    for (int j = 0; j < D; j++) {
      means[pair.a() * D + j] =
          (counts[pair.a()] * means[pair.a() * D + j] + counts[pair.b()] * means[pair.b() * D + j])
              / total;
      means[pair.b() * D + j] = means[last * D + j];
    }
    counts[pair.a()] = total;
    counts[pair.b()] = counts[last];
  }
}
