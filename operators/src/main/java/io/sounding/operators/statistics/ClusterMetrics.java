package io.sounding.operators.statistics;

import java.util.List;

/**
 * The cluster family of metrics of one layer: k-means on the hashed frame sample, scored on it in
 * float64.
 *
 * <p>Equal samples and micro-centroids give equal bits, whatever the order they were merged in.
 * Restarts with other seeds spread by some tenths of a percent (inertia) to one or two percent
 * (Davies-Bouldin, perplexity): differences below that mean nothing.
 *
 * <p>Centroids lie nearer to the frames they were polished on than to others. The degrees of
 * freedom, {@code (1 - k / n) / (1 - k / m)} for m of n frames, take most of that out of inertia
 * and {@code calinskiHarabasz}; they are 1 when the sample holds all frames. Measured on 180,000
 * frames of speech, d = 128, m = 40,960, against full-batch k-means: inertia without it -0.1 to
 * -0.9 % (k = 64), -1.2 % (256), -3.3 % (1024); with it 0 to -0.7 %, -0.7 %, -1.4 %, a third of
 * which is the sample's own error.
 *
 * <p>Edge cases: no frames: all 0, k = 0. One cluster (fewer than 78 frames, or all equal): {@code
 * daviesBouldin}, {@code calinskiHarabasz} and the silhouettes are 0, {@code usagePerplexity} is 1.
 * All frames equal: {@code inertiaNormalised} is 0. Never NaN.
 *
 * @param inertiaPerFrame mean over the sample of ||x - c||^2, c the mean of the frames that the
 *     last iteration put together with x (up to k = 128 the nearest such mean), squared units of x,
 *     times the degrees of freedom above
 * @param inertiaStdErr its standard error over the choice of utterances ({@link MeanAndError})
 * @param inertiaNormalised inertiaPerFrame / mean ||x - mean||^2 over the sample
 * @param daviesBouldin as scikit-learn's davies_bouldin_score
 * @param silhouette mean exact silhouette of the first silhouetteFrames frames of the sample
 * @param silhouetteStdErr its standard error over the choice of utterances
 * @param simplifiedSilhouette mean of (b - a) / max(a, b), a and b the distances to the nearest and
 *     second-nearest centroid, after the degrees of freedom: a hair below 0 at worst, where there
 *     are no clusters
 * @param calinskiHarabasz (B / (k - 1)) / (W / (n - k)), n all frames, B and W estimated from the
 *     sample
 * @param usagePerplexity exp of the entropy of cluster shares
 * @param deadClusters clusters without a sampled frame
 * @param k clusters used
 * @param kRequested clusters asked for; k is less when the sample is too small or repeats itself
 * @param sampleFrames frames scored
 * @param silhouetteFrames frames the silhouette was computed on
 * @param iterations exact Lloyd iterations of the last run, over the whole sample
 */
public record ClusterMetrics(
    double inertiaPerFrame,
    double inertiaStdErr,
    double inertiaNormalised,
    double daviesBouldin,
    double silhouette,
    double silhouetteStdErr,
    double simplifiedSilhouette,
    double calinskiHarabasz,
    double usagePerplexity,
    int deadClusters,
    int k,
    int kRequested,
    int sampleFrames,
    int silhouetteFrames,
    int iterations) {

  /** Uses clusters, silhouetteFrames, restarts and seed of the settings. */
  public static ClusterMetrics of(LayerSummary summary, StatisticsSettings settings) {
    FrameSample sample = summary.sample();
    int size = sample.size();
    int clusters = CentroidSearch.supportedClusters(sample, settings.clusters());
    if (size == 0) {
      return new ClusterMetrics(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, settings.clusters(), 0, 0, 0);
    }
    PointCloud cloud = PointCloud.of(sample.rows(), size, sample.dimension());
    MicroCentroids micro =
        sample.complete()
            ? MicroCentroids.empty(sample.dimension())
            : MicroCentroids.union(
                sample.dimension(), List.of(summary.completed().microCentroids()));
    Clustering clustering =
        CentroidSearch.search(cloud, micro, clusters, settings.restarts(), settings.seed());
    CentroidDistances distances = CentroidDistances.of(sample, cloud, clustering);
    int k = clustering.clusters();
    Partition partition = new Partition(sample.rows(), distances.labels(), k, cloud.centre());
    int silhouetteSize = Math.min(size, settings.silhouetteFrames());
    MeanAndError silhouette =
        MeanAndError.of(
            Silhouette.of(sample.rows(), silhouetteSize, distances.labels(), k, cloud.centre()),
            sample.utterances());
    MeanAndError inertia = MeanAndError.of(distances.squared(), sample.utterances());
    double growth = partition.scatterGrowth(summary.frames());
    double spread = partition.scatter();
    return new ClusterMetrics(
        growth * inertia.mean(),
        growth * inertia.standardError(),
        spread == 0 ? 0 : growth * inertia.mean() / spread,
        partition.daviesBouldin(),
        silhouette.mean(),
        silhouette.standardError(),
        MeanAndError.mean(distances.simplifiedSilhouettes(growth)),
        partition.calinskiHarabasz(summary.frames()),
        partition.usagePerplexity(),
        k - partition.occupied(),
        k,
        settings.clusters(),
        size,
        silhouetteSize,
        clustering.iterations());
  }
}
