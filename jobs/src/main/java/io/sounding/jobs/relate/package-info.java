/** Correlations of metrics with downstream scores, for people: tables, and what they support. */
package io.sounding.jobs.relate;
