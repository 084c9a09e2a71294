package io.sounding.jobs.export;

import io.sounding.jobs.watch.JsonRecords;
import io.sounding.schemas.MetricEvent;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;

/**
 * A column of a flat table of metric events. Fields of a family are prefixed by it, with an
 * underscore, as in {@code rank_rankMe}: a name that SQL, R and pandas take without quotes.
 */
final class EventColumn {

  /** All fields of an event, in the order of its schema. */
  static final List<EventColumn> ALL = List.copyOf(columns(MetricEvent.getClassSchema(), "", -1));

  private final String name;
  private final Schema type;
  private final boolean nullable;
  private final int family;
  private final int field;

  private EventColumn(String name, Schema type, boolean nullable, int family, int field) {
    this.name = name;
    this.type = type;
    this.nullable = nullable;
    this.family = family;
    this.field = field;
  }

  private static List<EventColumn> columns(Schema schema, String prefix, int family) {
    List<EventColumn> columns = new ArrayList<>();
    for (Schema.Field field : schema.getFields()) {
      Schema present = JsonRecords.present(field.schema());
      if (present.getType() == Schema.Type.RECORD) {
        columns.addAll(columns(present, field.name() + "_", field.pos()));
      } else {
        boolean nullable = family >= 0 || field.schema().isNullable();
        columns.add(new EventColumn(prefix + field.name(), present, nullable, family, field.pos()));
      }
    }
    return columns;
  }

  String name() {
    return name;
  }

  /** The type of values that are there. */
  Schema type() {
    return type;
  }

  /** Whether some events have no value: those without the family, or where it is not known. */
  boolean isNullable() {
    return nullable;
  }

  /** The value in an event; null: none. */
  Object value(MetricEvent event) {
    IndexedRecord record = family < 0 ? event : (IndexedRecord) event.get(family);
    return record == null ? null : record.get(field);
  }
}
