package io.sounding.tests.accuracy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sounding.operators.statistics.StatisticsSettings;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CoverageTest {

  /** {@code P(|t| <= 1.96)} of Student's t with 3 and 11 degrees of freedom; SciPy 1.10.1. */
  private static final double STUDENT_3 = 0.855148;

  private static final double STUDENT_11 = 0.924186;

  /** Expected: scipy.stats.binomtest(...).proportion_ci(method="wilson") of SciPy 1.10.1. */
  @ParameterizedTest
  @CsvSource({
    "95, 100, 0.888250, 0.978456",
    "0, 20, 0.000000, 0.161125",
    "40, 40, 0.912378, 1.000000",
    "171, 200, 0.799513, 0.897106"
  })
  void intervalsAreWilsons(int held, int draws, double low, double high) {
    Coverage coverage = new Coverage(held, draws);

    assertThat(coverage.low()).isCloseTo(low, within(1e-5));
    assertThat(coverage.high()).isCloseTo(high, within(1e-5));
  }

  @Test
  void bandsOfFewNormalValuesHoldTheMeanAsOftenAsStudentsDistributionTells() {
    int draws = 40_000;
    Random random = new Random(5);
    double[] means = new double[draws];
    double[] errors = new double[draws];
    for (int draw = 0; draw < draws; draw++) {
      double[] values = random.doubles(4).map(any -> 7 + 3 * random.nextGaussian()).toArray();
      means[draw] = mean(values);
      errors[draw] = error(values);
    }

    assertThat(Coverage.of(7, means, errors).share()).isCloseTo(STUDENT_3, within(0.007));
    assertThat(Coverage.ofMean(means, errors).share()).isCloseTo(STUDENT_3, within(0.007));
  }

  /**
   * Utterances whose frames are plus or minus one vector, of random length: the inertia of one
   * cluster is the mean of its squares, which are normal, however many frames repeat them.
   */
  @Test
  void inertiaOfUtterancesOfOneLengthEachIsTheMeanOfNormalValues() {
    int draws = 500;
    StatisticsSettings settings = StatisticsSettings.defaults().with(1, 1_000);
    Random random = new Random(6);
    double[] inertias = new double[draws];
    double[] errors = new double[draws];
    for (int draw = 0; draw < draws; draw++) {
      double[] squares = random.doubles(12).map(any -> 9 + random.nextGaussian()).toArray();
      float[][] utterances =
          Arrays.stream(squares).mapToObj(CoverageTest::repeated).toArray(float[][]::new);
      CorpusEstimates estimates = CorpusEstimates.of(utterances, 2, settings, 4);
      inertias[draw] = estimates.clusters().inertiaPerFrame();
      errors[draw] = estimates.clusters().inertiaStdErr();

      assertThat(inertias[draw]).isCloseTo(mean(squares), within(1e-5));
      assertThat(errors[draw]).isCloseTo(error(squares), within(1e-5));
    }

    // 0.05 is 4.2 standard errors of a share of 500; were frames independent, it would be 0.3
    assertThat(Coverage.of(9, inertias, errors).share()).isCloseTo(STUDENT_11, within(0.05));
  }

  @Test
  void aSeedDrawsTheSameCorporaWhichDifferAsTheirKindsDo() {
    for (SimulatedCorpus.Kind kind : SimulatedCorpus.Kind.values()) {
      float[][] once = new SimulatedCorpus(1).draw(kind, 3, new Random(2));

      assertThat(new SimulatedCorpus(1).draw(kind, 3, new Random(2))).isDeepEqualTo(once);
      assertThat(new SimulatedCorpus(2).draw(kind, 3, new Random(2))[0]).isNotEqualTo(once[0]);
    }
  }

  /** Ten frames each of a vector and its negative. */
  private static float[] repeated(double squaredLength) {
    float[] frames = new float[40];
    for (int j = 0; j < frames.length; j++) {
      frames[j] = (float) Math.sqrt(squaredLength / 2) * (j % 4 < 2 ? 1 : -1);
    }
    return frames;
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }

  /** Of the mean. */
  private static double error(double[] values) {
    double mean = mean(values);
    double squares = Arrays.stream(values).map(value -> (value - mean) * (value - mean)).sum();
    return Math.sqrt(squares / (values.length - 1) / values.length);
  }
}
