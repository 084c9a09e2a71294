package io.sounding.jobs.publish;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The training losses of a run, from a CSV file (RFC 4180, UTF-8, with or without a byte order
 * mark) whose header names the columns {@code step} and {@code loss}, in any case and order. Other
 * columns and blank lines are passed over, and so are rows whose loss is blank: loggers write those
 * for steps at which they logged something else. Steps may be written as 400 or 400.0; losses as
 * decimal numbers, nan, inf, infinity.
 */
public final class LossTable {

  private static final List<String> COLUMNS = List.of("step", "loss");

  private LossTable() {}

  /**
   * What could be read of a file that is still being written.
   *
   * @param losses the loss of each step, by ascending step
   * @param finding what is wrong with it, a sentence; null if nothing is
   */
  record Growing(SortedMap<Long, Double> losses, String finding) {}

  /**
   * Reads the file.
   *
   * @return the loss of each step, by ascending step; not modifiable
   * @throws UnusableInputException when the file cannot be read, is not CSV, lacks a column, or has
   *     a row whose step is not a whole number from 0 to 2^63 - 1, whose loss is not a number, or
   *     whose step was there before with another loss
   */
  public static Map<Long, Double> read(Path file) throws UnusableInputException {
    SortedMap<Long, Double> losses = new TreeMap<>();
    CsvRows.read(
        file,
        CsvRows.text(file),
        COLUMNS,
        row -> {
          if (!row.text("loss").isBlank()) {
            long step = row.step("step");
            double loss = row.number("loss");
            Double before = losses.put(step, loss);
            if (before != null && Double.compare(before, loss) != 0) {
              throw row.unusable(
                  "gives step %d a second loss, %s after %s".formatted(step, loss, before));
            }
          }
        });
    return Collections.unmodifiableSortedMap(losses);
  }

  /**
   * Reads a file that may be in the middle of being written. A last line without an end is left
   * alone: writers with buffers leave half a number there for minutes. Rows that make no sense are
   * passed over, and of two losses of one step the later one counts: a run that was resumed writes
   * its steps again.
   *
   * @throws UnusableInputException when the file cannot be read
   */
  static Growing readGrowing(Path file) throws UnusableInputException {
    String text = CsvRows.text(file);
    String lines = text.substring(0, text.lastIndexOf('\n') + 1);
    SortedMap<Long, Double> losses = new TreeMap<>();
    String[] finding = new String[1];
    try {
      CsvRows.read(
          file,
          lines,
          COLUMNS,
          row -> {
            try {
              if (!row.text("loss").isBlank()) {
                losses.put(row.step("step"), row.number("loss"));
              }
            } catch (UnusableInputException e) {
              finding[0] = e.getMessage();
            }
          });
    } catch (UnusableInputException e) {
      finding[0] = e.getMessage();
    }
    return new Growing(losses, finding[0]);
  }
}
