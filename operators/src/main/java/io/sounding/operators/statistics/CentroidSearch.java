package io.sounding.operators.statistics;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * The centroids that are reported: seeded restarts of k-means++ and weighted Lloyd on few candidate
 * points, then Lloyd to convergence on the whole frame sample from the best of them.
 *
 * <p>Candidates are the heaviest micro-centroids, which stand for all frames. When the sample
 * already holds all frames, they are its first frames in the order of their keys, a uniform choice;
 * then the result does not even depend on the order in which frames were added.
 */
final class CentroidSearch {
  /** Fewest sampled frames per centroid, as in the seed paper's tool (faiss). */
  static final int FRAMES_PER_CENTROID = 39;

  /** Most multiply-adds of a seeding that goes over the whole sample. */
  private static final double SEEDING_WORK = 2e9;

  private static final int TRIAL_ITERATIONS = 5;
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
    int draws = 2 + (int) Math.log(clusters);
    PointCloud candidates = candidates(cloud, micro, complete, clusters, draws);
    PlusPlusSeeding seeding = new PlusPlusSeeding(candidates);
    double[] uncovered = new double[candidates.size()];
    Arrays.fill(uncovered, Double.POSITIVE_INFINITY);
    SplittableRandom random = new SplittableRandom(seed);
    Clustering best = null;
    for (int restart = 0; restart < restarts; restart++) {
      int[] seeds = seeding.choose(clusters, uncovered, draws, random.split());
      Clustering trial =
          Lloyd.run(candidates, candidates.points(seeds), seeds.length, TRIAL_ITERATIONS);
      best = best == null || trial.inertia() < best.inertia() ? trial : best;
    }
    return Lloyd.run(cloud, best.centroids(), best.clusters(), SAMPLE_ITERATIONS);
  }

  private static PointCloud candidates(
      PointCloud cloud, MicroCentroids micro, boolean complete, int clusters, int draws) {
    if (complete || micro.size() < clusters) {
      double work = (double) clusters * draws * cloud.size() * cloud.dimension();
      return work <= SEEDING_WORK
          ? cloud
          : cloud.head(Math.min(cloud.size(), PlusPlusSeeding.MOST_PAIRED_POINTS));
    }
    int size = Math.min(micro.size(), PlusPlusSeeding.MOST_PAIRED_POINTS);
    return cloud.alongside(
        Arrays.copyOf(micro.means(), size * cloud.dimension()),
        Arrays.copyOf(micro.weights(), size));
  }
}
