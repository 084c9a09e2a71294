package io.sounding.jobs.publish;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A CSV file (RFC 4180, UTF-8, with or without a byte order mark) whose header names its columns,
 * in any case and order. Other columns than those asked for and blank lines are passed over.
 */
final class CsvRows {
  private static final ObjectReader ROWS =
      new CsvMapper()
          .enable(CsvParser.Feature.WRAP_AS_ARRAY)
          .enable(CsvParser.Feature.TRIM_SPACES)
          .enable(CsvParser.Feature.SKIP_EMPTY_LINES)
          .readerFor(String[].class);

  /** Takes the rows, in their order. */
  interface Reader {
    void take(Row row) throws UnusableInputException;
  }

  /**
   * A row.
   *
   * @param file the file
   * @param line the line of the file it ends on, from 1
   * @param cells the text in each column asked for; empty where the row is too short
   */
  record Row(Path file, int line, Map<String, String> cells) {

    String text(String column) {
      return cells.get(column);
    }

    /** A training step: a whole number from 0 to 2^63 - 1, such as 400 or 400.0. */
    long step(String column) throws UnusableInputException {
      String text = text(column);
      try {
        long step = WrittenNumber.isDecimal(text) ? new BigDecimal(text).longValueExact() : -1;
        if (step >= 0) {
          return step;
        }
      } catch (ArithmeticException | NumberFormatException e) {
        // Fractions and numbers that are too large: the same sentence as for no number at all.
      }
      throw unusable("has the step \"" + text + "\", not a whole number from 0 to 2^63 - 1");
    }

    /** A decimal number, nan, inf or infinity. */
    double number(String column) throws UnusableInputException {
      String text = text(column);
      Double value = WrittenNumber.of(text);
      if (value == null) {
        throw unusable("has the %s \"%s\", not a number".formatted(column, text));
      }
      return value;
    }

    /** The exception that this row is to be corrected. */
    UnusableInputException unusable(String finding) {
      return new UnusableInputException(file, "line " + line + " " + finding, "correct that line");
    }
  }

  private final Path file;
  private final List<String> columns;
  private final Map<String, Integer> positions = new HashMap<>();

  private CsvRows(Path file, List<String> columns) {
    this.file = file;
    this.columns = columns;
  }

  /** The text of the file, in UTF-8. */
  static String text(Path file) throws UnusableInputException {
    try {
      String text = Files.readString(file);
      return text.startsWith("\uFEFF") ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw new UnusableInputException(file, "is not text in UTF-8", "save it as UTF-8", e);
    } catch (IOException e) {
      throw UnusableInputException.unreadable(file, e);
    }
  }

  /**
   * Hands over every row.
   *
   * @param file for messages
   * @param text what is in it
   * @param columns the columns to read, in lower case
   * @throws UnusableInputException when it is not CSV, is empty or lacks a column, or when {@code
   *     reader} refuses a row
   */
  static void read(Path file, String text, List<String> columns, Reader reader)
      throws UnusableInputException {
    CsvRows table = new CsvRows(file, columns);
    try (MappingIterator<String[]> rows = ROWS.readValues(text)) {
      while (rows.hasNextValue()) {
        List<String> cells = Arrays.asList(rows.nextValue());
        int line = rows.getParser().currentTokenLocation().getLineNr();
        if (table.positions.isEmpty()) {
          table.readHeader(cells);
        } else {
          reader.take(table.row(cells, line));
        }
      }
    } catch (UnusableInputException e) {
      throw e;
    } catch (JsonProcessingException e) {
      throw new UnusableInputException(
          file,
          "is not CSV at line %d (%s)".formatted(line(e), e.getOriginalMessage()),
          "correct that line",
          e);
    } catch (IOException e) {
      throw new UnusableInputException(file, "cannot be read (" + e + ")", "check the disk", e);
    }
    if (table.positions.isEmpty()) {
      throw new UnusableInputException(file, "is empty", "give it the header " + table.header());
    }
  }

  private void readHeader(List<String> cells) throws UnusableInputException {
    List<String> names = cells.stream().map(cell -> cell.toLowerCase(Locale.ROOT)).toList();
    for (String column : columns) {
      int position = names.indexOf(column);
      if (position < 0 || position != names.lastIndexOf(column)) {
        throw new UnusableInputException(
            file,
            "has %s %s column in its header %s"
                .formatted(position < 0 ? "no" : "more than one", column, String.join(",", names)),
            "give it the header " + header() + ", separated by commas");
      }
      positions.put(column, position);
    }
  }

  private Row row(List<String> cells, int line) {
    Map<String, String> texts = new HashMap<>();
    positions.forEach((column, at) -> texts.put(column, at < cells.size() ? cells.get(at) : ""));
    return new Row(file, line, texts);
  }

  private String header() {
    return String.join(",", columns);
  }

  private static int line(JsonProcessingException e) {
    return e.getLocation() == null ? 1 : e.getLocation().getLineNr();
  }
}
