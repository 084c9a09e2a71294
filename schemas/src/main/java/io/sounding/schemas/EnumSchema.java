package io.sounding.schemas;

import java.util.concurrent.CompletableFuture;
import org.apache.avro.JsonSchemaParser;
import org.apache.avro.Schema;

/**
 * Parses the schemas of the generated enums, each on a thread that ends with it. Avro's parser
 * leaves a thread-local behind, and with it the class loader; a job manager of Flink initialises
 * the enums of every job's state on threads that stay.
 */
final class EnumSchema {

  private EnumSchema() {}

  static Schema parse(String json) {
    return CompletableFuture.supplyAsync(
            () -> JsonSchemaParser.parseInternal(json),
            parsing -> new Thread(parsing, "schema-of-enum").start())
        .join();
  }
}
