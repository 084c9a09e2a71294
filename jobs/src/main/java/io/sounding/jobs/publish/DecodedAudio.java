package io.sounding.jobs.publish;

import io.sounding.schemas.PcmEncoding;
import io.sounding.schemas.PcmFormat;
import java.util.Arrays;
import java.util.Objects;

/**
 * The samples of one audio file, all channels, at the file's own rate. Immutable: the array is
 * taken over, since audio is large, and must not be changed afterwards; what is given out is a
 * copy.
 *
 * @param sampleRateHz samples per second of each channel, Hz, at least 1
 * @param channels number of channels, at least 1
 * @param samplesPerChannel samples of each channel, at least 1
 * @param encoding how a sample is stored
 * @param interleavedPcm the samples, first sample of channel 0, first of channel 1, ...; {@code
 *     samplesPerChannel * channels} times the bytes of a sample
 */
public record DecodedAudio(
    int sampleRateHz,
    int channels,
    long samplesPerChannel,
    PcmEncoding encoding,
    byte[] interleavedPcm) {

  /** Checks the sizes against each other. */
  public DecodedAudio {
    Objects.requireNonNull(encoding, "encoding");
    if (sampleRateHz < 1 || channels < 1 || samplesPerChannel < 1) {
      throw new IllegalArgumentException(
          "sample rate, channels and samples must be at least 1, but are %d, %d, %d"
              .formatted(sampleRateHz, channels, samplesPerChannel));
    }
    long bytes =
        Math.multiplyExact(samplesPerChannel, (long) channels * PcmFormat.bytesPerSample(encoding));
    if (bytes != interleavedPcm.length) {
      throw new IllegalArgumentException(
          "%d samples of %d channels as %s are %d bytes, not %d"
              .formatted(samplesPerChannel, channels, encoding, bytes, interleavedPcm.length));
    }
  }

  /** A copy of all samples. */
  @Override
  public byte[] interleavedPcm() {
    return interleavedPcm.clone();
  }

  /**
   * A copy of the samples {@code from} (inclusive) to {@code to} (exclusive) of every channel,
   * interleaved as in the whole.
   */
  public byte[] interleavedPcm(long from, long to) {
    Objects.checkFromToIndex(from, to, samplesPerChannel);
    int stride = channels * PcmFormat.bytesPerSample(encoding);
    return Arrays.copyOfRange(interleavedPcm, (int) (from * stride), (int) (to * stride));
  }

  /** Playing time, seconds. */
  public double durationSeconds() {
    return (double) samplesPerChannel / sampleRateHz;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DecodedAudio that
        && sampleRateHz == that.sampleRateHz
        && channels == that.channels
        && encoding == that.encoding
        && Arrays.equals(interleavedPcm, that.interleavedPcm);
  }

  @Override
  public int hashCode() {
    return Objects.hash(sampleRateHz, channels, encoding, Arrays.hashCode(interleavedPcm));
  }

  @Override
  public String toString() {
    return "DecodedAudio[%d Hz, %d channels, %d samples per channel, %s]"
        .formatted(sampleRateHz, channels, samplesPerChannel, encoding);
  }
}
