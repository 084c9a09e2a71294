/**
 * Confluent's wire format beside Avro's single-object encoding, and the schema registry that it
 * needs. Which of them is used is chosen once, as a {@link
 * io.sounding.schemas.registry.WireFormat}.
 */
package io.sounding.schemas.registry;
