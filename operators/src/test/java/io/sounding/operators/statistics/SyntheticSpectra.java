package io.sounding.operators.statistics;

import java.util.SplittableRandom;
import smile.math.matrix.Matrix;

/** Rows whose matrix has a known shape of spectrum, and the truth about them by Smile's SVD. */
final class SyntheticSpectra {
  private SyntheticSpectra() {}

  /** Gaussian rows with standard deviations along a random orthogonal basis, plus a mean. */
  static float[] gaussian(int n, double[] deviations, double mean, long seed) {
    int d = deviations.length;
    SplittableRandom random = new SplittableRandom(seed);
    double[] rows = new double[n * d];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = deviations[i % d] * random.nextGaussian();
    }
    // a product of reflections mixes the coordinates
    for (int reflection = 0; reflection < 3; reflection++) {
      double[] v = random.doubles(d, -1, 1).toArray();
      double squared = 0;
      for (double value : v) {
        squared += value * value;
      }
      for (int i = 0; i < rows.length; i += d) {
        double product = 0;
        for (int j = 0; j < d; j++) {
          product += v[j] * rows[i + j];
        }
        for (int j = 0; j < d; j++) {
          rows[i + j] -= 2 * v[j] * product / squared;
        }
      }
    }
    float[] frames = new float[rows.length];
    for (int i = 0; i < frames.length; i++) {
      frames[i] = (float) (rows[i] + mean * Math.cos(i % d));
    }
    return frames;
  }

  /** {@code (i + 1)^-exponent}. */
  static double[] powerLaw(int d, double exponent) {
    double[] deviations = new double[d];
    for (int i = 0; i < d; i++) {
      deviations[i] = Math.pow(i + 1, -exponent);
    }
    return deviations;
  }

  /** Squared singular values of the rows, centred if asked for, {@code [min(n, d)]}. */
  static double[] eigenvalues(float[] frames, int d, boolean centred) {
    int n = frames.length / d;
    double[] mean = new double[d];
    for (int i = 0; centred && i < frames.length; i++) {
      mean[i % d] += frames[i] / (double) n;
    }
    Matrix matrix = new Matrix(n, d);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < d; j++) {
        matrix.set(i, j, frames[i * d + j] - mean[j]);
      }
    }
    double[] values = matrix.svd(false, true).s;
    for (int i = 0; i < values.length; i++) {
      values[i] *= values[i];
    }
    return values;
  }

  /** RankMe by its definition. */
  static double rankMe(double[] eigenvalues) {
    double sum = 0;
    for (double eigenvalue : eigenvalues) {
      sum += Math.sqrt(eigenvalue);
    }
    double entropy = 0;
    for (double eigenvalue : eigenvalues) {
      double q = Math.sqrt(eigenvalue) / sum + 1e-7;
      entropy -= q * Math.log(q);
    }
    return sum == 0 ? 0 : Math.exp(entropy);
  }
}
