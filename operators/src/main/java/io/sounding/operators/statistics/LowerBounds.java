package io.sounding.operators.statistics;

import java.util.Arrays;

/**
 * Lower bounds on the distances of points to the centroids that they do not belong to, while those
 * move: one for each centroid or, where those would be too many, for each group of some. And one
 * for each block of {@value #BLOCK} groups, no larger than theirs, so that most of them need not be
 * read: going through all costs more than the distances they spare.
 *
 * <p>A bound is not made smaller when its centroids move. It is stored with what they had moved by
 * when it was measured, added, and compared less what they have moved by since the beginning: that
 * time passes costs no writing. Bounds are float32, so whoever compares allows for 16 roundings of
 * the largest value that can occur.
 */
final class LowerBounds {
  private static final int BLOCK = 32;

  private final int clusters;
  private final int groupSize;
  private final int groups;
  private final int blocks;
  private final float[] ofGroups;
  private final float[] ofBlocks;
  private final Travelled groupsTravelled;
  private final Travelled blocksTravelled;

  /**
   * Without bounds yet.
   *
   * @param most how many of centroids or groups may be kept
   */
  LowerBounds(int points, int clusters, int most) {
    this.clusters = clusters;
    groupSize = (int) Math.max(1, ((long) points * clusters - 1) / most + 1);
    groups = (clusters + groupSize - 1) / groupSize;
    blocks = (groups + BLOCK - 1) / BLOCK;
    ofGroups = new float[points * groups];
    ofBlocks = new float[points * blocks];
    groupsTravelled = new Travelled(groups);
    blocksTravelled = new Travelled(blocks);
    Arrays.fill(ofBlocks, Float.POSITIVE_INFINITY);
  }

  /** The centroids moved. */
  void move(double[] drift) {
    groupsTravelled.add(drift, groupSize);
    blocksTravelled.add(drift, groupSize * BLOCK);
  }

  /** What no centroid has moved by more than since the beginning. */
  double mostTravelled() {
    return blocksTravelled.most;
  }

  /** Whether a bound is less than the limit; bounds of blocks on the way get as large as may be. */
  boolean isBelow(int point, float limit) {
    for (int block = 0; block < blocks; block++) {
      int position = point * blocks + block;
      float travelled = blocksTravelled.rounded[block];
      if (ofBlocks[position] - travelled < limit) {
        float least = least(point, block);
        ofBlocks[position] = least + travelled;
        if (least < limit) {
          return true;
        }
      }
    }
    return false;
  }

  private float least(int point, int block) {
    int start = point * groups;
    float least = Float.POSITIVE_INFINITY;
    for (int group = block * BLOCK; group < Math.min(groups, (block + 1) * BLOCK); group++) {
      float bound = ofGroups[start + group] - groupsTravelled.rounded[group];
      if (bound < least) { // Math.min asks for NaN as well, which takes several times as long
        least = bound;
      }
    }
    return least;
  }

  /** Adds the groups whose bound is less than the limit. */
  void addBelow(int point, float limit, boolean[] below) {
    int start = point * groups;
    for (int block = 0; block < blocks; block++) {
      if (ofBlocks[point * blocks + block] - blocksTravelled.rounded[block] < limit) {
        for (int group = block * BLOCK; group < Math.min(groups, (block + 1) * BLOCK); group++) {
          below[group] |= ofGroups[start + group] - groupsTravelled.rounded[group] < limit;
        }
      }
    }
  }

  int groups() {
    return groups;
  }

  int groupOf(int centroid) {
    return groupSize == 1 ? centroid : centroid / groupSize;
  }

  /** One past the last centroid of a group. */
  int end(int group) {
    return Math.min(clusters, (group + 1) * groupSize);
  }

  /** A bound was measured: on the distance to the nearest centroid of a group. */
  void set(int point, int group, float bound) {
    ofGroups[point * groups + group] = bound + groupsTravelled.rounded[group];
    int block = group / BLOCK;
    float ofBlock = bound + blocksTravelled.rounded[block];
    if (ofBlock < ofBlocks[point * blocks + block]) {
      ofBlocks[point * blocks + block] = ofBlock;
    }
  }

  /** Those on the distances to all centroids were measured, {@code bounds[clusters]} or longer. */
  void setAll(int point, float[] bounds) {
    if (groupSize > 1) {
      for (int group = 0; group < groups; group++) {
        float least = Float.POSITIVE_INFINITY;
        for (int c = group * groupSize; c < end(group); c++) {
          least = Math.min(least, bounds[c]);
        }
        set(point, group, least);
      }
      return;
    }
    int start = point * groups;
    for (int group = 0; group < groups; group++) {
      ofGroups[start + group] = bounds[group] + groupsTravelled.rounded[group];
    }
    for (int block = 0; block < blocks; block++) {
      ofBlocks[point * blocks + block] = least(point, block) + blocksTravelled.rounded[block];
    }
  }

  /** How far centroids moved, the farthest of each group, since the beginning. */
  private static final class Travelled {
    private final double[] sums;
    private final float[] rounded;
    private double most;

    Travelled(int groups) {
      sums = new double[groups];
      rounded = new float[groups];
    }

    void add(double[] drift, int groupSize) {
      for (int group = 0; group < sums.length; group++) {
        double largest = 0;
        int end = Math.min(drift.length, (group + 1) * groupSize);
        for (int c = group * groupSize; c < end; c++) {
          largest = Math.max(largest, drift[c]);
        }
        sums[group] += largest;
        rounded[group] = (float) sums[group];
        most = Math.max(most, sums[group]);
      }
    }
  }
}
