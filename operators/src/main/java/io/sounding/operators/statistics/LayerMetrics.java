package io.sounding.operators.statistics;

import java.util.concurrent.ForkJoinTask;

/**
 * All metrics of one layer.
 *
 * @param rank the rank family
 * @param clusters the cluster family
 */
public record LayerMetrics(RankMetrics rank, ClusterMetrics clusters) {

  /**
   * Both families, the rank family beside the other: its eigenvalue problems keep one processor
   * busy, which clustering does not need all the time.
   */
  public static LayerMetrics of(LayerSummary summary, StatisticsSettings settings) {
    ForkJoinTask<RankMetrics> rank = Processors.meanwhile(() -> RankMetrics.of(summary));
    ClusterMetrics clusters = ClusterMetrics.of(summary, settings);
    return new LayerMetrics(rank.join(), clusters);
  }
}
