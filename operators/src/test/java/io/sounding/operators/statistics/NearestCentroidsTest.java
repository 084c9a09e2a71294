package io.sounding.operators.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Against distances by float64 differences, all of them. */
class NearestCentroidsTest {

  private static final int D = 24;
  private static final int POINTS = NearestCentroids.SIZE + 88;
  private static final int CLUSTERS = 60;

  private final Random random = new Random(20_240);
  private final PointCloud cloud = PointCloud.of(gaussian(POINTS), POINTS, D);

  private float[] gaussian(int rows) {
    float[] values = new float[rows * D];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** Four at a time lie so close together that float32 products cannot tell which is nearest. */
  private double[] centroidsInFours() {
    double[] centroids = new double[CLUSTERS * D];
    for (int i = 0; i < centroids.length; i++) {
      boolean first = i / D % 4 == 0;
      centroids[i] =
          first ? random.nextGaussian() : centroids[i - D] + 2e-7 * random.nextGaussian();
    }
    return centroids;
  }

  private double squaredDistance(int point, double[] centroids, int centroid) {
    double squared = 0;
    for (int j = 0; j < D; j++) {
      double difference = cloud.rows()[point * D + j] - centroids[centroid * D + j];
      squared += difference * difference;
    }
    return squared;
  }

  /** The candidates from the nearest to the farthest; the smaller index first where they tie. */
  private int[] ranked(int point, double[] centroids, int[] candidates) {
    return Arrays.stream(candidates)
        .boxed()
        .sorted(
            (a, b) -> {
              int order =
                  Double.compare(
                      squaredDistance(point, centroids, a), squaredDistance(point, centroids, b));
              return order != 0 ? order : Integer.compare(a, b);
            })
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private static int[] all(int count) {
    return IntStream.range(0, count).toArray();
  }

  private void assertNearestAndSecond(double[] centroids) {
    int clusters = centroids.length / D;
    int[] visits = new int[POINTS];
    try (NearestCentroids nearest = new NearestCentroids(cloud, clusters)) {
      nearest
          .moveTo(centroids)
          .forEach(
              true,
              (point, position, block) -> {
                visits[point]++;
                int[] expected = ranked(point, centroids, all(clusters));
                assertThat(block.nearest(position)).isEqualTo(expected[0]);
                assertThat(block.second(position)).isEqualTo(expected[1]);
                assertThat(block.nearestSquared(position))
                    .isCloseTo(squaredDistance(point, centroids, expected[0]), within(1e-12));
                assertThat(block.secondSquared(position))
                    .isCloseTo(squaredDistance(point, centroids, expected[1]), within(1e-12));
              });
    }
    assertThat(visits).containsOnly(1);
  }

  @Test
  void thoseThatFloatProductsCannotTellApartAreMeasured() {
    assertNearestAndSecond(centroidsInFours());
  }

  @Test
  void anOutlierAmongThemChangesNothing() {
    double[] centroids = centroidsInFours();
    Arrays.fill(centroids, 7 * D, 8 * D, 1e5);
    assertNearestAndSecond(centroids);
  }

  @Test
  void tiesGoToTheSmallerIndex() {
    double[] centroids = centroidsInFours();
    for (int c = 1; c < CLUSTERS; c += 2) {
      System.arraycopy(centroids, (c - 1) * D, centroids, c * D, D);
    }
    assertNearestAndSecond(centroids);
  }

  @Test
  void onlyTheCandidatesAreCompared() {
    double[] centroids = centroidsInFours();
    int[] candidates = {3, 8, 9, 20, 21, 59};
    int[] points = {500, 2, 77};
    try (NearestCentroids nearest = new NearestCentroids(cloud, CLUSTERS)) {
      NearestCentroids.Block block = nearest.moveTo(centroids).take();
      block.look(points, 1, 2, candidates, candidates.length, true);
      for (int position = 0; position < 2; position++) {
        int[] expected = ranked(points[1 + position], centroids, candidates);
        assertThat(block.nearest(position)).isEqualTo(expected[0]);
        assertThat(block.second(position)).isEqualTo(expected[1]);
      }
      nearest.giveBack(block);
    }
  }

  @Test
  void aLookThatIsNotExactFindsTheNearestAndBoundsAllDistances() {
    double[] centroids = centroidsInFours();
    try (NearestCentroids nearest = new NearestCentroids(cloud, CLUSTERS)) {
      nearest
          .moveTo(centroids)
          .forEach(
              false,
              (point, position, block) -> {
                assertThat(block.nearest(position))
                    .isEqualTo(ranked(point, centroids, all(CLUSTERS))[0]);
                assertThat(block.nearestSquared(position))
                    .isGreaterThanOrEqualTo(
                        squaredDistance(point, centroids, block.nearest(position)) - 1e-12);
                float[] bounds = block.lowerBounds(position);
                for (int c = 0; c < CLUSTERS; c++) {
                  double distance = Math.sqrt(squaredDistance(point, centroids, c));
                  assertThat((double) bounds[c]).isLessThanOrEqualTo(distance);
                  assertThat((double) bounds[c]).isCloseTo(distance, within(1e-3));
                }
              });
    }
  }

  @Test
  void ofOneCentroidThereIsNoSecond() {
    double[] centroid = Arrays.copyOf(centroidsInFours(), D);
    try (NearestCentroids nearest = new NearestCentroids(cloud, 1)) {
      nearest
          .moveTo(centroid)
          .forEach(
              true,
              (point, position, block) -> {
                assertThat(block.nearest(position)).isZero();
                assertThat(block.second(position)).isEqualTo(-1);
                assertThat(block.secondSquared(position)).isInfinite();
              });
    }
  }

  @Test
  void centroidsThatDidNotMoveNeedNotBeReadAgain() {
    double[] before = centroidsInFours();
    double[] after = before.clone();
    double[] drift = new double[CLUSTERS];
    for (int c = 0; c < CLUSTERS; c += 5) {
      Arrays.fill(after, c * D, (c + 1) * D, 0.1 * c);
      drift[c] = 1;
    }
    try (NearestCentroids nearest = new NearestCentroids(cloud, CLUSTERS)) {
      nearest
          .moveTo(before)
          .moveTo(after, drift)
          .forEach(
              true,
              (point, position, block) ->
                  assertThat(block.nearest(position))
                      .isEqualTo(ranked(point, after, all(CLUSTERS))[0]));
      double largest = 0;
      for (int c = 0; c < CLUSTERS; c++) {
        double[] centroid = Arrays.copyOfRange(after, c * D, (c + 1) * D);
        largest = Math.max(largest, Math.sqrt(Arrays.stream(centroid).map(x -> x * x).sum()));
      }
      assertThat(nearest.largestNorm()).isCloseTo(largest, within(1e-12));
    }
  }

  @Test
  void neighboursAreTheNearestCentroidsAndTheirOwn() {
    double[] centroids = new double[CLUSTERS * D];
    for (int c = 0; c < CLUSTERS; c++) {
      centroids[c * D] = c; // on a line
    }
    try (NearestCentroids nearest = new NearestCentroids(cloud, CLUSTERS)) {
      int[][] neighbours = nearest.moveTo(centroids).neighbours(5);
      assertThat(neighbours[0]).containsExactly(0, 1, 2, 3, 4);
      assertThat(neighbours[30]).containsExactly(28, 29, 30, 31, 32);
      assertThat(neighbours[CLUSTERS - 1]).containsExactly(55, 56, 57, 58, 59);
      assertThat(nearest.neighbours(2 * CLUSTERS)[9]).containsExactly(all(CLUSTERS));
    }
  }

  /** A centroid far out shifts the mean, about which all others then lie far away. */
  @Test
  void neighboursAreNearestWhereOneCentroidIsFarOut() {
    double[] centroids = new double[CLUSTERS * D];
    Arrays.fill(centroids, 1e5);
    for (int c = 0; c < CLUSTERS; c++) {
      centroids[c * D] += c;
    }
    centroids[(CLUSTERS - 1) * D] = -1e8;
    try (NearestCentroids nearest = new NearestCentroids(cloud, CLUSTERS)) {
      int[][] neighbours = nearest.moveTo(centroids).neighbours(5);
      assertThat(neighbours[0]).containsExactly(0, 1, 2, 3, 4);
      assertThat(neighbours[30]).containsExactly(28, 29, 30, 31, 32);
    }
  }
}
