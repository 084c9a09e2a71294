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
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The training losses of a run, from a CSV file (RFC 4180, UTF-8, with or without a byte order
 * mark) whose header names the columns {@code step} and {@code loss}, in any case and order. Other
 * columns and blank lines are passed over, and so are rows whose loss is blank: loggers write those
 * for steps at which they logged something else. Steps may be written as 400 or 400.0; losses as
 * decimal numbers, nan, inf, infinity.
 */
public final class LossTable {
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?");
  private static final Map<String, Double> WORDS =
      Map.of(
          "nan", Double.NaN, "inf", Double.POSITIVE_INFINITY, "infinity", Double.POSITIVE_INFINITY);
  private static final ObjectReader ROWS =
      new CsvMapper()
          .enable(CsvParser.Feature.WRAP_AS_ARRAY)
          .enable(CsvParser.Feature.TRIM_SPACES)
          .enable(CsvParser.Feature.SKIP_EMPTY_LINES)
          .readerFor(String[].class);

  private final Path file;
  private final SortedMap<Long, Double> losses = new TreeMap<>();
  private int stepColumn = -1;
  private int lossColumn = -1;

  private LossTable(Path file) {
    this.file = file;
  }

  /**
   * Reads the file.
   *
   * @return the loss of each step, by ascending step; not modifiable
   * @throws UnusableInputException when the file cannot be read, is not CSV, lacks a column, or has
   *     a row whose step is not a whole number from 0 to 2^63 - 1, whose loss is not a number, or
   *     whose step was there before with another loss
   */
  public static Map<Long, Double> read(Path file) throws UnusableInputException {
    LossTable table = new LossTable(file);
    try {
      table.readRows(withoutByteOrderMark(Files.readString(file)));
    } catch (UnusableInputException e) {
      throw e;
    } catch (JsonProcessingException e) {
      throw new UnusableInputException(
          file,
          "is not CSV at line %d (%s)".formatted(line(e), e.getOriginalMessage()),
          "correct that line",
          e);
    } catch (NoSuchFileException e) {
      throw new UnusableInputException(file, "does not exist", "check the path", e);
    } catch (CharacterCodingException e) {
      throw new UnusableInputException(file, "is not text in UTF-8", "save it as UTF-8", e);
    } catch (IOException e) {
      throw new UnusableInputException(
          file, "cannot be read (" + e + ")", "check its permissions", e);
    }
    return Collections.unmodifiableSortedMap(table.losses);
  }

  private void readRows(String text) throws IOException {
    try (MappingIterator<String[]> rows = ROWS.readValues(text)) {
      while (rows.hasNextValue()) {
        List<String> cells = Arrays.asList(rows.nextValue());
        int line = rows.getParser().currentTokenLocation().getLineNr();
        if (stepColumn < 0) {
          readHeader(cells);
        } else {
          readRow(cells, line);
        }
      }
    }
    if (stepColumn < 0) {
      throw new UnusableInputException(file, "is empty", "give it the header step,loss");
    }
  }

  private void readHeader(List<String> cells) throws UnusableInputException {
    List<String> names = cells.stream().map(cell -> cell.toLowerCase(Locale.ROOT)).toList();
    stepColumn = column(names, "step");
    lossColumn = column(names, "loss");
  }

  private int column(List<String> names, String name) throws UnusableInputException {
    int column = names.indexOf(name);
    if (column < 0 || column != names.lastIndexOf(name)) {
      throw new UnusableInputException(
          file,
          "has %s %s column in its header %s"
              .formatted(column < 0 ? "no" : "more than one", name, String.join(",", names)),
          "give it the header step,loss, separated by commas");
    }
    return column;
  }

  private void readRow(List<String> cells, int line) throws UnusableInputException {
    String lossText = lossColumn < cells.size() ? cells.get(lossColumn) : "";
    if (lossText.isBlank()) {
      return;
    }
    long step = step(stepColumn < cells.size() ? cells.get(stepColumn) : "", line);
    double loss = loss(lossText, line);
    Double before = losses.put(step, loss);
    if (before != null && Double.compare(before, loss) != 0) {
      throw unusable(
          line, "gives step %d a second loss, %s after %s".formatted(step, loss, before));
    }
  }

  private long step(String text, int line) throws UnusableInputException {
    try {
      long step = NUMBER.matcher(text).matches() ? new BigDecimal(text).longValueExact() : -1;
      if (step >= 0) {
        return step;
      }
    } catch (ArithmeticException | NumberFormatException e) {
      // Fractions and numbers that are too large: the same sentence as for no number at all.
    }
    throw unusable(line, "has the step \"" + text + "\", not a whole number from 0 to 2^63 - 1");
  }

  private double loss(String text, int line) throws UnusableInputException {
    if (NUMBER.matcher(text).matches()) {
      return Double.parseDouble(text);
    }
    boolean negative = text.startsWith("-");
    boolean signed = negative || text.startsWith("+");
    Double value = WORDS.get(text.substring(signed ? 1 : 0).toLowerCase(Locale.ROOT));
    if (value == null) {
      throw unusable(line, "has the loss \"" + text + "\", not a number");
    }
    return negative ? -value : value;
  }

  private UnusableInputException unusable(int line, String finding) {
    return new UnusableInputException(file, "line " + line + " " + finding, "correct that line");
  }

  private static int line(JsonProcessingException e) {
    return e.getLocation() == null ? 1 : e.getLocation().getLineNr();
  }

  private static String withoutByteOrderMark(String text) {
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }
}
