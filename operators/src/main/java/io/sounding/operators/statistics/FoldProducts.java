package io.sounding.operators.statistics;

/**
 * The heavy matrix products of a fold, {@code n d^2} and {@code 2 n d m} operations for n frames.
 * They are made where it is fastest: {@link HostProducts} on the processor, or on the accelerator
 * that embedded the frames. An instance owns its working memory and belongs to one thread.
 *
 * <p>All matrices are row-major arrays that start at index 0.
 */
public abstract class FoldProducts implements AutoCloseable {
  private float[] pointRoom = new float[0];

  /**
   * Adds {@code sum (x - mean)(x - mean)ᵀ + shift shiftᵀ} over the rows x, in float64: float32
   * products are off by 6e-2 in RankMe of collapsed models.
   *
   * @param rows {@code [count * d]} or longer
   * @param mean {@code [d]}
   * @param shift {@code [d]}
   * @param packed upper triangle by rows, {@code [d (d + 1) / 2]}; changed
   */
  public abstract void addCentredGram(
      float[] rows, int count, double[] mean, double[] shift, double[] packed);

  /**
   * Takes the rows X that the next products are made with, {@code (row - centre) * factor} rounded
   * to float32: they cross to where products are made once, however many products follow. Not kept
   * beyond {@link #close}.
   *
   * @param rows {@code [count * d]} or longer
   * @param centre {@code [d]}, of float32 values
   * @param factor a power of two
   * @param squaredNorms receives those of X, in float64, {@code [count]}
   */
  public abstract void load(
      float[] rows, int count, double[] centre, double factor, double[] squaredNorms);

  /**
   * Takes the points Y that loaded rows are compared with, instead of those before.
   *
   * @param points {@code [n * d]} or longer; not kept
   * @param squaredNorms of the points, {@code [n]}
   */
  public abstract void setPoints(float[] points, float[] squaredNorms);

  /** Takes some of the loaded rows as further points, in this order. */
  public abstract void addPoints(int[] rows, int count);

  /**
   * The nearest of the points y, by {@code ||y||^2 - 2 x yᵀ} in float32, for each of the loaded
   * rows x from .. from + m. There must be such a point.
   *
   * @param firstPoint from which point on they are compared with
   * @param least receives {@code ||y||^2 - 2 x yᵀ} of the nearest point, {@code [m]}
   * @param index receives which one it is, {@code [m]}; the first of equals on the processor
   */
  public abstract void nearest(int from, int m, int firstPoint, float[] least, int[] index);

  /**
   * Products of the loaded rows from .. from + m with some of the loaded rows, in float32.
   *
   * @param out {@code [m * n]} or longer
   */
  public abstract void multiply(int from, int m, int[] rows, int n, float[] out);

  /** Room for so many values of points; what is in it lasts until the next call. */
  final float[] pointRoom(int length) {
    if (pointRoom.length < length) {
      pointRoom = new float[length];
    }
    return pointRoom;
  }

  /** Gives working memory outside of the heap back. */
  @Override
  public abstract void close();
}
