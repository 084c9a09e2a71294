/**
 * What crosses Kafka: the Avro records (generated from {@code src/main/avro}) and their codec. Call
 * {@link io.sounding.schemas.SingleObjectCodec#initialise()} before building records.
 */
package io.sounding.schemas;
