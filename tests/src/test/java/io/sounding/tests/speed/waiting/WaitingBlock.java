package io.sounding.tests.speed.waiting;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractSymbolBlock;
import ai.djl.nn.ParameterList;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.nio.FloatBuffer;
import java.util.concurrent.locks.LockSupport;

/**
 * Takes samples {@code (B, samples)} and gives frames {@code (B, samples / }{@value #HOP}{@code ,
 * d)} after the time that a device of the given speed would take, without a processor: the thread
 * is parked. The frames are a function of the seed and of the samples they stand for, spread about
 * a few dozen centres.
 */
final class WaitingBlock extends AbstractSymbolBlock {

  static final int HOP = 320;
  private static final double SAMPLE_RATE_HZ = 16_000;
  private static final int CENTRES = 32;

  private final double realTimes;
  private final int dimension;
  private final long seed;

  /**
   * @param realTimes audio seconds per second
   * @param dimension dimension d of a frame
   */
  WaitingBlock(double realTimes, int dimension, long seed) {
    this.realTimes = realTimes;
    this.dimension = dimension;
    this.seed = seed;
  }

  @Override
  protected NDList forwardInternal(
      ParameterStore parameters,
      NDList inputs,
      boolean training,
      PairList<String, Object> options) {
    long begun = System.nanoTime();
    Shape shape = inputs.get(0).getShape();
    int batch = (int) shape.get(0);
    int samples = (int) shape.get(1);
    int frames = samples / HOP;
    FloatBuffer in = inputs.get(0).toByteBuffer().asFloatBuffer();
    float[] out = new float[batch * frames * dimension];
    for (int member = 0; member < batch; member++) {
      for (int frame = 0; frame < frames; frame++) {
        float sample = in.get(member * samples + frame * HOP + HOP / 2);
        fill(out, (member * frames + frame) * dimension, sample, frame);
      }
    }
    long end = begun + (long) (batch * samples / SAMPLE_RATE_HZ / realTimes * 1e9);
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
    NDManager manager = inputs.getManager();
    return new NDList(
        manager.create(
            FloatBuffer.wrap(out), new Shape(batch, frames, dimension), DataType.FLOAT32));
  }

  private void fill(float[] out, int from, float sample, int frame) {
    long centre = mix(seed + Float.floatToIntBits(sample) % CENTRES);
    long noise = mix(Float.floatToIntBits(sample) * 31L + frame);
    for (int j = 0; j < dimension; j++) {
      centre = centre * 6364136223846793005L + 1442695040888963407L;
      noise = noise * 6364136223846793005L + 1442695040888963407L;
      out[from + j] = (centre >> 40) * 0x1p-23f + 0.3f * (noise >> 40) * 0x1p-23f;
    }
  }

  /** Spreads the bits of a small number over all (the finaliser of SplitMix64). */
  private static long mix(long z) {
    long first = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    long second = (first ^ (first >>> 27)) * 0x94d049bb133111ebL;
    return second ^ (second >>> 31);
  }

  @Override
  public ParameterList getDirectParameters() {
    return new ParameterList();
  }
}
