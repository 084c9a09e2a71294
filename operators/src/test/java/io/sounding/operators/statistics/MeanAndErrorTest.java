package io.sounding.operators.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MeanAndErrorTest {

  /** By hand: mean 28/6; sums of residuals -8, 8/3, 16/3; 3/2 (64 + 64/9 + 256/9) / 36 = 112/27. */
  @Test
  void valuesOfAnUtteranceComeAndGoTogether() {
    double[] values = {1, 5, 2, 10, 3, 7};
    int[] utterances = {8, -1, 8, 30, 8, -1};

    MeanAndError error = MeanAndError.of(values, utterances);

    assertThat(error.mean()).isCloseTo(28 / 6.0, within(1e-12));
    assertThat(error.standardError()).isCloseTo(Math.sqrt(112 / 27.0), within(1e-12));
  }

  /** Of 1, 2, 3, 10 around 4 s^2 is 50/3; over 4 values that is 25/6. */
  @Test
  void utterancesOfOneValueEachAreIndependentValues() {
    double[] values = {1, 2, 3, 10};

    assertThat(MeanAndError.of(values, new int[] {1, 2, 3, 4}).standardError())
        .isCloseTo(Math.sqrt(25 / 6.0), within(1e-12));
  }

  @Test
  void ofASingleUtteranceTheFramesCountAsIndependent() {
    assertThat(MeanAndError.of(new double[] {1, 2, 3, 10}, new int[4]).standardError())
        .isCloseTo(Math.sqrt(25 / 6.0), within(1e-12));
  }

  @Test
  void ofNoneOrOneThereIsNoError() {
    assertThat(MeanAndError.of(new double[0], new int[0])).isEqualTo(new MeanAndError(0, 0));
    assertThat(MeanAndError.of(new double[] {3}, new int[] {1})).isEqualTo(new MeanAndError(3, 0));
  }

  /** Utterances of 20 to 219 frames; three quarters of the variance is between them. */
  @Test
  void isHowFarTheMeanMovesWithOtherUtterances() {
    Random random = new Random(5);
    int draws = 2_000;
    double sum = 0;
    double squares = 0;
    double squaredErrors = 0;
    for (int draw = 0; draw < draws; draw++) {
      MeanAndError error = draw(random, 60);
      sum += error.mean();
      squares += error.mean() * error.mean();
      squaredErrors += error.standardError() * error.standardError();
    }
    double spread = Math.sqrt((squares - sum * sum / draws) / (draws - 1));

    assertThat(Math.sqrt(squaredErrors / draws)).isCloseTo(spread, withinPercentage(7));
  }

  private static MeanAndError draw(Random random, int count) {
    int[] lengths = random.ints(count, 20, 220).toArray();
    int total = Arrays.stream(lengths).sum();
    double[] values = new double[total];
    int[] utterances = new int[total];
    int at = 0;
    for (int utterance = 0; utterance < count; utterance++) {
      double level = 10 + Math.sqrt(3) * random.nextGaussian();
      for (int frame = 0; frame < lengths[utterance]; frame++) {
        values[at] = level + random.nextGaussian();
        utterances[at++] = utterance;
      }
    }
    return MeanAndError.of(values, utterances);
  }
}
