package io.sounding.operators.statistics;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

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

  private static final int CANDIDATES_PER_CLUSTER = 32;
  private static final int LEAST_CANDIDATES = 2048;
  private static final int CANDIDATE_ITERATIONS = 20;
  private static final int SAMPLE_ITERATIONS = 300;
  private static final int FINALISTS = 2;

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
    double[] uncovered =
        DoubleStream.generate(() -> Double.POSITIVE_INFINITY).limit(candidates.size()).toArray();
    int draws = 2 + (int) Math.log(clusters);
    SplittableRandom random = new SplittableRandom(seed);
    return IntStream.range(0, restarts)
        .mapToObj(
            restart -> {
              int[] seeds = seeding.choose(clusters, uncovered, draws, random.split());
              return Lloyd.run(
                  candidates, candidates.points(seeds), seeds.length, CANDIDATE_ITERATIONS);
            })
        .sorted(Comparator.comparingDouble(Clustering::inertia))
        .limit(FINALISTS)
        .map(start -> Lloyd.run(cloud, start.centroids(), start.clusters(), SAMPLE_ITERATIONS))
        .min(Comparator.comparingDouble(Clustering::inertia))
        .orElseThrow();
  }

  private static PointCloud candidates(
      PointCloud cloud, MicroCentroids micro, boolean complete, int clusters) {
    int wanted =
        Math.min(
            PlusPlusSeeding.MOST_POINTS,
            Math.max(LEAST_CANDIDATES, CANDIDATES_PER_CLUSTER * clusters));
    if (complete || micro.size() < clusters) {
      return cloud.head(Math.min(cloud.size(), wanted));
    }
    int size = Math.min(micro.size(), PlusPlusSeeding.MOST_POINTS);
    return cloud.alongside(
        Arrays.copyOf(micro.means(), size * cloud.dimension()),
        Arrays.copyOf(micro.weights(), size));
  }
}
