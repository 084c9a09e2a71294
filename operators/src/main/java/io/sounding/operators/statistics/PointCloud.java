package io.sounding.operators.statistics;

import java.util.Arrays;

/**
 * Weighted points prepared for distance products: centred on the mean of a reference set and
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
 * most 6e-8 of itself. Shapes: {@code rows[n * d]} row-major; {@code weights[n]}.
 */
final class PointCloud {
  private static final int UNSCALED_EXPONENT = 20;
  private static final int RANGE = 2048;

  private final int size;
  private final int dimension;
  private final float[] rows;
  private final double[] squaredNorms;
  private final double[] weights;
  private final double[] centre;
  private final double unit;

  private PointCloud(
      int size, int dimension, float[] rows, double[] weights, double[] centre, double unit) {
    this.size = size;
    this.dimension = dimension;
    this.rows = rows;
    this.weights = weights;
    this.centre = centre;
    this.unit = unit;
    squaredNorms = new double[size];
    Processors.forRanges(
        size,
        RANGE,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            squaredNorms[i] = squaredNorm(rows, i * dimension, dimension);
          }
        });
  }

  /** Cloud of the first {@code size} rows, each of weight 1, centred on their own mean. */
  static PointCloud of(float[] rows, int size, int dimension) {
    return of(FrameBlock.of(rows, size, dimension), new float[size * dimension]);
  }

  /**
   * Cloud of the rows of a block, each of weight 1, centred on their own mean.
   *
   * @param stored takes the points up, {@code [n * d]} or longer; the caller changes it no more as
   *     long as the cloud is used
   */
  static PointCloud of(FrameBlock block, float[] stored) {
    float[] rows = block.rows();
    int size = block.count();
    int dimension = block.dimension();
    double[] centre = block.mean();
    double unit = unit(storeCentred(rows, size, centre, stored));
    if (unit != 1) {
      store(rows, size, centre, 1 / unit, stored);
    }
    return new PointCloud(size, dimension, stored, ones(size), centre, unit);
  }

  /** Rows relative to the centre; returns their largest coordinate. */
  private static double storeCentred(float[] rows, int size, double[] centre, float[] stored) {
    int[] largest = new int[(size + RANGE - 1) / RANGE];
    Processors.forRanges(
        size,
        RANGE,
        (from, to) -> largest[from / RANGE] = storeCentred(rows, from, to, centre, stored));
    return Float.intBitsToFloat(Arrays.stream(largest).max().orElse(0));
  }

  private static int storeCentred(float[] rows, int from, int to, double[] centre, float[] stored) {
    // bits of non-negative floats are in the order of their values; a maximum of integers is quick
    int largest = 0;
    for (int start = from * centre.length; start < to * centre.length; start += centre.length) {
      for (int j = 0; j < centre.length; j++) {
        float difference = (float) (rows[start + j] - centre[j]);
        stored[start + j] = difference;
        largest = Math.max(largest, Float.floatToRawIntBits(difference) & Integer.MAX_VALUE);
      }
    }
    return largest;
  }

  private static void store(
      float[] rows, int size, double[] centre, double factor, float[] stored) {
    for (int start = 0; start < size * centre.length; start += centre.length) {
      for (int j = 0; j < centre.length; j++) {
        stored[start + j] = (float) ((rows[start + j] - centre[j]) * factor);
      }
    }
  }

  /**
   * Cloud of the first {@code size} of float64 rows, each of weight 1, centred on the first one.
   */
  static PointCloud of(double[] rows, int size, int dimension) {
    double[] centre = Arrays.copyOf(rows, dimension);
    double largest = 0;
    for (int start = 0; start < size * dimension; start += dimension) {
      for (int j = 0; j < dimension; j++) {
        largest = Math.max(largest, Math.abs(rows[start + j] - centre[j]));
      }
    }
    double unit = unit(largest);
    float[] stored = stored(rows, size, centre, unit);
    return new PointCloud(size, dimension, stored, ones(size), centre, unit);
  }

  /** Other points in the coordinates of this cloud; {@code points[weights.length * d]}. */
  PointCloud alongside(double[] points, double[] pointWeights) {
    float[] stored = stored(points, pointWeights.length, centre, unit);
    return new PointCloud(pointWeights.length, dimension, stored, pointWeights, centre, unit);
  }

  /** The first {@code count} of other points, of weight 1, in the coordinates of this cloud. */
  PointCloud alongside(double[] points, int count) {
    return new PointCloud(
        count, dimension, stored(points, count, centre, unit), ones(count), centre, unit);
  }

  /** The first {@code count} of some points of this cloud, each of weight 1. */
  PointCloud rowsAt(int[] points, int count) {
    float[] gathered = new float[count * dimension];
    for (int i = 0; i < count; i++) {
      System.arraycopy(rows, points[i] * dimension, gathered, i * dimension, dimension);
    }
    return new PointCloud(count, dimension, gathered, ones(count), centre, unit);
  }

  /** The same points by their coordinates along some directions. */
  PointCloud along(PrincipalDirections directions) {
    int count = directions.count();
    float[] along = new float[size * count];
    Processors.forRanges(
        size,
        RANGE,
        (from, to) -> {
          float[] points = Arrays.copyOfRange(rows, from * dimension, to * dimension);
          float[] part = directions.along(points, to - from);
          System.arraycopy(part, 0, along, from * count, part.length);
        });
    return new PointCloud(size, count, along, weights, new double[count], unit);
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
        Arrays.copyOf(weights, count),
        centre,
        unit);
  }

  /** A power of two; 1 as long as products of such coordinates are far from float32's ends. */
  private static double unit(double largest) {
    double finite = Math.min(largest, Float.MAX_VALUE);
    int exponent = Math.getExponent(finite);
    return finite == 0 || Math.abs(exponent) <= UNSCALED_EXPONENT
        ? 1
        : Math.scalb(1.0, exponent + 1);
  }

  private static double[] ones(int size) {
    double[] ones = new double[size];
    Arrays.fill(ones, 1);
    return ones;
  }

  private static float[] stored(double[] points, int size, double[] centre, double unit) {
    int d = centre.length;
    float[] stored = new float[size * d];
    double factor = 1 / unit;
    for (int start = 0; start < stored.length; start += d) {
      for (int j = 0; j < d; j++) {
        stored[start + j] = (float) ((points[start + j] - centre[j]) * factor);
      }
    }
    return stored;
  }

  /**
   * Products of points from .. from + count with all others, {@code [count * others]} or longer;
   * the rows of this cloud must have been loaded.
   */
  float[] products(int from, int count, PointCloud others, FoldProducts by) {
    float[] products = by.room(count * others.size);
    by.multiply(from, count, others.rows, others.size, products);
    return products;
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

  /** Rows in stored coordinates, back in the original ones. */
  double[] original(double[] stored) {
    double[] points = new double[stored.length];
    for (int i = 0; i < stored.length; i++) {
      points[i] = centre[i % dimension] + unit * stored[i];
    }
    return points;
  }
}
