package io.sounding.operators.statistics;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * The centroids that are reported: from a start by greedy k-means++, Lloyd goes on over the whole
 * frame sample until no label changes.
 *
 * <p>Of few clusters, the start is the best of seeded restarts, made better by {@link
 * CentroidBreathing}. Of many, restarts are alike; one is seeded and approached along the {@link
 * PrincipalDirections}, by some exact iterations and then by {@link NeighbourLabels} (without the
 * exact ones, small clusters are lost: usage perplexity -10 % on 14,700 frames, k = 256), and Lloyd
 * ends when no more than one label in {@value #FEW_CHANGES} changes: to go on until none does takes
 * two to six times the iterations and changes inertia by 0.05 %, Davies-Bouldin by 0.1 % (measured
 * on 40,960 frames of three kinds, k = 1024, two seeds each); other seeds change them by 0.4 and 1
 * %.
 *
 * <p>Seeds are chosen among the micro-centroids, by weight, since they stand for all frames. When
 * the sample already holds all frames, seeds are chosen among those; then the result does not even
 * depend on the order in which frames were added. Seeds from a part of the frames only would be
 * much worse where outliers each get a cluster of their own (measured: usage perplexity -30 % with
 * 4,096 of 14,700 frames of a collapsed model, k = 256; Davies-Bouldin -12 % with 6,808 of 29,836
 * frames of an untrained one, d = 768, k = 765). Along fewer directions more of them can be
 * afforded; frames that spread in all dimensions alike are seeded from {@value #FEWEST_CANDIDATES}
 * or a few more.
 *
 * <p>Measured against the best of ten full-batch restarts of scikit-learn 1.2.1, two seeds each,
 * 14,700 frames of d = 128 from four checkpoints of a structured model and one of a collapsed one;
 * of more clusters see tests/accuracy/REPORT.md:
 *
 * <pre>
 *                        k    inertia           Davies-Bouldin   perplexity
 *   structured model    32   -0.3 to +0.2 %   -1.2 to +1.9 %   +0.5 to +0.9 %
 *   structured model    64   -0.5 to +0.3 %   -0.7 to +2.4 %   +0.9 to +2.1 %
 *   collapsed model     64   -0.1 to +0.1 %   +1.4 to +3.0 %   +1.8 to +1.8 %
 * </pre>
 */
final class CentroidSearch {
  /** The distances between so many take a gigabyte. */
  static final int MOST_CLUSTERS = 1 << 14;

  /** Fewest sampled frames per centroid, as in the seed paper's tool (faiss). */
  static final int FRAMES_PER_CENTROID = 39;

  /** Values (clusters x candidates x coordinates) that one seeding may go through at most. */
  private static final double SEEDING_WORK = 4e9;

  /** The same for all restarts after the first. */
  private static final double RESTART_WORK = 1.2e9;

  /**
   * Up to here a bad local optimum shows in the metrics; with more clusters it averages out, and a
   * search that leaves it finds clusters that plain restarts do not.
   */
  private static final int FEW_CLUSTERS = 128;

  private static final int MOST_BREATHS = 8;
  private static final int FEWEST_CANDIDATES = 4096;
  private static final int PART_ITERATIONS = 2;
  private static final int TRIAL_ITERATIONS = 10;
  private static final int MOST_ITERATIONS = 300;
  private static final int FIRST_ITERATIONS = 5;
  private static final int MOST_APPROACHING = 50;

  /** One in so many labels is few. */
  private static final int FEW_CHANGES = 1000;

  private CentroidSearch() {}

  /**
   * The k that m sampled frames allow: at most m / 39, the number of distinct frames, and {@value
   * #MOST_CLUSTERS}.
   */
  static int supportedClusters(FrameSample sample, int requested) {
    int most =
        Math.min(
            Math.min(requested, MOST_CLUSTERS), Math.max(1, sample.size() / FRAMES_PER_CENTROID));
    most = Math.min(most, sample.size());
    int d = sample.dimension();
    Set<Row> distinct = new HashSet<>();
    for (int i = 0; i < sample.size() && distinct.size() < most; i++) {
      distinct.add(new Row(FloatBuffer.wrap(sample.rows(), i * d, d)));
    }
    return Math.min(most, distinct.size());
  }

  /** A frame. By their own code, buffers of values below 1 are all in one bucket. */
  private record Row(FloatBuffer values) {
    @Override
    public int hashCode() {
      int hash = 0;
      for (int i = values.position(); i < values.limit(); i++) {
        hash = 31 * hash + Float.floatToIntBits(values.get(i) + 0f); // 0 and -0 are equal
      }
      return hash;
    }
  }

  /**
   * The centroids of the points of {@code cloud}.
   *
   * @param micro stand for all frames; none where the cloud holds these already
   */
  static Clustering search(
      PointCloud cloud, MicroCentroids micro, int clusters, int restarts, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] start;
    if (clusters <= FEW_CLUSTERS) {
      PointCloud candidates = candidates(cloud, micro, clusters, cloud.dimension());
      start =
          improved(
              cloud, candidates, bestTrial(candidates, cloud, clusters, restarts, random), random);
    } else {
      start = approach(cloud, micro, clusters, random);
    }
    int found = start.length / cloud.dimension();
    int few = found <= FEW_CLUSTERS ? 0 : cloud.size() / FEW_CHANGES;
    return Lloyd.run(cloud, start, found, new CentroidBounds(cloud, found), MOST_ITERATIONS, few);
  }

  private static Clustering bestTrial(
      PointCloud candidates,
      PointCloud cloud,
      int clusters,
      int restarts,
      SplittableRandom random) {
    double work = (double) clusters * candidates.size() * candidates.dimension();
    int affordable = (int) Math.max(1, Math.min(restarts, RESTART_WORK / work));
    int iterations = candidates == cloud ? TRIAL_ITERATIONS : PART_ITERATIONS;
    Clustering best = null;
    PlusPlusSeeding seeding = new PlusPlusSeeding(candidates);
    for (int restart = 0; restart < affordable; restart++) {
      int[] seeds = seeding.choose(clusters, draws(clusters), random.split());
      Clustering trial = Lloyd.run(candidates, candidates.points(seeds), seeds.length, iterations);
      best = best == null || trial.inertia() < best.inertia() ? trial : best;
    }
    return best;
  }

  /** As many as in scikit-learn. */
  private static int draws(int clusters) {
    return 2 + (int) Math.log(clusters);
  }

  private static double[] improved(
      PointCloud cloud, PointCloud candidates, Clustering trial, SplittableRandom random) {
    Clustering whole =
        candidates == cloud
            ? trial
            : Lloyd.run(cloud, trial.centroids(), trial.clusters(), TRIAL_ITERATIONS);
    return new CentroidBreathing(cloud, random).improve(whole, MOST_BREATHS).centroids();
  }

  /** Centroids from which few exact iterations are left. */
  private static double[] approach(
      PointCloud cloud, MicroCentroids micro, int clusters, SplittableRandom random) {
    PrincipalDirections directions = PrincipalDirections.of(cloud);
    boolean fewer = directions.count() <= cloud.dimension() / 2;
    PointCloud along = fewer ? cloud.along(directions) : cloud;
    PointCloud candidates = candidates(cloud, micro, clusters, along.dimension());
    PointCloud candidatesAlong =
        candidates == cloud ? along : fewer ? candidates.along(directions) : candidates;
    int[] seeds =
        new PlusPlusSeeding(candidates, candidatesAlong)
            .choose(clusters, draws(clusters), random.split());
    double[] start = candidatesAlong.points(seeds);
    Clustering trial = Lloyd.run(candidatesAlong, start, seeds.length, FIRST_ITERATIONS);
    Clustering near =
        Lloyd.approach(
            along, trial.centroids(), seeds.length, MOST_APPROACHING, cloud.size() / FEW_CHANGES);
    return cloud.means(near.labels(), seeds.length, candidates.points(seeds));
  }

  /**
   * What seeds are chosen among.
   *
   * @param coordinates of each that will be gone through
   */
  private static PointCloud candidates(
      PointCloud cloud, MicroCentroids micro, int clusters, int coordinates) {
    int d = cloud.dimension();
    int most = (int) Math.max(FEWEST_CANDIDATES, SEEDING_WORK / ((double) clusters * coordinates));
    if (micro.size() < clusters || !areReached(micro, cloud)) {
      return cloud.size() <= most ? cloud : cloud.head(most);
    }
    int size = Math.min(micro.size(), most);
    return cloud.alongside(
        Arrays.copyOf(micro.means(), size * d), Arrays.copyOf(micro.weights(), size));
  }

  /**
   * Whether the sample's coordinates suit all micro-centroids. They do not suit one of a huge frame
   * that is not sampled, beside which the fold could not tell the frames of its block apart either.
   */
  private static boolean areReached(MicroCentroids micro, PointCloud cloud) {
    return IntStream.range(0, micro.size()).allMatch(c -> cloud.reaches(micro.means(), c));
  }
}
