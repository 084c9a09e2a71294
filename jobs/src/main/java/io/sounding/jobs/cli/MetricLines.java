package io.sounding.jobs.cli;

import io.sounding.jobs.publish.UnusableInputException;
import io.sounding.jobs.watch.RecordJson;
import io.sounding.jobs.watch.ReplacedFile;
import io.sounding.schemas.MetricEvent;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Metric events as JSON lines: appended to a file with the ending {@code .part} as they come, and
 * written sorted by run, step, checkpoint and layer once all are there.
 */
final class MetricLines implements AutoCloseable {

  private static final Comparator<MetricEvent> ORDER =
      Comparator.comparing(MetricEvent::getRunId)
          .thenComparingLong(MetricEvent::getStep)
          .thenComparing(MetricEvent::getCheckpointId)
          .thenComparing(MetricEvent::getLayer, Comparator.nullsFirst(Comparator.naturalOrder()));

  private final Path file;
  private final Path partial;
  private final List<MetricEvent> events = new ArrayList<>();
  private BufferedWriter writer;

  MetricLines(Path file) {
    this.file = file;
    this.partial = file.resolveSibling(file.getFileName() + ".part");
  }

  void add(MetricEvent event) throws IOException {
    events.add(event);
    try {
      if (writer == null) {
        writer = Files.newBufferedWriter(partial);
      }
      write(event, writer);
      writer.flush();
    } catch (IOException e) {
      throw unwritable(partial, e);
    }
  }

  /** Writes the file, in order, as a whole or not at all; the partial one goes. */
  void finish() throws IOException {
    events.sort(ORDER);
    try (ReplacedFile replaced = new ReplacedFile(file)) {
      try (BufferedWriter sorted = Files.newBufferedWriter(replaced.partial())) {
        for (MetricEvent event : events) {
          write(event, sorted);
        }
      }
      replaced.complete();
    } catch (IOException e) {
      throw unwritable(file, e);
    }
    Files.deleteIfExists(partial);
  }

  private static IOException unwritable(Path file, IOException failure) {
    return new IOException(
        "%s cannot be written (%s).".formatted(file, UnusableInputException.reason(failure)),
        failure);
  }

  private static void write(MetricEvent event, BufferedWriter to) throws IOException {
    to.write(RecordJson.of(event).toString());
    to.write('\n');
  }

  @Override
  public void close() throws IOException {
    if (writer != null) {
      writer.close();
    }
  }
}
