package io.sounding.schemas;

/** What an encoding of PCM means in bytes. */
public final class PcmFormat {

  private PcmFormat() {}

  /** Bytes of one sample of one channel. */
  public static int bytesPerSample(PcmEncoding encoding) {
    return switch (encoding) {
      case PCM_S16LE -> 2;
      case FLOAT32LE -> 4;
      case UNKNOWN ->
          throw new IllegalArgumentException("An unknown encoding has no number of bytes.");
    };
  }
}
