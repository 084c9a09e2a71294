package io.sounding.operators.statistics;

/**
 * What Lloyd's iteration ended with.
 *
 * @param clusters number of centroids
 * @param centroids {@code [clusters * d]}, in the stored coordinates of the clustered cloud
 * @param labels cluster of each point
 * @param inertia weighted sum of squared distances to the own centroid, in stored units
 * @param iterations number of times the centroids were moved
 */
record Clustering(int clusters, double[] centroids, int[] labels, double inertia, int iterations) {}
