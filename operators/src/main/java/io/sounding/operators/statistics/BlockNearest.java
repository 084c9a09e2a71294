package io.sounding.operators.statistics;

import java.util.Arrays;

/**
 * The nearest micro-centroid of each row of a block while micro-centroids are opened at rows of the
 * same block. Distances are float32 products; those so small that a product has lost its digits are
 * measured again by float64 differences. Micro-centroids count as where they were when they were
 * set or opened: what they move since is left out.
 */
final class BlockNearest {
  /** Candidates that are compared with one product. */
  private static final int MOST_CANDIDATES = 64;

  private final CentredBlock block;
  private final double unitSquared;
  private final int[] nearest;
  private final float[] score;

  private PointCloud known;
  private final int[] opened;
  private int openedCount;
  private int comparedCount;

  private final int[] candidates = new int[MOST_CANDIDATES];
  private final int[] candidateCentroid = new int[MOST_CANDIDATES];
  private int candidateCount;
  private int chunkStart;
  private final float[] candidateProducts;
  private final float[] least;
  private final int[] index;

  /**
   * For these rows.
   *
   * @param most how many rows are measured at once at most
   */
  BlockNearest(CentredBlock block, int most) {
    this.block = block;
    unitSquared = block.unit() * block.unit();
    nearest = new int[block.count()];
    score = new float[block.count()];
    opened = new int[block.count()];
    candidateProducts = new float[most * MOST_CANDIDATES];
    least = new float[most];
    index = new int[most];
  }

  /** Sets the first {@code size} of {@code means} as the micro-centroids. */
  void set(double[] means, int size) {
    known = block.setPoints(means, size);
    openedCount = 0;
    comparedCount = 0;
  }

  /** Measures rows from .. to against all micro-centroids. */
  void measure(int from, int to) {
    Arrays.fill(nearest, from, to, -1);
    Arrays.fill(score, from, to, Float.POSITIVE_INFINITY);
    compare(from, to, 0);
  }

  /**
   * Looks for rows of from .. to that would open a micro-centroid of their own at this cost, were
   * none opened between.
   *
   * @return the end of the rows that may be added now
   */
  int plan(int from, int to, double[] draws, double facilityCost) {
    chunkStart = from;
    candidateCount = 0;
    int end = from;
    while (end < to && candidateCount < MOST_CANDIDATES) {
      if (squaredDistance(end) > draws[end] * facilityCost) {
        candidates[candidateCount] = end;
        candidateCentroid[candidateCount++] = -1;
      }
      end++;
    }
    if (candidateCount > 0) {
      block.products().multiply(from, end - from, candidates, candidateCount, candidateProducts);
    }
    return end;
  }

  /**
   * Whether a row of the plan opens a micro-centroid of its own: rows are asked in their order, and
   * what was opened at those before counts.
   */
  boolean opens(int row, double draw, double facilityCost) {
    compareWithOpened(row);
    // measured otherwise now, a row may come out farther than when it was planned, by a rounding
    return candidate(row) >= 0 && squaredDistance(row) > draw * facilityCost;
  }

  private int candidate(int row) {
    return Arrays.binarySearch(candidates, 0, candidateCount, row);
  }

  private void compareWithOpened(int row) {
    int start = (row - chunkStart) * candidateCount;
    for (int c = 0; c < candidateCount && candidates[c] < row; c++) {
      if (candidateCentroid[c] >= 0) {
        offer(row, candidateCentroid[c], candidates[c], candidateProducts[start + c]);
      }
    }
  }

  private void offer(int row, int centroid, int centroidRow, float product) {
    float other = (float) block.squaredNorm(centroidRow) - 2 * product;
    if (other < score[row]) {
      score[row] = other;
      nearest[row] = centroid;
    }
  }

  /** Index of the nearest micro-centroid of a row; -1 when there is none. */
  int nearest(int row) {
    return nearest[row];
  }

  /** Squared distance to it, in the units of the frames. */
  private double squaredDistance(int row) {
    if (nearest[row] < 0) {
      return Double.POSITIVE_INFINITY;
    }
    double squaredNorm = block.squaredNorm(row);
    double squared = squaredNorm + score[row];
    if (squared < 1e-3 * squaredNorm) {
      int centroid = nearest[row];
      squared =
          centroid < known.size()
              ? block.squaredDistance(row, known, centroid)
              : block.squaredDistance(row, opened[centroid - known.size()]);
    }
    return squared * unitSquared;
  }

  /** A micro-centroid was opened at a row: the next one after those known. */
  void open(int row) {
    candidateCentroid[candidate(row)] = known.size() + openedCount;
    opened[openedCount++] = row;
  }

  /** Compares rows from .. to with what was opened since {@link #plan}. */
  void finish(int from, int to) {
    int added = openedCount - comparedCount;
    if (added > 0) {
      int[] rows = Arrays.copyOfRange(opened, comparedCount, openedCount);
      block.products().addPoints(rows, added);
      compare(from, to, known.size() + comparedCount);
      comparedCount = openedCount;
    }
  }

  private void compare(int from, int to, int firstCentroid) {
    int count = to - from;
    if (count == 0 || firstCentroid == known.size() + openedCount) {
      return;
    }
    block.products().nearest(from, count, firstCentroid, least, index);
    for (int i = 0; i < count; i++) {
      if (least[i] < score[from + i]) {
        score[from + i] = least[i];
        nearest[from + i] = index[i];
      }
    }
  }
}
