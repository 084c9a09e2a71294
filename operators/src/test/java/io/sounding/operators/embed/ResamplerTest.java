package io.sounding.operators.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.github.psambit9791.jdsp.signal.Resample;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResamplerTest {

  /** Expected values: scipy.signal.resample_poly of SciPy 1.10.1, see resample_poly.py. */
  @Test
  void equalsScipyResamplePolyForAllCommonRates() throws IOException {
    int conversions = 0;
    try (BufferedReader rows =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(getClass().getResourceAsStream("resample_poly.csv")),
                StandardCharsets.UTF_8))) {
      for (String row = rows.readLine(); row != null; row = rows.readLine()) {
        String[] cells = row.split(",");
        int fromHz = Integer.parseInt(cells[0]);
        int toHz = Integer.parseInt(cells[1]);
        float[] actual = Resampler.resample(signal(Integer.parseInt(cells[2])), fromHz, toHz);
        assertThat(actual).as("%d to %d Hz", fromHz, toHz).hasSize(Integer.parseInt(cells[3]));
        for (int i = 0; i < actual.length; i++) {
          assertThat(actual[i])
              .as("%d to %d Hz, sample %d of %d", fromHz, toHz, i, actual.length)
              .isCloseTo(Float.parseFloat(cells[4 + i]), within(1e-6f));
        }
        conversions++;
      }
    }
    assertThat(conversions).isEqualTo(81);
  }

  @Test
  void cuttingIntoBlocksChangesNoBit() {
    int[][] rates = {{44_100, 16_000}, {8_000, 16_000}, {48_000, 16_000}, {16_000, 11_025}};
    float[] samples = signal(30_000);
    for (int[] rate : rates) {
      float[] whole = Resampler.resample(samples, rate[0], rate[1], 1 << 20);
      for (int block : new int[] {1, 441, 1_000, 7_777, 29_999}) {
        assertThat(Arrays.mismatch(whole, Resampler.resample(samples, rate[0], rate[1], block)))
            .as("%d to %d Hz in blocks of %d: first difference", rate[0], rate[1], block)
            .isEqualTo(-1);
      }
    }
  }

  /** 2^20 samples are one block; here there are three, and the library alone is the reference. */
  @Test
  void aMinuteOfAudioEqualsTheLibraryInOneGo() {
    float[] samples = signal(2_500_000);
    double[] wide = new double[samples.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = samples[i];
    }
    double[] expected = new Resample(160, 441, 5.0, "constant").resampleSignal(wide);
    float[] narrow = new float[expected.length];
    for (int i = 0; i < narrow.length; i++) {
      narrow[i] = (float) expected[i];
    }
    assertThat(Arrays.mismatch(narrow, Resampler.resample(samples, 44_100, 16_000))).isEqualTo(-1);
  }

  /** From 304 s at 44.1 kHz on, the library alone throws NegativeArraySizeException. */
  @Test
  void sixMinutesAreNotTooLong() {
    float[] samples = new float[360 * 44_100];
    samples[350 * 44_100] = 1;
    float[] resampled = Resampler.resample(samples, 44_100, 16_000);
    assertThat(resampled).hasSize(360 * 16_000);
    // An impulse on a common sample gives the middle of the filter: up / max(up, down).
    assertThat(resampled[350 * 16_000]).isCloseTo(160f / 441f, within(1e-3f));
    assertThat(resampled[349 * 16_000]).isZero();
  }

  /** The gains are those of SciPy 1.10.1: freqz of the filter that resample_poly designs. */
  @ParameterizedTest
  @CsvSource({
    "22050, 1000, 0.01, 0.01",
    "22050, 6800, -0.05, 0.01",
    "44100, 1000, 0.01, 0.01",
    "44100, 6800, -0.05, 0.01",
    "44100, 7200, -0.66, 0.01",
    "44100, 7600, -2.43, 0.01",
    "44100, 8800, -22.57, 0.05",
    "44100, 9500, -53.49, 0.2",
    "48000, 6800, -0.05, 0.01",
    "48000, 7200, -0.66, 0.01",
    "48000, 9500, -53.79, 0.2",
    "48000, 12000, -67.83, 0.2"
  })
  void passesSpeechAndSuppressesAliases(int fromHz, double toneHz, double gain, double tolerance) {
    float[] tone = new float[2 * fromHz];
    for (int i = 0; i < tone.length; i++) {
      tone[i] = (float) Math.sin(2 * Math.PI * toneHz * i / fromHz);
    }
    float[] resampled = Resampler.resample(tone, fromHz, 16_000);
    double energy = 0;
    for (int i = 8_000; i < 24_000; i++) {
      energy += (double) resampled[i] * resampled[i];
    }
    assertThat(10 * Math.log10(energy / 16_000 * 2)).isCloseTo(gain, within(tolerance));
  }

  @Test
  void equalRatesReturnTheArgumentAndNothingStaysNothing() {
    float[] samples = signal(10);
    assertThat(Resampler.resample(samples, 16_000, 16_000)).isSameAs(samples);
    assertThat(Resampler.resample(new float[0], 44_100, 16_000)).isEmpty();
  }

  @Test
  void theArgumentIsNotChanged() {
    float[] samples = signal(1_000);
    Resampler.resample(samples, 44_100, 16_000);
    assertThat(samples).containsExactly(signal(1_000));
  }

  @ParameterizedTest
  @CsvSource({"16001, 16000", "44056, 16000", "22255, 16000", "44101, 16000", "7, 16000"})
  void oddRatesHaveTheLengthOfScipy(int fromHz, int toHz) {
    float[] samples = new float[12_345];
    int expected = (int) Math.ceil((double) samples.length * toHz / fromHz);
    assertThat(Resampler.resample(samples, fromHz, toHz)).hasSize(expected);
  }

  @Test
  void ratesThatCannotBeUsedAreRefusedWithASentence() {
    assertThatThrownBy(() -> Resampler.resample(new float[1], 0, 16_000))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("sample rates must be at least 1 Hz, but are 0 and 16000");
    assertThatThrownBy(() -> Resampler.resample(new float[96_001], 96_001, 96_000))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("96001 Hz cannot become 96000 Hz")
        .hasMessageContaining("convert the audio beforehand");
    assertThatThrownBy(() -> Resampler.resample(new float[1 << 20], 1, 48_000))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("would have 50331648000 samples");
  }

  private static float[] signal(int length) {
    float[] samples = new float[length];
    for (int i = 0; i < length; i++) {
      samples[i] = (float) (0.5 * Math.sin(0.01 * i) + 0.3 * Math.sin(0.0007 * i * i));
    }
    return samples;
  }
}
