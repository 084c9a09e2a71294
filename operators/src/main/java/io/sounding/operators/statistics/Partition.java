package io.sounding.operators.statistics;

import java.util.Arrays;

/**
 * Sampled frames split by label, scored in float64 by direct differences from the recomputed
 * cluster means.
 *
 * <p>Rows are float32 as sampled, {@code [m * d]}; differences x - centre are formed in float64
 * first, so a large mean costs no digits. Clusters without frames count nowhere.
 */
final class Partition {
  private static final int RANGE = 64;

  /** Relative to it, products of float64 rows of any dimension here have no error. */
  private static final double CLOSE = 1e-6;

  private final int size;
  private final int clusters;
  private final int dimension;
  private final int[] counts;
  private final double[] means;
  private final double[] meanDistances;
  private final double within;
  private final double between;

  /**
   * Splits the rows.
   *
   * @param centre {@code [d]}, a point in the middle of the rows, which the cluster means are kept
   *     relative to
   */
  Partition(float[] rows, int[] labels, int clusters, double[] centre) {
    size = labels.length;
    dimension = centre.length;
    this.clusters = clusters;
    counts = new int[clusters];
    means = new double[clusters * dimension];
    for (int i = 0; i < size; i++) {
      counts[labels[i]]++;
      for (int j = 0; j < dimension; j++) {
        means[labels[i] * dimension + j] += rows[i * dimension + j] - centre[j];
      }
    }
    double[] overall = new double[dimension]; // the mean of all rows
    for (int i = 0; i < means.length; i++) {
      overall[i % dimension] += means[i] / size;
      means[i] /= Math.max(1, counts[i / dimension]);
    }
    double squares = 0;
    for (int c = 0; c < clusters; c++) {
      double squaredDistance = 0;
      for (int j = 0; j < dimension; j++) {
        double difference = means[c * dimension + j] - overall[j];
        squaredDistance += difference * difference;
      }
      squares += counts[c] * squaredDistance;
    }
    between = squares;
    double[] squared = new double[size];
    Processors.forRanges(
        size,
        RANGE,
        (from, to) -> {
          double[] difference = new double[dimension];
          for (int i = from; i < to; i++) {
            int mean = labels[i] * dimension;
            for (int j = 0; j < dimension; j++) {
              difference[j] = rows[i * dimension + j] - centre[j] - means[mean + j];
            }
            squared[i] = FrameBlock.squaredNorm(difference);
          }
        });
    meanDistances = new double[clusters];
    double sum = 0;
    for (int i = 0; i < size; i++) {
      sum += squared[i];
      meanDistances[labels[i]] += Math.sqrt(squared[i]) / counts[labels[i]];
    }
    within = sum;
  }

  int occupied() {
    int occupied = 0;
    for (int count : counts) {
      occupied += count > 0 ? 1 : 0;
    }
    return occupied;
  }

  /** Mean squared distance of the rows to their mean. */
  double scatter() {
    return (between + within) / size;
  }

  /** exp of the entropy of the shares of the clusters; 0 without frames. */
  double usagePerplexity() {
    if (size == 0) {
      return 0;
    }
    double entropy = 0;
    for (int count : counts) {
      if (count > 0) {
        double share = (double) count / size;
        entropy -= share * Math.log(share);
      }
    }
    return Math.exp(entropy);
  }

  /**
   * (B / (k - 1)) / (W / (n - k)) for all n frames (Calinski and Harabasz 1974), estimated from the
   * m rows: the within-cluster variance by {@code w = W_m / (m - k)}, the total scatter by {@code n
   * / m (B_m + W_m)}, of which {@code w (n - k)} is W. For m = n the plain formula; never negative.
   * As in scikit-learn 1 when W is 0; 0 below two clusters or when n = k.
   */
  double calinskiHarabasz(long frames) {
    int k = occupied();
    if (k < 2 || size <= k) {
      return 0;
    }
    if (within == 0) {
      return 1;
    }
    double variance = within / (size - k);
    double total = (between + within) / size * frames;
    return Math.max(0, total / variance - (frames - k)) / (k - 1);
  }

  /**
   * What the scatter around cluster means grows by when they are the means of all n frames rather
   * than of the m sampled ones: {@code (1 - k / n) / (1 - k / m)}, the ratio of degrees of freedom.
   */
  double scatterGrowth(long frames) {
    int k = occupied();
    return size <= k ? 1 : (1 - (double) k / frames) / (1 - (double) k / size);
  }

  /**
   * Mean over clusters i of max over j of (s_i + s_j) / ||c_i - c_j||, s the mean Euclidean
   * distance to the recomputed mean c (Davies and Bouldin 1979; scikit-learn's
   * davies_bouldin_score). Coincident means contribute 0; 0 below two clusters. Unlike
   * scikit-learn, distances count as 0 when they are 0, not below 1e-8: the value does not depend
   * on the scale.
   */
  double daviesBouldin() {
    double[] squaredNorms = new double[clusters];
    for (int i = 0; i < means.length; i++) {
      squaredNorms[i / dimension] += means[i] * means[i];
    }
    double[] worst = new double[clusters];
    Processors.forRanges(
        clusters,
        RANGE,
        (from, to) -> {
          double[] left = Arrays.copyOfRange(means, from * dimension, to * dimension);
          double[] products = new double[(to - from) * clusters];
          Products.multiply(left, to - from, means, clusters, dimension, products);
          for (int a = from; a < to; a++) {
            worst[a] = worstRatio(a, products, (a - from) * clusters, squaredNorms);
          }
        });
    double sum = 0;
    for (double ratio : worst) {
      sum += ratio;
    }
    return sum / Math.max(1, occupied());
  }

  /** Products tell which ratios may be the worst; those are formed by differences. */
  private double worstRatio(int a, double[] products, int start, double[] squaredNorms) {
    double[] about = new double[clusters];
    double most = 0;
    for (int b = 0; b < clusters; b++) {
      double norms = squaredNorms[a] + squaredNorms[b];
      double squared = norms - 2 * products[start + b];
      about[b] = squared < CLOSE * norms ? ratio(a, b) : ratio(a, b, Math.sqrt(squared));
      most = Math.max(most, about[b]);
    }
    double worst = 0;
    for (int b = 0; b < clusters; b++) {
      if (about[b] >= (1 - CLOSE) * most) {
        worst = Math.max(worst, ratio(a, b));
      }
    }
    return worst;
  }

  private double ratio(int a, int b) {
    return ratio(a, b, distance(a, b));
  }

  private double ratio(int a, int b, double distance) {
    return counts[a] == 0 || counts[b] == 0 || distance == 0
        ? 0
        : (meanDistances[a] + meanDistances[b]) / distance;
  }

  private double distance(int a, int b) {
    double squared = 0;
    for (int j = 0; j < dimension; j++) {
      double difference = means[a * dimension + j] - means[b * dimension + j];
      squared += difference * difference;
    }
    return Math.sqrt(squared);
  }
}
