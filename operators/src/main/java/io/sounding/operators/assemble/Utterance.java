package io.sounding.operators.assemble;

import io.sounding.schemas.PcmEncoding;
import io.sounding.schemas.PcmFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One utterance, whole.
 *
 * @param corpusId the corpus
 * @param utteranceId the utterance
 * @param sampleRateHz sample rate, Hz
 * @param channels interleaved channels
 * @param encoding encoding of {@code pcm}
 * @param pcm interleaved samples
 * @param sha256 SHA-256 of {@code pcm}, in hexadecimal
 */
public record Utterance(
    String corpusId,
    String utteranceId,
    int sampleRateHz,
    int channels,
    PcmEncoding encoding,
    byte[] pcm,
    String sha256) {

  /** What an utterance is keyed by; of all of a corpus it begins with the key of the empty id. */
  public static String key(String corpusId, String utteranceId) {
    return corpusId + "\n" + utteranceId;
  }

  /** What it is keyed by, the same as its chunks. */
  public String key() {
    return key(corpusId, utteranceId);
  }

  /** Samples per channel. */
  public long samples() {
    return pcm.length / ((long) PcmFormat.bytesPerSample(encoding) * channels);
  }

  /**
   * The samples as {@code float[samples()]}, channels averaged; 16-bit samples divided by 32768.
   */
  public float[] mono() {
    ByteBuffer bytes = ByteBuffer.wrap(pcm).order(ByteOrder.LITTLE_ENDIAN);
    // all values at once: several times as fast as one after the other from the buffer
    float[] values = new float[Math.toIntExact(samples() * channels)];
    if (encoding == PcmEncoding.PCM_S16LE) {
      short[] whole = new short[values.length];
      bytes.asShortBuffer().get(whole);
      for (int i = 0; i < values.length; i++) {
        values[i] = whole[i] / 32768f;
      }
    } else {
      bytes.asFloatBuffer().get(values);
    }
    if (channels == 1) {
      return values;
    }
    float[] mono = new float[values.length / channels];
    for (int i = 0; i < mono.length; i++) {
      float sum = 0;
      for (int channel = 0; channel < channels; channel++) {
        sum += values[i * channels + channel];
      }
      mono[i] = sum / channels;
    }
    return mono;
  }
}
