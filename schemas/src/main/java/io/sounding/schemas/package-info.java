/** What crosses Kafka: the Avro records (generated from {@code src/main/avro}) and their codec. */
package io.sounding.schemas;
