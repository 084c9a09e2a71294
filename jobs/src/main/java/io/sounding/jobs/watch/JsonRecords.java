package io.sounding.jobs.watch;

import com.fasterxml.jackson.databind.JsonNode;
import io.sounding.schemas.SingleObjectCodec;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Set;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.specific.SpecificData;

/**
 * Avro records from the plain JSON that {@link RecordJson} writes. Fields that are missing take the
 * default of the schema, and fields that it does not know are passed over, so that files of other
 * versions can be read.
 */
public final class JsonRecords {

  static {
    SingleObjectCodec.initialise(); // Avro makes no record of a class that it was not told to trust
  }

  private static final Set<String> WORDS = Set.of("NaN", "Infinity", "-Infinity");

  private JsonRecords() {}

  /**
   * The record in a JSON object.
   *
   * @throws IllegalArgumentException naming the field, if it is not one of this kind
   */
  public static <T extends IndexedRecord> T read(JsonNode json, Class<T> kind) {
    Schema schema = SpecificData.get().getSchema(kind);
    return kind.cast(record(json, schema, schema.getName()));
  }

  private static IndexedRecord record(JsonNode json, Schema schema, String path) {
    if (!json.isObject()) {
      throw unusable(path, json, "an object");
    }
    IndexedRecord record = (IndexedRecord) SpecificData.get().newRecord(null, schema);
    for (Schema.Field field : schema.getFields()) {
      JsonNode value = json.get(field.name());
      String where = path + "." + field.name();
      record.put(
          field.pos(), value == null ? missing(field, where) : value(value, field.schema(), where));
    }
    return record;
  }

  private static Object missing(Schema.Field field, String path) {
    try {
      return SpecificData.get().getDefaultValue(field);
    } catch (AvroRuntimeException e) {
      throw new IllegalArgumentException(path + " is missing", e);
    }
  }

  private static Object value(JsonNode json, Schema schema, String path) {
    switch (schema.getType()) {
      case UNION:
        return json.isNull() && schema.isNullable() ? null : value(json, present(schema), path);
      case RECORD:
        return record(json, schema, path);
      case DOUBLE:
        return number(json, path);
      case INT:
        require(json.canConvertToInt() && json.isIntegralNumber(), path, json, "a whole number");
        return json.intValue();
      case LONG:
        return whole(json, schema, path);
      case BOOLEAN:
        require(json.isBoolean(), path, json, "true or false");
        return json.booleanValue();
      case STRING:
        require(json.isTextual(), path, json, "text");
        return json.textValue();
      case ENUM:
        require(json.isTextual(), path, json, "text");
        String symbol =
            schema.hasEnumSymbol(json.textValue()) ? json.textValue() : schema.getEnumDefault();
        return SpecificData.get().createEnum(symbol, schema);
      default:
        throw new IllegalArgumentException(path + " is of a type that is not read from JSON");
    }
  }

  /** The schema of values that are there: of a union the branch that is not null. */
  public static Schema present(Schema schema) {
    return schema.getType() != Schema.Type.UNION
        ? schema
        : schema.getTypes().stream()
            .filter(branch -> branch.getType() != Schema.Type.NULL)
            .findFirst()
            .orElseThrow();
  }

  private static double number(JsonNode json, String path) {
    if (json.isTextual() && WORDS.contains(json.textValue())) {
      return Double.parseDouble(json.textValue());
    }
    require(json.isNumber(), path, json, "a number");
    return json.doubleValue();
  }

  private static Object whole(JsonNode json, Schema schema, String path) {
    if (schema.getLogicalType() != null) {
      require(json.isTextual(), path, json, "a time in ISO 8601");
      try {
        return Instant.ofEpochMilli(
            Instant.parse(json.textValue()).toEpochMilli()); // as Avro has it
      } catch (DateTimeException e) {
        throw unusable(path, json, "a time in ISO 8601");
      } catch (ArithmeticException e) {
        throw unusable(path, json, "a time in ISO 8601 that fits into milliseconds");
      }
    }
    require(json.canConvertToLong() && json.isIntegralNumber(), path, json, "a whole number");
    return json.longValue();
  }

  private static void require(boolean met, String path, JsonNode json, String wanted) {
    if (!met) {
      throw unusable(path, json, wanted);
    }
  }

  private static IllegalArgumentException unusable(String path, JsonNode json, String wanted) {
    String found = json.isContainerNode() ? json.getNodeType().name() : json.toString();
    return new IllegalArgumentException(
        "%s is %s, not %s".formatted(path, abbreviated(found), wanted));
  }

  private static String abbreviated(String text) {
    return text.length() <= 60 ? text : text.substring(0, 60) + "...";
  }
}
