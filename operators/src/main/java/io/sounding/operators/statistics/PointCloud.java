package io.sounding.operators.statistics;

import java.util.Arrays;
import java.util.function.DoubleSupplier;

/**
 * Weighted points prepared for distance products: centred in the middle of a reference set and
 * rounded to float32. Where the largest coordinate of that set is so large or small that products
 * would leave the range of float32, they are scaled before by a power of two so that it lies in
 * [0.5, 1]. Immutable.
 *
 * <pre>
 *   stored = (x - centre) / unit                x = centre + unit * stored
 * </pre>
 *
 * <p>Centring comes first because the product formulation of distances cancels when the mean is
 * large against the spread, as it is for collapsed models. Rounding moves a stored coordinate by at
 * most 6e-8 of itself. Beside a point 1e23 times farther out than the others spread, their products
 * are 0: nothing tells them apart. Shapes: {@code rows[n * d]} row-major; {@code weights[n]}.
 */
final class PointCloud {
  private static final int UNSCALED_EXPONENT = 20;

  /** The squared norm of a point of such coordinates is far from float32's end. */
  private static final double FARTHEST = 0x1p40;

  /** Not less than a block of the fold, which has one processor and takes none from others. */
  private static final int RANGE = LayerAccumulator.MOST_BLOCK_ROWS;

  private final int size;
  private final int dimension;
  private final float[] rows;
  private final double[] squaredNorms;
  private final double[] weights;
  private final double[] centre;
  private final double unit;

  private PointCloud(
      int size,
      int dimension,
      float[] rows,
      double[] squaredNorms,
      double[] weights,
      double[] centre,
      double unit) {
    this.size = size;
    this.dimension = dimension;
    this.rows = rows;
    this.squaredNorms = squaredNorms;
    this.weights = weights;
    this.centre = centre;
    this.unit = unit;
  }

  /** Cloud of the first {@code size} rows, at least one, each of weight 1, about their middle. */
  static PointCloud of(float[] rows, int size, int dimension) {
    double[] centre = RobustCentre.of(rows, size, dimension);
    float[] stored = new float[size * dimension];
    double[] squaredNorms = new double[size];
    store(rows, size, centre, 1, stored, squaredNorms);
    double unit = unit(squaredNorms, size, dimension, () -> largest(rows, size, centre));
    if (unit != 1) {
      store(rows, size, centre, 1 / unit, stored, squaredNorms);
    }
    return new PointCloud(size, dimension, stored, squaredNorms, ones(size), centre, unit);
  }

  /** Stores rows relative to the centre, times {@code factor}, and their squared norms. */
  private static void store(
      float[] rows,
      int size,
      double[] centre,
      double factor,
      float[] stored,
      double[] squaredNorms) {
    Processors.forRanges(
        size,
        RANGE,
        (from, to) -> {
          double[] row = new double[centre.length];
          for (int i = from; i < to; i++) {
            int start = i * centre.length;
            // a loop of its own, since one that converts is not made of vector instructions
            for (int j = 0; j < row.length; j++) {
              row[j] = rows[start + j];
            }
            squaredNorms[i] = store(row, centre, factor, stored, start);
          }
        });
  }

  static double largest(float[] rows, int size, double[] centre) {
    double largest = 0;
    for (int start = 0; start < size * centre.length; start += centre.length) {
      for (int j = 0; j < centre.length; j++) {
        largest = Math.max(largest, Math.abs((float) (rows[start + j] - centre[j])));
      }
    }
    return largest;
  }

  /**
   * Cloud of the first {@code size} of float64 rows, each of weight 1, centred on the first one.
   */
  static PointCloud of(double[] rows, int size, int dimension) {
    double[] centre = Arrays.copyOf(rows, dimension);
    float[] stored = new float[size * dimension];
    double[] squaredNorms = new double[size];
    store(rows, size, centre, 1, stored, squaredNorms);
    double unit = unit(squaredNorms, size, dimension, () -> largest(rows, size, centre));
    if (unit != 1) {
      store(rows, size, centre, 1 / unit, stored, squaredNorms);
    }
    return new PointCloud(size, dimension, stored, squaredNorms, ones(size), centre, unit);
  }

  private static void store(
      double[] rows,
      int size,
      double[] centre,
      double factor,
      float[] stored,
      double[] squaredNorms) {
    double[] row = new double[centre.length];
    for (int i = 0; i < size; i++) {
      int start = i * centre.length;
      System.arraycopy(rows, start, row, 0, row.length);
      squaredNorms[i] = store(row, centre, factor, stored, start);
    }
  }

  /** Stores one row relative to the centre, times {@code factor}; changes it; its squared norm. */
  private static double store(
      double[] row, double[] centre, double factor, float[] stored, int start) {
    // loops of their own, since one that converts is not made of vector instructions
    for (int j = 0; j < row.length; j++) {
      row[j] = (row[j] - centre[j]) * factor;
    }
    for (int j = 0; j < row.length; j++) {
      stored[start + j] = (float) row[j];
    }
    return squaredNorm(stored, start, row.length);
  }

  private static double largest(double[] rows, int size, double[] centre) {
    double largest = 0;
    for (int start = 0; start < size * centre.length; start += centre.length) {
      for (int j = 0; j < centre.length; j++) {
        largest = Math.max(largest, Math.abs(rows[start + j] - centre[j]));
      }
    }
    return largest;
  }

  /**
   * Whether products with another point stay within the range of float32 in these coordinates.
   *
   * @param index which one of the points {@code [n * d]}
   */
  boolean reaches(double[] points, int index) {
    for (int j = 0; j < dimension; j++) {
      if (!(Math.abs(points[index * dimension + j] - centre[j]) <= FARTHEST * unit)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Other points in the coordinates of this cloud, each of which it {@linkplain #reaches reaches};
   * {@code points[weights.length * d]}.
   */
  PointCloud alongside(double[] points, double[] pointWeights) {
    return relative(points, pointWeights, centre, unit, new float[points.length]);
  }

  /**
   * Points in given coordinates.
   *
   * @param points {@code [weights.length * d]} or longer
   * @param stored takes them up, as long or longer; the caller changes it no more as long as the
   *     cloud is used
   */
  static PointCloud relative(
      double[] points, double[] weights, double[] centre, double unit, float[] stored) {
    int count = weights.length;
    double[] norms = new double[count];
    store(points, count, centre, 1 / unit, stored, norms);
    return new PointCloud(count, centre.length, stored, norms, weights, centre, unit);
  }

  /** The same points by their coordinates along some directions. */
  PointCloud along(PrincipalDirections directions) {
    int count = directions.count();
    float[] along = new float[size * count];
    double[] norms = new double[size];
    Processors.forRanges(
        size,
        RANGE,
        (from, to) -> {
          float[] points = Arrays.copyOfRange(rows, from * dimension, to * dimension);
          float[] part = directions.along(points, to - from);
          System.arraycopy(part, 0, along, from * count, part.length);
          for (int i = from; i < to; i++) {
            norms[i] = squaredNorm(along, i * count, count);
          }
        });
    return new PointCloud(size, count, along, norms, weights, new double[count], unit);
  }

  /**
   * Stored means of clusters, {@code [clusters * d]}.
   *
   * @param otherwise those of clusters without points
   */
  double[] means(int[] labels, int clusters, double[] otherwise) {
    double[] means = new double[clusters * dimension];
    double[] masses = new double[clusters];
    for (int i = 0; i < size; i++) {
      masses[labels[i]] += weights[i];
      addTo(means, labels[i] * dimension, i, weights[i]);
    }
    for (int j = 0; j < means.length; j++) {
      double mass = masses[j / dimension];
      means[j] = mass == 0 ? otherwise[j] : means[j] / mass;
    }
    return means;
  }

  /** The first points of this cloud. */
  PointCloud head(int count) {
    return new PointCloud(
        count,
        dimension,
        Arrays.copyOf(rows, count * dimension),
        Arrays.copyOf(squaredNorms, count),
        Arrays.copyOf(weights, count),
        centre,
        unit);
  }

  /**
   * A power of two; 1 as long as products of such coordinates are far from float32's ends, which
   * the norms tell for all but odd points.
   */
  static double unit(double[] squaredNorms, int size, int dimension, DoubleSupplier largest) {
    double squared = 0;
    for (int i = 0; i < size; i++) {
      squared = Math.max(squared, squaredNorms[i]);
    }
    double atMost = Math.sqrt(squared);
    double atLeast = Math.sqrt(squared / dimension);
    if (Math.getExponent(atMost) < UNSCALED_EXPONENT
        && Math.getExponent(atLeast) > -UNSCALED_EXPONENT) {
      return 1;
    }
    double finite = Math.min(largest.getAsDouble(), Float.MAX_VALUE);
    int exponent = Math.getExponent(finite);
    return finite == 0 || Math.abs(exponent) <= UNSCALED_EXPONENT
        ? 1
        : Math.scalb(1.0, exponent + 1);
  }

  static double[] ones(int size) {
    double[] ones = new double[size];
    Arrays.fill(ones, 1);
    return ones;
  }

  int size() {
    return size;
  }

  int dimension() {
    return dimension;
  }

  double[] centre() {
    return centre;
  }

  /** Length of one stored unit in the units of the original points. */
  double unit() {
    return unit;
  }

  float[] rows() {
    return rows;
  }

  /** In float64, by four partial sums. */
  static double squaredNorm(float[] rows, int start, int length) {
    double a = 0;
    double b = 0;
    double c = 0;
    double e = 0;
    int j = start;
    for (; j + 3 < start + length; j += 4) {
      a += (double) rows[j] * rows[j];
      b += (double) rows[j + 1] * rows[j + 1];
      c += (double) rows[j + 2] * rows[j + 2];
      e += (double) rows[j + 3] * rows[j + 3];
    }
    for (; j < start + length; j++) {
      a += (double) rows[j] * rows[j];
    }
    return (a + b) + (c + e);
  }

  double squaredNorm(int point) {
    return squaredNorms[point];
  }

  double weight(int point) {
    return weights[point];
  }

  /** Adds factor * (stored point) to the row that starts at {@code offset} of sums. */
  void addTo(double[] sums, int offset, int point, double factor) {
    int start = point * dimension;
    for (int j = 0; j < dimension; j++) {
      sums[offset + j] += factor * rows[start + j];
    }
  }

  /** Squared distance to the row that starts at {@code offset}, by float64 differences. */
  double squaredDistance(int point, double[] others, int offset) {
    int start = point * dimension;
    int j = 0;
    double a = 0;
    double b = 0;
    double c = 0;
    double e = 0;
    for (; j + 3 < dimension; j += 4) {
      double da = rows[start + j] - others[offset + j];
      double db = rows[start + j + 1] - others[offset + j + 1];
      double dc = rows[start + j + 2] - others[offset + j + 2];
      double de = rows[start + j + 3] - others[offset + j + 3];
      a += da * da;
      b += db * db;
      c += dc * dc;
      e += de * de;
    }
    for (; j < dimension; j++) {
      double difference = rows[start + j] - others[offset + j];
      a += difference * difference;
    }
    return (a + b) + (c + e);
  }

  /** Squared distance of two points, by float64 differences. */
  double squaredDistance(int point, int other) {
    return squaredDistance(point, this, other);
  }

  /** The same to a point of a cloud with the same coordinates. */
  double squaredDistance(int point, PointCloud others, int other) {
    int start = point * dimension;
    int offset = other * dimension;
    double a = 0;
    double b = 0;
    int j = 0;
    for (; j + 1 < dimension; j += 2) {
      double da = (double) rows[start + j] - others.rows[offset + j];
      double db = (double) rows[start + j + 1] - others.rows[offset + j + 1];
      a += da * da;
      b += db * db;
    }
    if (j < dimension) {
      double difference = (double) rows[start + j] - others.rows[offset + j];
      a += difference * difference;
    }
    return a + b;
  }

  /** Stored points as float64 rows. */
  double[] points(int[] indexes) {
    double[] points = new double[indexes.length * dimension];
    for (int i = 0; i < indexes.length; i++) {
      addTo(points, i * dimension, indexes[i], 1);
    }
    return points;
  }
}
