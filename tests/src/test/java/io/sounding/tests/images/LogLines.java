package io.sounding.tests.images;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;

/** What a process printed, as lines of JSON. */
final class LogLines {

  private static final ObjectMapper JSON = new ObjectMapper();

  private LogLines() {}

  /** Text as JSON. */
  static JsonNode parsed(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new AssertionError("This is no JSON: " + text, e);
    }
  }

  /** The lines that were logged; a process also says things before it can log. */
  static List<JsonNode> of(String printed) {
    return printed.lines().filter(line -> line.startsWith("{")).map(LogLines::parsed).toList();
  }
}
