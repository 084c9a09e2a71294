package io.sounding.operators.statistics;

/**
 * The nearest centroid of each point among the {@value #NEIGHBOURS} nearest to the one that it had:
 * hardly a point passes to another cluster than a neighbouring one (k²-means, Agustsson, Timofte
 * and Van Gool 2017). An iteration takes a small part of the time of an exact one, and Lloyd ends
 * near where it would have.
 */
final class NeighbourLabels implements PointLabels {
  private static final int NEIGHBOURS = 32;

  private final int clusters;
  private final NearestCentroids nearest;
  private final int[] labels;

  NeighbourLabels(PointCloud cloud, int clusters) {
    this.clusters = clusters;
    nearest = new NearestCentroids(cloud, clusters);
    labels = new int[cloud.size()];
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
  public void assign(int point, int label) {
    labels[point] = label;
  }

  @Override
  public void start(double[] centroids) {
    nearest
        .moveTo(centroids)
        .forEach(false, (point, position, block) -> labels[point] = block.nearest(position));
  }

  @Override
  public void moveTo(double[] centroids, double[] drift) {
    int[][] neighbours = nearest.moveTo(centroids, drift).neighbours(NEIGHBOURS);
    boolean[] stirred = new boolean[clusters];
    for (int c = 0; c < clusters; c++) {
      for (int neighbour : neighbours[c]) {
        stirred[c] |= drift[neighbour] > 0;
      }
    }
    ClusterBlocks.of(labels, clusters, point -> stirred[labels[point]])
        .forEach(
            (points, from, to) -> {
              int[] candidates = neighbours[labels[points[from]]];
              NearestCentroids.Block block = nearest.take();
              block.look(points, from, to - from, candidates, candidates.length, false);
              for (int i = from; i < to; i++) {
                labels[points[i]] = block.nearest(i - from);
              }
              nearest.giveBack(block);
            });
  }
}
