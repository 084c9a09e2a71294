package io.sounding.jobs.watch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;

/**
 * Avro records as plain JSON: the field names of the schema, no wrappers around unions, times in
 * ISO 8601. Numbers that JSON does not have are the texts "NaN", "Infinity" and "-Infinity", as in
 * the JSON form of protocol buffers: a loss that is not a number is another finding than a loss
 * that nobody told. {@link JsonRecords} reads it back.
 */
public final class RecordJson {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private RecordJson() {}

  /** The record as a JSON object, fields in the order of the schema. */
  public static ObjectNode of(IndexedRecord record) {
    ObjectNode object = NODES.objectNode();
    for (Schema.Field field : record.getSchema().getFields()) {
      object.set(field.name(), value(record.get(field.pos())));
    }
    return object;
  }

  private static JsonNode value(Object value) {
    if (value == null) {
      return NODES.nullNode();
    } else if (value instanceof IndexedRecord record) {
      return of(record);
    } else if (value instanceof Double number) {
      return Double.isFinite(number) ? NODES.numberNode(number) : NODES.textNode(number.toString());
    } else if (value instanceof Integer number) {
      return NODES.numberNode(number);
    } else if (value instanceof Long number) {
      return NODES.numberNode(number);
    } else if (value instanceof Boolean truth) {
      return NODES.booleanNode(truth);
    } else if (value instanceof CharSequence || value instanceof Enum || value instanceof Instant) {
      return NODES.textNode(value.toString());
    }
    throw new IllegalArgumentException(
        "A " + value.getClass().getName() + " has no JSON form here.");
  }
}
