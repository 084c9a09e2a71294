/** The ends of the graph in Kafka. */
package io.sounding.jobs.kafka;
