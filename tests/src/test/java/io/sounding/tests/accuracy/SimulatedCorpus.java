package io.sounding.tests.accuracy;

import java.util.Random;

/**
 * Draws corpora of utterances from a model of frames. Of an utterance u of n frames, 40 to 80 with
 * equal chances, frame t is
 *
 * <pre>
 *   x_ut = g_u (c_z + b_u + e_ut),
 * </pre>
 *
 * <p>with c one of {@value #SOUNDS} sounds, which are the same in all corpora, z drawn for each
 * frame with equal chances; b_u what the utterance's frames have in common, e_ut noise, and g_u its
 * loudness. Coordinate j = 1 .. {@value #DIMENSION} of c, b and e is normal with mean 0 and
 * standard deviation {@code 1 / sqrt j}, times {@value #COMMON} for b; g_u = 1. {@link Kind} tells
 * where that differs. All draws are independent.
 */
final class SimulatedCorpus {
  static final int DIMENSION = 32;
  static final int SOUNDS = 16;
  static final double COMMON = 0.6;
  static final int FEWEST_FRAMES = 40;
  static final int MOST_FRAMES = 80;

  /** What utterances have in common. */
  enum Kind {
    INDEPENDENT("independent frames", "b = 0"),
    ALIKE("frames of an utterance alike", "nothing"),
    LOUDNESS("loudness varies", "log g is normal, standard deviation 0.5 (4.3 dB)"),
    SPEAKER("one speaker in 60 far off", "b is ten times as large for one utterance in 60");

    private final String title;
    private final String difference;

    Kind(String title, String difference) {
      this.title = title;
      this.difference = difference;
    }

    String title() {
      return title;
    }

    /** What differs from the model. */
    String difference() {
      return difference;
    }
  }

  private static final double LOUDNESS_DEVIATION = 0.5;
  private static final double FAR_CHANCE = 1.0 / 60;
  private static final double FAR = 10;

  private final double[][] sounds = new double[SOUNDS][];

  /** The sounds are drawn from this seed. */
  SimulatedCorpus(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < SOUNDS; i++) {
      sounds[i] = normal(random, 1);
    }
  }

  /** Frames of utterances, each {@code [frames * DIMENSION]}, row-major. */
  float[][] draw(Kind kind, int utterances, Random random) {
    float[][] drawn = new float[utterances][];
    for (int i = 0; i < utterances; i++) {
      drawn[i] = utterance(kind, random);
    }
    return drawn;
  }

  private float[] utterance(Kind kind, Random random) {
    int frames = FEWEST_FRAMES + random.nextInt(MOST_FRAMES - FEWEST_FRAMES + 1);
    boolean isFar = kind == Kind.SPEAKER && random.nextDouble() < FAR_CHANCE;
    double[] common = normal(random, kind == Kind.INDEPENDENT ? 0 : isFar ? FAR * COMMON : COMMON);
    double loudness =
        kind == Kind.LOUDNESS ? Math.exp(LOUDNESS_DEVIATION * random.nextGaussian()) : 1;
    float[] values = new float[frames * DIMENSION];
    for (int start = 0; start < values.length; start += DIMENSION) {
      double[] sound = sounds[random.nextInt(SOUNDS)];
      double[] noise = normal(random, 1);
      for (int j = 0; j < DIMENSION; j++) {
        values[start + j] = (float) (loudness * (sound[j] + common[j] + noise[j]));
      }
    }
    return values;
  }

  private static double[] normal(Random random, double deviation) {
    double[] drawn = new double[DIMENSION];
    for (int j = 0; j < DIMENSION; j++) {
      drawn[j] = deviation / Math.sqrt(j + 1) * random.nextGaussian();
    }
    return drawn;
  }
}
