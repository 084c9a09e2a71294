/**
 * Kafka and Flink in this process: a real broker and a real cluster, on loopback and free ports,
 * for the demo, for `evaluate` and for the tests. Both write only below the directory they are
 * given, and end completely when they are closed.
 */
package io.sounding.jobs.embedded;
