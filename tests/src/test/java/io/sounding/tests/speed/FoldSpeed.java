package io.sounding.tests.speed;

import io.sounding.operators.fold.ShardFold;
import io.sounding.operators.statistics.FoldProducts;
import io.sounding.operators.statistics.HostProducts;
import io.sounding.operators.statistics.StatisticsSettings;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * What folding costs, in processor time of the folding thread per frame and layer, as the job folds
 * an hour of speech: {@value #SHARDS} shards, each {@value #UTTERANCES} utterances of {@value
 * #UTTERANCE_FRAMES} frames (6 s) in {@value #LAYERS} layers of dimension {@value #DIMENSION},
 * whose summaries are made at its end. Prints one line: microseconds, the median of the shards
 * folded and the lowest and highest.
 *
 * <p>Run by {@code tests/speed/fold}. Processor time, because it hardly depends on what else the
 * machine does; compare two builds in turn, in processes of their own.
 */
public final class FoldSpeed {
  private static final int LAYERS = 13;
  private static final int DIMENSION = 768;
  private static final int SHARDS = 32;
  private static final int UTTERANCES = 19;
  private static final int UTTERANCE_FRAMES = 300;
  private static final int SOUNDS = 40;
  private static final int SOUND_FRAMES = 5;

  private FoldSpeed() {}

  /** Arguments: shards folded to warm up, and shards measured. */
  public static void main(String[] arguments) {
    int warmUp = Integer.parseInt(arguments[0]);
    double[] measured = new double[Integer.parseInt(arguments[1])];
    float[][] speech = speech();
    try (FoldProducts products = new HostProducts()) {
      for (int i = 0; i < warmUp; i++) {
        foldShard(speech, products);
      }
      for (int i = 0; i < measured.length; i++) {
        measured[i] = foldShard(speech, products);
      }
    }
    Arrays.sort(measured);
    System.out.printf(
        Locale.ROOT,
        "%.2f %.2f %.2f%n",
        measured[measured.length / 2],
        measured[0],
        measured[measured.length - 1]);
  }

  /** Folds a shard and makes its summaries; microseconds of processor time per frame and layer. */
  private static double foldShard(float[][] speech, FoldProducts products) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long begun = threads.getCurrentThreadCpuTime();
    int[] layers = IntStream.range(0, LAYERS).toArray();
    ShardFold fold = ShardFold.of(layers, DIMENSION, StatisticsSettings.defaults(), 1.0 / SHARDS);
    for (int utterance = 0; utterance < UTTERANCES; utterance++) {
      for (int layer : layers) {
        float[] frames = speech[(utterance + layer) % UTTERANCES];
        fold.add("utterance-" + utterance, layer, frames, 0, UTTERANCE_FRAMES, products);
      }
    }
    fold.finish(products);
    fold.completed();
    double frames = (double) LAYERS * UTTERANCES * UTTERANCE_FRAMES;
    return (threads.getCurrentThreadCpuTime() - begun) * 1e-3 / frames;
  }

  /**
   * Utterances of {@value #SOUNDS} sounds, {@value #SOUND_FRAMES} frames each, that vary about
   * their means: the standard deviation of coordinate j is 1/sqrt(j), about a mean of 1.
   */
  private static float[][] speech() {
    SplittableRandom random = new SplittableRandom(1);
    double[] sounds = random.doubles((long) SOUNDS * DIMENSION, -1, 1).toArray();
    float[][] utterances = new float[UTTERANCES][UTTERANCE_FRAMES * DIMENSION];
    for (float[] frames : utterances) {
      int sound = 0;
      for (int i = 0; i < frames.length; i++) {
        sound = i % (SOUND_FRAMES * DIMENSION) == 0 ? random.nextInt(SOUNDS) : sound;
        int j = i % DIMENSION;
        double centre = sounds[sound * DIMENSION + j];
        frames[i] = (float) (1 + (centre + random.nextGaussian()) / Math.sqrt(1 + j));
      }
    }
    return utterances;
  }
}
