package io.sounding.operators.statistics;

/**
 * The stable 64-bit key of a frame, a hash of its utterance id and its index in the utterance.
 *
 * <p>The key decides which frames are sampled, so it is part of every published number and must
 * never change. It is independent of the platform, of the run and of the checkpoint.
 *
 * <p>Formula: {@code key = mix(u + (frame + 1) * golden)}, u the fold of {@code mix} over the
 * UTF-16 units of the id, {@code mix} the 64-bit finaliser of SplitMix64 (Steele, Lea, Flood 2014,
 * figure 16; constants of Stafford's variant 13), golden = 0x9e3779b97f4a7c15. {@code mix} is a
 * bijection, so frames of one utterance never share a key; two frames of different utterances do
 * with probability n^2 / 2^65 (1e-9 for 180,000 frames).
 */
final class FrameKey {
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  private FrameKey() {}

  /** Key of an utterance id; the first argument of {@link #of}. */
  static long utterance(String id) {
    long hash = mix(id.length() + GOLDEN);
    for (int i = 0; i < id.length(); i++) {
      hash = mix(hash + GOLDEN + id.charAt(i));
    }
    return hash;
  }

  /** Half of an utterance's key: enough to tell frames of one utterance from those of others. */
  static int half(long utterance) {
    return (int) (utterance >>> 32);
  }

  static long of(long utterance, int frame) {
    return mix(utterance + (frame + 1L) * GOLDEN);
  }

  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
