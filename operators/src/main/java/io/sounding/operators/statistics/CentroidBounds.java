package io.sounding.operators.statistics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The nearest centroid of each point while centroids move: the labels of plain Lloyd in float64,
 * found with few distances. Each point keeps an upper bound on the distance to its own centroid,
 * and a lower bound on that to each other one (Elkan 2003) or, where that would be more than
 * {@value #MOST_BOUNDS} bounds, to the others of each group of some (Yinyang k-means, Ding et al.
 * 2015).
 *
 * <p>In many dimensions a single bound on all others is worth little: distances are so alike that
 * one centroid's move undoes it for nearly all points. Of many bounds only few meet the upper one.
 * Points of a cluster, whose bounds meet for much the same centroids, are compared with all of
 * those by one product of {@link NearestCentroids}.
 *
 * <p>A lower bound is not made smaller when its centroids move. It is stored with what they had
 * moved by when it was measured, added, and compared less what they have moved by since the
 * beginning: what is kept of a point is read only. It is float32, so comparisons allow for 16
 * roundings of the largest value that can occur.
 *
 * <p>Points are independent of each other, so labels do not depend on how they are shared out among
 * processors.
 */
final class CentroidBounds implements AutoCloseable {
  private static final int MOST_BOUNDS = 1 << 26;
  private static final int RANGE = 1024;

  private static final double ROUNDINGS = 0x1p-20;

  private final PointCloud cloud;
  private final int clusters;
  private final int dimension;
  private final NearestCentroids nearest;
  private final int groupSize;
  private final int groups;
  private final int[] labels;
  private final double[] upper;
  private final float[] least;
  private final float[] lower;
  private final double[] travelled;
  private final float[] travelledRounded;
  private final boolean[] meets;
  private double[] centroids;
  private double mostTravelled;

  CentroidBounds(PointCloud cloud, int clusters) {
    this.cloud = cloud;
    this.clusters = clusters;
    dimension = cloud.dimension();
    nearest = new NearestCentroids(cloud, clusters);
    groupSize = (int) Math.max(1, ((long) cloud.size() * clusters - 1) / MOST_BOUNDS + 1);
    groups = (clusters + groupSize - 1) / groupSize;
    labels = new int[cloud.size()];
    upper = new double[cloud.size()];
    least = new float[cloud.size()];
    lower = new float[cloud.size() * groups];
    travelled = new double[groups];
    travelledRounded = new float[groups];
    meets = new boolean[cloud.size()];
  }

  @Override
  public void close() {
    nearest.close();
  }

  /** Index of the nearest centroid. */
  int label(int point) {
    return labels[point];
  }

  /** Compares all points with all centroids, {@code [clusters * d]}; not copied. */
  void start(double[] newCentroids) {
    centroids = newCentroids;
    nearest.moveTo(centroids);
    Arrays.fill(upper, Double.POSITIVE_INFINITY);
    Arrays.fill(meets, true);
    compare();
  }

  /** A point belongs to another cluster now; what is known of the old one does not hold. */
  void assign(int point, int label) {
    lower[point * groups + labels[point] / groupSize] = 0;
    labels[point] = label;
    upper[point] = Double.POSITIVE_INFINITY;
  }

  /**
   * The same for the next position of the centroids.
   *
   * @param drift how far each of them moved
   */
  void moveTo(double[] newCentroids, double[] drift) {
    centroids = newCentroids;
    nearest.moveTo(centroids);
    int[] moved = new int[groups];
    int movedCount = 0;
    for (int group = 0; group < groups; group++) {
      double largest = 0;
      for (int c = group * groupSize; c < end(group); c++) {
        largest = Math.max(largest, drift[c]);
      }
      if (largest > 0) {
        moved[movedCount++] = group;
      }
      travelled[group] += largest;
      travelledRounded[group] = (float) travelled[group];
      mostTravelled = Math.max(mostTravelled, travelled[group]);
    }
    int count = movedCount;
    Processors.forRanges(
        labels.length,
        RANGE,
        (from, to) -> {
          for (int point = from; point < to; point++) {
            upper[point] += drift[labels[point]];
            meets[point] = meets(point, moved, count);
          }
        });
    compare();
  }

  private int end(int group) {
    return Math.min(clusters, (group + 1) * groupSize);
  }

  /** Whether another centroid may be nearer than the own one. */
  private boolean meets(int point, int[] moved, int movedCount) {
    int start = point * groups;
    float smallest = least[point];
    for (int i = 0; i < movedCount; i++) {
      float bound = lower[start + moved[i]] - travelledRounded[moved[i]];
      if (bound < smallest) { // Math.min asks for NaN as well, which takes several times as long
        smallest = bound;
      }
    }
    least[point] = smallest;
    double slack = slack(point);
    if (upper[point] + slack > smallest && upper[point] < Double.POSITIVE_INFINITY) {
      upper[point] = Math.sqrt(cloud.squaredDistance(point, centroids, labels[point] * dimension));
    }
    return upper[point] + slack > smallest;
  }

  /** Compares the points whose bounds meet, of one cluster after the other. */
  private void compare() {
    int[] ends = new int[clusters + 1];
    for (int point = 0; point < labels.length; point++) {
      ends[labels[point] + 1] += meets[point] ? 1 : 0;
    }
    Arrays.parallelPrefix(ends, Integer::sum);
    int[] points = new int[ends[clusters]];
    for (int point = 0; point < labels.length; point++) {
      if (meets[point]) {
        points[ends[labels[point]]++] = point;
      }
    }
    // now ends[c] is the end of cluster c
    List<int[]> blocks = new ArrayList<>();
    for (int c = 0, from = 0; c < clusters; c++) {
      for (; from < ends[c]; from = Math.min(ends[c], from + NearestCentroids.SIZE)) {
        blocks.add(new int[] {from, Math.min(ends[c], from + NearestCentroids.SIZE)});
      }
    }
    Processors.forEach(
        blocks.size(), block -> compare(points, blocks.get(block)[0], blocks.get(block)[1]));
  }

  /** Compares points of one cluster with all centroids that may be nearer to one of them. */
  private void compare(int[] points, int from, int to) {
    boolean[] wanted = new boolean[groups];
    wanted[labels[points[from]] / groupSize] = true;
    for (int i = from; i < to; i++) {
      float limit = Math.nextUp((float) (upper[points[i]] + slack(points[i])));
      int start = points[i] * groups;
      float smallest = Float.POSITIVE_INFINITY;
      for (int group = 0; group < groups; group++) {
        float bound = lower[start + group] - travelledRounded[group];
        if (bound < limit) {
          wanted[group] = true;
        } else if (bound < smallest) {
          smallest = bound;
        }
      }
      least[points[i]] = smallest;
    }
    int[] candidates = new int[clusters];
    int count = 0;
    for (int c = 0; c < clusters; c++) {
      if (wanted[c / groupSize]) {
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
    float[] bounds = block.lowerBounds(position);
    int start = point * groups;
    for (int c = 0; c < count; ) {
      int group = candidates[c] / groupSize;
      float bound = Float.POSITIVE_INFINITY;
      for (int end = end(group); c < count && candidates[c] < end; c++) {
        bound = candidates[c] == label ? bound : Math.min(bound, bounds[c]);
      }
      lower[start + group] = bound + travelledRounded[group];
      least[point] = Math.min(least[point], bound);
    }
  }

  private double slack(int point) {
    double largest = Math.sqrt(cloud.squaredNorm(point)) + nearest.largestNorm() + mostTravelled;
    return ROUNDINGS * largest;
  }
}
