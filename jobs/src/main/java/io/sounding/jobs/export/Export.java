package io.sounding.jobs.export;

import io.sounding.jobs.watch.LatestEvents;
import io.sounding.jobs.watch.ReplacedFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/** Writes the latest events to a file, which appears once it is complete. */
public final class Export {

  /** The formats. */
  public enum Format {
    /** For spreadsheets and for reading by eye. */
    CSV,
    /** For reading back with {@code --from}, and for scripts. */
    JSONL,
    /** For data frames and databases: typed and small. */
    PARQUET;

    /** The format that a file's ending names; null: none does. */
    public static Format of(Path file) {
      String name = file.toString().toLowerCase(Locale.ROOT);
      for (Format format : values()) {
        if (name.endsWith("." + format.name().toLowerCase(Locale.ROOT))) {
          return format;
        }
      }
      return null;
    }
  }

  private Export() {}

  /**
   * Writes the file, in the order of run, step, checkpoint, corpus and layer.
   *
   * @param progress is told how many are written
   */
  public static void write(LatestEvents events, Format format, Path file, IntConsumer progress)
      throws IOException {
    AtomicInteger written = new AtomicInteger();
    try (ReplacedFile replaced = new ReplacedFile(file)) {
      try (EventTable table = open(format, replaced.partial())) {
        events.forEach(
            event -> {
              table.write(event);
              progress.accept(written.incrementAndGet());
            });
      }
      replaced.complete();
    }
  }

  private static EventTable open(Format format, Path file) throws IOException {
    return switch (format) {
      case CSV -> new CsvTable(file);
      case JSONL -> new JsonLinesTable(file);
      case PARQUET -> new ParquetTable(file);
    };
  }
}
