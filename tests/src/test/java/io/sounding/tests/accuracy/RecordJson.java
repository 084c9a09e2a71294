package io.sounding.tests.accuracy;

import java.lang.reflect.RecordComponent;
import java.util.StringJoiner;

/** A flat record of numbers and booleans as a JSON object; doubles keep all their digits. */
final class RecordJson {
  private RecordJson() {}

  static String of(Record numbers) {
    StringJoiner members = new StringJoiner(", ", "{", "}");
    for (RecordComponent component : numbers.getClass().getRecordComponents()) {
      try {
        members.add('"' + component.getName() + "\": " + component.getAccessor().invoke(numbers));
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("A public record cannot be read.", e);
      }
    }
    return members.toString();
  }
}
