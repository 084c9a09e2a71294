/**
 * Metric events set against a run's own history (alarms), against downstream scores (correlations),
 * and shown as gauges.
 */
package io.sounding.operators.relate;
