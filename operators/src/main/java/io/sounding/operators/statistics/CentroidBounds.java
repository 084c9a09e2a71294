package io.sounding.operators.statistics;

import java.util.Arrays;

/**
 * The nearest centroid of each point while centroids move: the labels of plain Lloyd in float64,
 * found with few distances. Each point keeps an upper bound on the distance to its own centroid,
 * and lower bounds on those to all others (Elkan 2003; in groups: Yinyang k-means, Ding et al.
 * 2015).
 *
 * <p>In many dimensions a single bound on all others is worth little: distances are so alike that
 * one centroid's move undoes it for nearly all points. Of many bounds only few meet the upper one.
 * Points of a cluster, whose bounds meet for much the same centroids, are compared with all of
 * those by one product of {@link NearestCentroids}.
 *
 * <p>Points are independent of each other, so labels do not depend on how they are shared out among
 * processors.
 */
final class CentroidBounds implements PointLabels {
  private static final int MOST_BOUNDS = 1 << 26;
  private static final int RANGE = 1024;

  private static final double ROUNDINGS = 0x1p-20;

  private final PointCloud cloud;
  private final int clusters;
  private final int dimension;
  private final NearestCentroids nearest;
  private final LowerBounds lower;
  private final int[] labels;
  private final double[] upper;
  private final boolean[] loose;
  private final boolean[] meets;
  private double[] centroids;

  CentroidBounds(PointCloud cloud, int clusters) {
    this(cloud, clusters, new LowerBounds(cloud.size(), clusters, MOST_BOUNDS));
  }

  CentroidBounds(PointCloud cloud, int clusters, LowerBounds lower) {
    this.cloud = cloud;
    this.clusters = clusters;
    dimension = cloud.dimension();
    nearest = new NearestCentroids(cloud, clusters);
    this.lower = lower;
    labels = new int[cloud.size()];
    upper = new double[cloud.size()];
    loose = new boolean[cloud.size()];
    meets = new boolean[cloud.size()];
  }

  @Override
  public void close() {
    nearest.close();
  }

  @Override
  public int label(int point) {
    return labels[point];
  }

  @Override
  public void start(double[] newCentroids) {
    centroids = newCentroids;
    nearest.moveTo(centroids);
    Arrays.fill(upper, Double.POSITIVE_INFINITY);
    Arrays.fill(meets, true);
    compare();
  }

  @Override
  public void assign(int point, int label) {
    lower.set(point, lower.groupOf(labels[point]), 0);
    labels[point] = label;
    upper[point] = Double.POSITIVE_INFINITY;
  }

  @Override
  public void moveTo(double[] newCentroids, double[] drift) {
    centroids = newCentroids;
    nearest.moveTo(centroids, drift);
    lower.move(drift);
    Processors.forRanges(
        labels.length,
        RANGE,
        (from, to) -> {
          for (int point = from; point < to; point++) {
            upper[point] += drift[labels[point]];
            loose[point] |= drift[labels[point]] > 0;
            meets[point] = meets(point);
          }
        });
    compare();
  }

  /** Whether another centroid may be nearer than the own one. */
  private boolean meets(int point) {
    if (upper[point] == Double.POSITIVE_INFINITY) {
      return true;
    }
    if (!lower.isBelow(point, limit(point))) {
      return false;
    }
    if (loose[point]) {
      upper[point] = Math.sqrt(cloud.squaredDistance(point, centroids, labels[point] * dimension));
      loose[point] = false;
    }
    return lower.isBelow(point, limit(point));
  }

  /** Lower bounds that are less may stand for a centroid that is nearer. */
  private float limit(int point) {
    double largest =
        Math.sqrt(cloud.squaredNorm(point)) + nearest.largestNorm() + lower.mostTravelled();
    return Math.nextUp((float) (upper[point] + ROUNDINGS * largest));
  }

  /** Compares the points whose bounds meet, of one cluster after the other. */
  private void compare() {
    ClusterBlocks.of(labels, clusters, point -> meets[point]).forEach(this::compare);
  }

  /** Compares points of one cluster with all centroids that may be nearer to one of them. */
  private void compare(int[] points, int from, int to) {
    boolean[] wanted = new boolean[lower.groups()];
    wanted[lower.groupOf(labels[points[from]])] = true;
    for (int i = from; i < to; i++) {
      if (upper[points[i]] == Double.POSITIVE_INFINITY) {
        Arrays.fill(wanted, true);
        break;
      }
      lower.addBelow(points[i], limit(points[i]), wanted);
    }
    int[] candidates = new int[clusters];
    int count = 0;
    for (int c = 0; c < clusters; c++) {
      if (wanted[lower.groupOf(c)]) {
        candidates[count++] = c;
      }
    }
    NearestCentroids.Block block = nearest.take();
    block.look(points, from, to - from, candidates, count, false);
    for (int i = from; i < to; i++) {
      take(points[i], i - from, candidates, count, block);
    }
    nearest.giveBack(block);
  }

  private void take(
      int point, int position, int[] candidates, int count, NearestCentroids.Block block) {
    int label = block.nearest(position);
    labels[point] = label;
    upper[point] = Math.sqrt(block.nearestSquared(position));
    loose[point] = false;
    float[] bounds = block.lowerBounds(position);
    if (count == clusters) {
      bounds[label] = Float.POSITIVE_INFINITY;
      lower.setAll(point, bounds);
      return;
    }
    for (int c = 0; c < count; ) {
      int group = lower.groupOf(candidates[c]);
      float bound = Float.POSITIVE_INFINITY;
      for (int end = lower.end(group); c < count && candidates[c] < end; c++) {
        bound = candidates[c] == label ? bound : Math.min(bound, bounds[c]);
      }
      lower.set(point, group, bound);
    }
  }
}
