package io.sounding.operators.statistics;

import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;

/**
 * Nearest and second-nearest centroid of points, exact to float64 rounding at the price of a
 * float32 product.
 *
 * <p>{@code ||x - c||^2 - ||x||^2 = ||c||^2 - 2 x·c} is computed for all pairs as one float32
 * matrix product. Its error is at most {@code E(x, c) = 2 (d + 8) 2^-24 (||x|| + ||c||) ||c||}
 * (Higham 2002, equation 3.5, plus the rounding of c and of ||c||^2). Every centroid that by its
 * own error may be nearest, or second-nearest, is then measured again by float64 differences, so
 * the answer does not depend on the BLAS or the processor. Ties go to the smaller index. One error
 * for all would be that of an outlier's centroid, far from where most others are.
 *
 * <p>Blocks of points may be looked up by several threads at the same time. What they need outside
 * of the heap is kept until {@link #close}.
 */
final class NearestCentroids implements AutoCloseable {
  /** Most points of a block. Measured: 256 to 1,024 differ by less than the noise. */
  static final int SIZE = 512;

  private static final int RANGE = 64;

  /** Centroids of which the median is taken. */
  private static final int MEDIAN_OF = 64;

  /** Of float32 sums with ||x||^2, relative to it; those with ||c|| are in the errors of scores. */
  private static final double ROUNDINGS = 0x1p-22;

  private final PointCloud cloud;
  private final int clusters;
  private final int dimension;
  private final float[] rounded;
  private final float[] squaredNorms;
  private final double[] norms;
  private final float[] errors; // of scores, for each unit of ||x||
  private final float[] ownErrors; // what is left of them when x is 0
  private final int[] everyCentroid;
  private final Queue<Block> idle = new ConcurrentLinkedQueue<>();
  private double[] centroids;
  private double largestNorm;

  NearestCentroids(PointCloud cloud, int clusters) {
    this.cloud = cloud;
    this.clusters = clusters;
    dimension = cloud.dimension();
    rounded = new float[clusters * dimension];
    squaredNorms = new float[clusters];
    norms = new double[clusters];
    errors = new float[clusters];
    ownErrors = new float[clusters];
    everyCentroid = IntStream.range(0, clusters).toArray();
  }

  /**
   * Sets the centroids, {@code [clusters * d]} in the stored coordinates of the cloud; not copied.
   */
  NearestCentroids moveTo(double[] newCentroids) {
    double[] all = new double[clusters];
    Arrays.fill(all, Double.POSITIVE_INFINITY);
    return moveTo(newCentroids, all);
  }

  /** The same, when it is known how far each of them moved. */
  NearestCentroids moveTo(double[] newCentroids, double[] drift) {
    centroids = newCentroids;
    double largest = 0;
    for (int c = 0; c < clusters; c++) {
      if (drift[c] > 0) {
        double squared = 0;
        for (int j = c * dimension; j < (c + 1) * dimension; j++) {
          rounded[j] = (float) centroids[j];
          squared += centroids[j] * centroids[j];
        }
        squaredNorms[c] = (float) squared;
        norms[c] = Math.sqrt(squared);
        errors[c] = up(errorFactor(dimension) * norms[c]);
        ownErrors[c] = up(errorFactor(dimension) * squared);
      }
      largest = Math.max(largest, norms[c]);
    }
    largestNorm = largest;
    return this;
  }

  /** The largest norm of a centroid. */
  double largestNorm() {
    return largestNorm;
  }

  /** What is done with one answer. */
  interface Visitor {
    void visit(int point, int position, Block block);
  }

  /**
   * Compares all points of the cloud with all centroids, as {@link Block#look}. Each is visited
   * while its answer can be read, those of different blocks at the same time.
   */
  void forEach(boolean exact, Visitor visitor) {
    int[] points = IntStream.range(0, cloud.size()).toArray();
    Processors.forRanges(
        points.length,
        SIZE,
        (from, to) -> {
          Block block = take();
          block.look(points, from, to - from, everyCentroid, clusters, exact);
          for (int i = from; i < to; i++) {
            visitor.visit(points[i], i - from, block);
          }
          giveBack(block);
        });
  }

  /**
   * The centroids nearest to each one, itself among them, about: by float32 products, relative to
   * the median of the centroids, which one far out does not move, as it does the cloud's mean: all
   * others may lie as far from that as to lose their digits in a product. Ascending.
   */
  int[][] neighbours(int most) {
    float[] centred = new float[clusters * dimension];
    float[] centredNorms = new float[clusters];
    double[] median = median();
    for (int c = 0; c < clusters; c++) {
      double squared = 0;
      for (int j = 0; j < dimension; j++) {
        double difference = centroids[c * dimension + j] - median[j];
        centred[c * dimension + j] = (float) difference;
        squared += difference * difference;
      }
      centredNorms[c] = (float) squared;
    }
    float[] products = new float[clusters * clusters];
    Products.multiply(centred, clusters, centred, clusters, dimension, products);
    int[][] neighbours = new int[clusters][];
    Processors.forRanges(
        clusters,
        RANGE,
        (from, to) -> {
          for (int c = from; c < to; c++) {
            neighbours[c] =
                neighbours(products, c * clusters, centredNorms, Math.min(most, clusters));
          }
        });
    return neighbours;
  }

  /** Of each coordinate of some of the centroids, which is as good for that. */
  private double[] median() {
    double[] median = new double[dimension];
    double[] values = new double[Math.min(clusters, MEDIAN_OF)];
    for (int j = 0; j < dimension; j++) {
      for (int i = 0; i < values.length; i++) {
        int c = (int) ((long) i * clusters / values.length);
        values[i] = centroids[c * dimension + j];
      }
      Arrays.sort(values);
      median[j] = values[values.length / 2];
    }
    return median;
  }

  private int[] neighbours(float[] products, int start, float[] squaredNorms, int most) {
    int[] found = new int[most];
    float[] scores = new float[most];
    int count = 0;
    for (int c = 0; c < clusters; c++) {
      float score = squaredNorms[c] - 2 * products[start + c];
      if (count == most && score >= scores[most - 1]) {
        continue;
      }
      int position = count < most ? count++ : most - 1;
      for (; position > 0 && score < scores[position - 1]; position--) {
        scores[position] = scores[position - 1];
        found[position] = found[position - 1];
      }
      scores[position] = score;
      found[position] = c;
    }
    Arrays.sort(found);
    return found;
  }

  /** Room for a block of points, for one thread until it is given back. */
  Block take() {
    Block block = idle.poll();
    return block == null ? new Block() : block;
  }

  void giveBack(Block block) {
    idle.add(block);
  }

  /** Frees what lies outside of the heap. */
  @Override
  public void close() {
    for (Block block = idle.poll(); block != null; block = idle.poll()) {
      block.buffers.close();
    }
  }

  /** Points that are looked up by one product; its answers are read by position. */
  final class Block {
    private final float[] gathered = new float[SIZE * dimension];
    private final Products.Buffers buffers = new Products.Buffers();
    private float[] others;
    private int[] ids;
    private int compared;
    // of the candidates, in their order
    private final float[] candidateNorms = new float[clusters];
    private final float[] candidateErrors = new float[clusters];
    private final float[] candidateOwnErrors = new float[clusters];
    private final float[] products = new float[SIZE * clusters]; // become what scores are at least
    private final float[] lowest = new float[clusters]; // of one point
    private final float[] bounds = new float[clusters];
    private final int[] nearest = new int[SIZE];
    private final int[] second = new int[SIZE];
    private final double[] nearestSquared = new double[SIZE];
    private final double[] secondSquared = new double[SIZE];
    private final float[] leastNorm = new float[SIZE];
    private final int[] points = new int[SIZE];

    private Block() {}

    /**
     * Compares {@code some[from .. from + count)} with {@code candidates[0 .. size)}, ascending.
     *
     * @param exact whether distances are to be exact, and the second-nearest to be found; the
     *     nearest one is exact always
     */
    void look(int[] some, int from, int count, int[] candidates, int size, boolean exact) {
      for (int i = 0; i < count; i++) {
        int start = some[from + i] * dimension;
        System.arraycopy(cloud.rows(), start, gathered, i * dimension, dimension);
      }
      ids = candidates;
      compared = size;
      if (size < clusters && others == null) {
        others = new float[clusters * dimension];
      }
      for (int c = 0; c < size && size < clusters; c++) {
        System.arraycopy(rounded, ids[c] * dimension, others, c * dimension, dimension);
      }
      for (int c = 0; c < size; c++) {
        candidateNorms[c] = squaredNorms[ids[c]];
        candidateErrors[c] = errors[ids[c]];
        candidateOwnErrors[c] = ownErrors[ids[c]];
      }
      float[] right = size < clusters ? others : rounded;
      buffers.load(gathered, count, dimension);
      buffers.multiply(0, count, right, size, products);
      for (int i = 0; i < count; i++) {
        measure(i, some[from + i], exact);
      }
    }

    /** Index of the nearest centroid of the point at this position. */
    int nearest(int position) {
      return nearest[position];
    }

    /** Index of the second-nearest centroid, -1 when there is one centroid only. */
    int second(int position) {
      return second[position];
    }

    /** Squared distance to the nearest one; not too small unless it was to be exact. */
    double nearestSquared(int position) {
      return nearestSquared[position];
    }

    /** Infinite when there is one centroid only; only known when it was to be exact. */
    double secondSquared(int position) {
      return secondSquared[position];
    }

    /** Lower bounds on the distances of the point at this position to the candidates. */
    float[] lowerBounds(int position) {
      System.arraycopy(products, position * compared, bounds, 0, compared);
      roots(bounds, compared, leastNorm[position]);
      return bounds;
    }

    private void measure(int position, int point, boolean exact) {
      int start = position * compared;
      float norm = norm(point);
      System.arraycopy(products, start, lowest, 0, compared);
      lowest(lowest, compared, candidateNorms, candidateErrors, candidateOwnErrors, norm);
      System.arraycopy(lowest, 0, products, start, compared);
      float least = Float.POSITIVE_INFINITY;
      float secondLeast = Float.POSITIVE_INFINITY;
      int first = 0;
      int next = 0;
      for (int c = 0; c < compared; c++) {
        float score = lowest[c];
        if (score < secondLeast) {
          if (score < least) {
            secondLeast = least;
            next = first;
            least = score;
            first = c;
          } else {
            secondLeast = score;
            next = c;
          }
        }
      }
      double squaredNorm = cloud.squaredNorm(point);
      double roundings = ROUNDINGS * norm * norm;
      double most = highest(first, norm);
      points[position] = point;
      leastNorm[position] = (float) (squaredNorm - roundings);
      if (!exact && secondLeast > most + roundings) { // the only one that may be least
        nearest[position] = ids[first];
        nearestSquared[position] = Math.max(0, squaredNorm + most + roundings);
        return;
      }
      double limit = (exact ? Math.max(most, highest(next, norm)) : most) + roundings;
      nearest[position] = -1;
      second[position] = -1;
      nearestSquared[position] = Double.POSITIVE_INFINITY;
      secondSquared[position] = Double.POSITIVE_INFINITY;
      for (int c = 0; c < compared; c++) {
        if (lowest[c] <= limit) {
          offer(position, ids[c], cloud.squaredDistance(point, centroids, ids[c] * dimension));
        }
      }
    }

    /** What the score of a candidate is at most. */
    private double highest(int candidate, float norm) {
      return lowest[candidate] + 2.0 * error(norm, ids[candidate]);
    }

    private void offer(int position, int centroid, double squared) {
      if (squared < nearestSquared[position]) {
        second[position] = nearest[position];
        secondSquared[position] = nearestSquared[position];
        nearest[position] = centroid;
        nearestSquared[position] = squared;
      } else if (squared < secondSquared[position]) {
        second[position] = centroid;
        secondSquared[position] = squared;
      }
    }
  }

  // --- loops of their own, each of them made of vector instructions ------------------------------

  /** Products become what scores of a point of that norm are at least. */
  private static void lowest(
      float[] products,
      int count,
      float[] squaredNorms,
      float[] errors,
      float[] ownErrors,
      float norm) {
    for (int c = 0; c < count; c++) {
      float score = squaredNorms[c] - 2 * products[c];
      products[c] = score - (norm * errors[c] + ownErrors[c]);
    }
  }

  /** What squared distances are at least, less {@code squaredNorm}, becomes that of distances. */
  private static void roots(float[] squared, int count, float squaredNorm) {
    for (int c = 0; c < count; c++) {
      squared[c] = (float) Math.sqrt(Math.max(0, squaredNorm + squared[c]));
    }
  }

  // -----------------------------------------------------------------------------------------------

  private float norm(int point) {
    return up(Math.sqrt(cloud.squaredNorm(point)));
  }

  /** Bound on the error of a score of a point of that norm. */
  private float error(float norm, int centroid) {
    return norm * errors[centroid] + ownErrors[centroid];
  }

  private static double errorFactor(int dimension) {
    return 2 * (dimension + 8) * 0x1p-24;
  }

  /** What is not less, by so much that two more roundings do not matter. */
  private static float up(double value) {
    return (float) (value * (1 + 0x1p-20));
  }
}
