package io.sounding.operators.statistics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Some of the points, those of one cluster after the other, in blocks of one cluster and of at most
 * {@link NearestCentroids#SIZE}.
 *
 * @param points indexes of the points
 * @param ends where each block ends
 */
record ClusterBlocks(int[] points, List<Integer> ends) {

  static ClusterBlocks of(int[] labels, int clusters, IntPredicate chosen) {
    int[] ends = new int[clusters + 1];
    for (int point = 0; point < labels.length; point++) {
      ends[labels[point] + 1] += chosen.test(point) ? 1 : 0;
    }
    Arrays.parallelPrefix(ends, Integer::sum);
    int[] points = new int[ends[clusters]];
    for (int point = 0; point < labels.length; point++) {
      if (chosen.test(point)) {
        points[ends[labels[point]]++] = point;
      }
    }
    // now ends[c] is the end of cluster c
    List<Integer> blocks = new ArrayList<>();
    for (int c = 0, from = 0; c < clusters; c++) {
      while (from < ends[c]) {
        from = Math.min(ends[c], from + NearestCentroids.SIZE);
        blocks.add(from);
      }
    }
    return new ClusterBlocks(points, blocks);
  }

  /** What is done with one block, {@code points[from .. to)}. */
  interface Visitor {
    void visit(int[] points, int from, int to);
  }

  /** Visits the blocks, several at the same time. */
  void forEach(Visitor visitor) {
    Processors.forEach(
        ends.size(),
        block -> visitor.visit(points, block == 0 ? 0 : ends.get(block - 1), ends.get(block)));
  }
}
