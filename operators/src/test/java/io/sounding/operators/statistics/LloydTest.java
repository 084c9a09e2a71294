package io.sounding.operators.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The accelerated iteration against the plain one, written down here. */
class LloydTest {
  @Test
  void takesTheSamePathAsThePlainIteration() {
    int d = 6;
    int k = 9;
    float[] frames = SyntheticFrames.blobs(700, d, 20, 4, 3);
    PointCloud cloud = PointCloud.of(frames, 700, d);
    double[] start = cloud.points(IntStream.range(0, k).map(i -> i * 70).toArray());
    for (int iterations : new int[] {1, 2, 5, 300}) {
      Clustering fast = Lloyd.run(cloud, start, k, iterations);
      double[] centroids = start.clone();
      int[] labels = nearest(cloud, centroids, k);
      for (int i = 0; i < fast.iterations(); i++) {
        centroids = means(cloud, labels, k);
        labels = nearest(cloud, centroids, k);
      }
      assertThat(fast.labels()).containsExactly(labels);
      assertThat(fast.centroids()).containsExactly(centroids, within(1e-12));
    }
    Clustering converged = Lloyd.run(cloud, start, k, 300);
    assertThat(converged.iterations()).isLessThan(300);
    assertThat(converged.centroids())
        .containsExactly(means(cloud, converged.labels(), k), within(1e-12));
  }

  @Test
  void weightsCountLikeRepetitions() {
    float[] twice = {0, 0, 1, 5, 6, 6};
    PointCloud repeated = PointCloud.of(twice, 6, 1);
    PointCloud weighted = repeated.alongside(new double[] {0, 1, 5, 6}, new double[] {2, 1, 1, 2});
    double[] start = repeated.points(new int[] {1, 2});
    Clustering a = Lloyd.run(repeated, start, 2, 50);
    Clustering b = Lloyd.run(weighted, start, 2, 50);
    assertThat(b.centroids()).containsExactly(a.centroids(), within(1e-15));
    assertThat(b.inertia()).isCloseTo(a.inertia(), within(1e-15));
  }

  @Test
  void aClusterThatLosesItsLastPointTakesTheFarthestOne() {
    PointCloud cloud = PointCloud.of(new float[] {0, 1, 2, 40, 90}, 5, 1);
    double far = 1000;
    Clustering clustering = Lloyd.run(cloud, new double[] {0, far, -far}, 3, 50);
    assertThat(new HashSet<>(Arrays.stream(clustering.labels()).boxed().toList())).hasSize(3);
    assertThat(clustering.inertia() * cloud.unit() * cloud.unit()).isCloseTo(2, within(1e-6));
  }

  @Test
  void lookupIsExactWhereFloat32ProductsAreNot() {
    int d = 64;
    SplittableRandom random = new SplittableRandom(5);
    double[] centroids = new double[40 * d];
    for (int i = 0; i < centroids.length; i++) {
      // all centroids within 1e-6 of each other, away from the origin
      centroids[i] = 0.1 + 1e-6 * random.nextDouble();
    }
    float[] frames = SyntheticFrames.blobs(300, d, 300, 1, 6);
    PointCloud cloud = PointCloud.of(frames, 300, d);
    int[] expected = nearest(cloud, centroids, 40);
    try (NearestCentroids lookup = new NearestCentroids(cloud, 40)) {
      lookup
          .moveTo(centroids)
          .forEach(
              true,
              (point, i, block) -> {
                assertThat(block.nearest(i)).isEqualTo(expected[point]);
                assertThat(block.second(i)).isNotEqualTo(block.nearest(i));
                assertThat(block.secondSquared(i)).isGreaterThanOrEqualTo(block.nearestSquared(i));
              });
    }
    Set<Integer> seen = new HashSet<>();
    for (int label : expected) {
      seen.add(label);
    }
    assertThat(seen).hasSizeGreaterThan(1);
  }

  @Test
  void convergesToNearestCentroidsWhereverClustersRanEmpty() {
    for (int seed = 0; seed < 200; seed++) {
      int d = 1 + seed % 3;
      int k = 2 + seed % 11;
      PointCloud cloud = PointCloud.of(SyntheticFrames.blobs(80, d, 5, 2, seed), 80, d);
      double[] start = new double[k * d];
      Arrays.fill(start, seed % 2 * d, k * d, 50); // all centroids but the first few are empty
      Clustering clustering = Lloyd.run(cloud, start, k, 300);
      assertThat(clustering.labels())
          .as("seed %d", seed)
          .containsExactly(nearest(cloud, clustering.centroids(), k));
    }
  }

  @Test
  void boundsOfGroupsGiveTheSameLabelsAsThoseOfSingleCentroids() {
    int d = 3;
    int k = 90; // more than two blocks of bounds, the last one not full
    PointCloud cloud = PointCloud.of(SyntheticFrames.blobs(2_000, d, 60, 2, 8), 2_000, d);
    double[] start = cloud.points(IntStream.range(0, k).map(i -> i * 22).toArray());
    for (int most : new int[] {2_000 * k, 2_000 * 20, 2_000 * 2}) {
      PointLabels labels = new CentroidBounds(cloud, k, new LowerBounds(2_000, k, most));
      Clustering clustering = Lloyd.run(cloud, start, k, labels, 300, 0);
      assertThat(clustering.labels()).containsExactly(nearest(cloud, clustering.centroids(), k));
      assertThat(clustering).usingRecursiveComparison().isEqualTo(Lloyd.run(cloud, start, k, 300));
    }
  }

  @Test
  void amongNeighboursItEndsNearWhereItWouldAmongAll() {
    int d = 24;
    int k = 150;
    PointCloud cloud = PointCloud.of(SyntheticFrames.blobs(6_000, d, 200, 15, 9), 6_000, d);
    double[] start = cloud.points(new PlusPlusSeeding(cloud).choose(k, 7, new SplittableRandom(4)));
    Clustering exact = Lloyd.run(cloud, start, k, 300);
    Clustering near = Lloyd.approach(cloud, start, k, 50, 6);
    assertThat(near.inertia()).isCloseTo(exact.inertia(), withinPercentage(2));
    Clustering polished = Lloyd.run(cloud, near.centroids(), k, 300);
    assertThat(polished.inertia()).isCloseTo(exact.inertia(), withinPercentage(0.5));
    assertThat(polished.labels()).containsExactly(nearest(cloud, polished.centroids(), k));
  }

  @Test
  void principalDirectionsHoldNearlyAllOfTheSpread() {
    int d = 40;
    int n = 3_000;
    SplittableRandom random = new SplittableRandom(11);
    double[] first = unit(random, d);
    double[] second = unit(random, d);
    float[] frames = new float[n * d];
    for (int i = 0; i < n; i++) {
      double a = random.nextGaussian(0, 5);
      double b = random.nextGaussian(0, 3);
      for (int j = 0; j < d; j++) {
        frames[i * d + j] = (float) (a * first[j] + b * second[j] + random.nextGaussian(0, 0.05));
      }
    }
    PointCloud cloud = PointCloud.of(frames, n, d);
    PrincipalDirections directions = PrincipalDirections.of(cloud);
    assertThat(directions.count()).isEqualTo(32); // two would do; no fewer are kept
    PointCloud plane = cloud.along(directions);
    for (int i = 0; i < 50; i++) {
      assertThat(plane.squaredDistance(i, 7)).isCloseTo(cloud.squaredDistance(i, 7), within(1.0));
    }
  }

  @Test
  void directionsOfEqualPointsAndOfVeryManyDimensionsAreHarmless() {
    PointCloud equal = PointCloud.of(new float[40], 10, 4);
    PrincipalDirections any = PrincipalDirections.of(equal);
    assertThat(any.count()).isEqualTo(4);
    assertThat(equal.along(any).squaredNorm(9)).isZero();
    PointCloud wide = PointCloud.of(SyntheticFrames.blobs(3, 1_025, 2, 1, 1), 3, 1_025);
    assertThat(PrincipalDirections.of(wide).count()).isEqualTo(1_025);
  }

  private static double[] unit(SplittableRandom random, int d) {
    double[] vector = random.doubles(d, -1, 1).toArray();
    double norm = Math.sqrt(Arrays.stream(vector).map(x -> x * x).sum());
    return Arrays.stream(vector).map(x -> x / norm).toArray();
  }

  private static int[] nearest(PointCloud cloud, double[] centroids, int k) {
    int d = cloud.dimension();
    int[] labels = new int[cloud.size()];
    for (int i = 0; i < labels.length; i++) {
      double best = Double.POSITIVE_INFINITY;
      for (int c = 0; c < k; c++) {
        double squared = cloud.squaredDistance(i, centroids, c * d);
        if (squared < best) {
          best = squared;
          labels[i] = c;
        }
      }
    }
    return labels;
  }

  private static double[] means(PointCloud cloud, int[] labels, int k) {
    int d = cloud.dimension();
    double[] means = new double[k * d];
    int[] counts = new int[k];
    for (int i = 0; i < labels.length; i++) {
      counts[labels[i]]++;
      cloud.addTo(means, labels[i] * d, i, 1);
    }
    for (int i = 0; i < means.length; i++) {
      means[i] /= counts[i / d];
    }
    return means;
  }
}
