package io.sounding.tests.accuracy;

import java.lang.reflect.RecordComponent;
import java.util.StringJoiner;

/** A flat record of numbers, booleans and names as a JSON object; doubles keep all their digits. */
final class RecordJson {
  private RecordJson() {}

  static String of(Record values) {
    StringJoiner members = new StringJoiner(", ", "{", "}");
    for (RecordComponent component : values.getClass().getRecordComponents()) {
      try {
        Object value = component.getAccessor().invoke(values);
        boolean bare = value == null || value instanceof Number || value instanceof Boolean;
        members.add("\"" + component.getName() + "\": " + (bare ? value : "\"" + value + "\""));
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("A public record cannot be read.", e);
      }
    }
    return members.toString();
  }
}
