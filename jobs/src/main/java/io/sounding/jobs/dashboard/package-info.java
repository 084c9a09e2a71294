/** The dashboard: metrics, alarms and correlations from Kafka, held in memory, served over HTTP. */
package io.sounding.jobs.dashboard;
