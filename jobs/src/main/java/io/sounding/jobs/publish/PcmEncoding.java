package io.sounding.jobs.publish;

/** How one sample of decoded audio is stored. Both are little-endian. */
public enum PcmEncoding {
  /** Signed 16-bit integers; full scale is 32768. */
  PCM_S16LE(2),
  /** IEEE 754 single precision; full scale is 1.0. */
  FLOAT32LE(4);

  private final int bytesPerSample;

  PcmEncoding(int bytesPerSample) {
    this.bytesPerSample = bytesPerSample;
  }

  /** Bytes of one sample of one channel. */
  public int bytesPerSample() {
    return bytesPerSample;
  }
}
