/** Metric events as tables: CSV, JSON Lines and Parquet. */
package io.sounding.jobs.export;
