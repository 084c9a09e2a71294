package io.sounding.operators.embed;

import com.github.psambit9791.jdsp.signal.Resample;
import java.math.BigInteger;

/**
 * Changes the sample rate of mono audio by a rational factor up/down, with jDSP's polyphase
 * resampler.
 *
 * <p>Formula: {@code y[m] = up * sum_n x[n] h[m*down - n*up + L]}, where h is a sinc of cut-off 1 /
 * max(up, down) of the Nyquist frequency of the up-sampled signal, under a Kaiser window of beta 5
 * and half length {@code L = 10 * max(up, down)}. Outside of the signal x is 0.
 *
 * <p>Shapes and units: float[n] at {@code fromHz} becomes float[ceil(n * toHz / fromHz)] at {@code
 * toHz}; amplitudes keep their unit. The sums are in double precision.
 *
 * <p>Source: {@code scipy.signal.resample_poly}, whose defaults these are, so that audio that a
 * training script resampled with SciPy is the same here. jDSP takes the whole signal at once, in
 * doubles, and overflows an int from 2^31 / up samples on (304 s at 44.1 kHz); here it gets blocks
 * with the filter's reach on both sides, which changes no bit of the result.
 *
 * <p>Error: measured against SciPy 1.10.1 on speech, 2.5e-8 relative RMS: the rounding to float.
 * The filter is SciPy's, with its gentle slope around the lower Nyquist frequency. Its gain to 16
 * kHz (8800 Hz and above are aliases; from 10 kHz on below -57 dB):
 *
 * <table>
 * <caption>Gain of a sine, dB</caption>
 * <tr><th>Hz</th><th>0 to 6800</th><th>7200</th><th>7600</th><th>8800</th><th>9500</th></tr>
 * <tr><td>from 44.1 kHz</td><td>0.05</td><td>-0.66</td><td>-2.43</td><td>-22.6</td><td>-53.5</td></tr>
 * <tr><td>from 48 kHz</td><td>0.05</td><td>-0.66</td><td>-2.43</td><td>-22.6</td><td>-53.8</td></tr>
 * </table>
 *
 * <p>Edge cases: an empty signal stays empty; equal rates return the argument itself; NaN and
 * infinity spread over the filter's reach. Deterministic; has no state, so any thread may call it.
 */
public final class Resampler {
  private static final double KAISER_BETA = 5.0;
  private static final int HALF_LENGTH = 10;
  private static final int BLOCK_SAMPLES = 1 << 20;

  private Resampler() {}

  /**
   * Resamples the whole signal.
   *
   * @param samples mono audio; not changed
   * @param fromHz its sample rate, Hz, at least 1
   * @param toHz the wanted sample rate, Hz, at least 1
   * @return the signal at the wanted rate; the argument itself when the rates are equal
   * @throws IllegalArgumentException when a rate is below 1, when the rates have so little in
   *     common that a block passes 2^31 up-sampled samples (about {@code 2 * up * down}; any rate
   *     below 67 kHz can become 16 kHz), or when the result would pass 2^31 - 9 samples
   */
  public static float[] resample(float[] samples, int fromHz, int toHz) {
    return resample(samples, fromHz, toHz, BLOCK_SAMPLES);
  }

  static float[] resample(float[] samples, int fromHz, int toHz, int blockSamples) {
    if (fromHz < 1 || toHz < 1) {
      throw new IllegalArgumentException(
          "sample rates must be at least 1 Hz, but are %d and %d".formatted(fromHz, toHz));
    }
    if (fromHz == toHz || samples.length == 0) {
      return samples;
    }
    int divisor = BigInteger.valueOf(fromHz).gcd(BigInteger.valueOf(toHz)).intValue();
    int up = toHz / divisor;
    int down = fromHz / divisor;
    float[] resampled = new float[lengthWithinArrays(samples.length, up, down)];

    // A block starts at a multiple of down, where an output falls on an input: phases agree.
    long reach = (long) HALF_LENGTH * Math.max(up, down) / up + 1;
    long lead = (reach + down - 1) / down * down;
    long step = Math.max(1, Math.min(blockSamples, (1 << 30) / up) / down) * (long) down;
    long filter = 2L * HALF_LENGTH * Math.max(up, down) + 2L * down;
    long longest = Math.min(samples.length, lead + step + reach);
    if (longest * up + filter > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "%d Hz cannot become %d Hz: the ratio %d/%d is too fine; convert the audio beforehand"
              .formatted(fromHz, toHz, up, down));
    }
    for (long start = 0; start < samples.length; start += step) {
      int from = (int) Math.max(0, start - lead);
      int to = (int) Math.min(samples.length, start + step + reach);
      double[] block = resampleBlock(samples, from, to, up, down);
      int first = (int) (start / down * up);
      int skipped = (int) ((start - from) / down * up);
      int count = (int) Math.min(resampled.length - first, step / down * up);
      for (int i = 0; i < count; i++) {
        resampled[first + i] = (float) block[skipped + i];
      }
    }
    return resampled;
  }

  private static double[] resampleBlock(float[] samples, int from, int to, int up, int down) {
    double[] block = new double[to - from];
    for (int i = 0; i < block.length; i++) {
      block[i] = samples[from + i];
    }
    // jDSP keeps the signal and the result in fields: one object per call.
    return new Resample(up, down, KAISER_BETA, "constant").resampleSignal(block);
  }

  /**
   * How many samples {@link #resample} makes of {@code samples}: {@code ceil(n * toHz / fromHz)}.
   */
  static long resampledLength(long samples, int fromHz, int toHz) {
    return (samples * toHz + fromHz - 1) / fromHz;
  }

  private static int lengthWithinArrays(int samples, int up, int down) {
    long length = ((long) samples * up + down - 1) / down;
    if (length > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException("the resampled signal would have " + length + " samples");
    }
    return (int) length;
  }
}
