package io.sounding.operators.statistics;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * The centroids that are reported: seeded restarts of k-means++ and weighted Lloyd on few candidate
 * points; from the best of them Lloyd on the whole frame sample, {@link CentroidBreathing} as far
 * as the size of the problem allows it, and Lloyd to convergence.
 *
 * <p>Candidates are the heaviest micro-centroids, which stand for all frames. When the sample
 * already holds all frames, they are its first frames in the order of their keys, a uniform choice;
 * then the result does not even depend on the order in which frames were added.
 */
final class CentroidSearch {
  /** Fewest sampled frames per centroid, as in the seed paper's tool (faiss). */
  static final int FRAMES_PER_CENTROID = 39;

  /** Multiply-adds that a breath may cost altogether; so many breaths are taken. */
  private static final double BREATHING_WORK = 1e11;

  private static final int BREATH_ITERATIONS = 14;
  private static final int MOST_BREATHS = 8;

  /** Of the runs that only lead to others; the last one ends when no label changes. */
  private static final double TOLERANCE = 1e-6;

  private static final int TRIAL_ITERATIONS = 2;
  private static final int FIRST_ITERATIONS = 10;
  private static final int SAMPLE_ITERATIONS = 300;

  private CentroidSearch() {}

  /** The k that m sampled frames allow: at most m / 39 and the number of distinct frames. */
  static int supportedClusters(FrameSample sample, int requested) {
    int most = Math.min(requested, Math.max(1, sample.size() / FRAMES_PER_CENTROID));
    most = Math.min(most, sample.size());
    int d = sample.dimension();
    Set<FloatBuffer> distinct = new HashSet<>();
    for (int i = 0; i < sample.size() && distinct.size() < most; i++) {
      distinct.add(FloatBuffer.wrap(sample.rows(), i * d, d));
    }
    return Math.min(most, distinct.size());
  }

  static Clustering search(
      PointCloud cloud,
      MicroCentroids micro,
      boolean complete,
      int clusters,
      int restarts,
      long seed) {
    PointCloud candidates = candidates(cloud, micro, complete, clusters);
    PlusPlusSeeding seeding = new PlusPlusSeeding(candidates);
    double[] uncovered = new double[candidates.size()];
    Arrays.fill(uncovered, Double.POSITIVE_INFINITY);
    SplittableRandom random = new SplittableRandom(seed);
    Clustering best = null;
    for (int restart = 0; restart < restarts; restart++) {
      int[] seeds =
          seeding.choose(clusters, uncovered, 2 + (int) Math.log(clusters), random.split());
      Clustering trial =
          Lloyd.run(candidates, candidates.points(seeds), seeds.length, TRIAL_ITERATIONS, 0);
      best = best == null || trial.inertia() < best.inertia() ? trial : best;
    }
    Clustering first =
        Lloyd.run(cloud, best.centroids(), best.clusters(), FIRST_ITERATIONS, TOLERANCE);
    double breath = (double) BREATH_ITERATIONS * clusters * cloud.size() * cloud.dimension();
    int breaths = (int) Math.min(MOST_BREATHS, BREATHING_WORK / breath);
    Clustering improved = new CentroidBreathing(cloud, random).improve(first, breaths);
    return Lloyd.run(cloud, improved.centroids(), improved.clusters(), SAMPLE_ITERATIONS, 0);
  }

  private static PointCloud candidates(
      PointCloud cloud, MicroCentroids micro, boolean complete, int clusters) {
    if (complete || micro.size() < clusters) {
      return cloud.head(Math.min(cloud.size(), PlusPlusSeeding.MOST_POINTS));
    }
    int size = Math.min(micro.size(), PlusPlusSeeding.MOST_POINTS);
    return cloud.alongside(
        Arrays.copyOf(micro.means(), size * cloud.dimension()),
        Arrays.copyOf(micro.weights(), size));
  }
}
