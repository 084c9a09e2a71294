package io.sounding.jobs.report;

/**
 * What must be equal for metrics to be comparable.
 *
 * @param corpusDigest digest of the corpus' manifest
 * @param k clusters
 * @param sampleFrames frames on which they are scored
 * @param seed of the clustering
 * @param sketch what was kept of the spectrum; null: not known
 */
public record Conditions(
    String corpusDigest, Integer k, Integer sampleFrames, long seed, String sketch) {}
