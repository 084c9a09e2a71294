package io.sounding.jobs.export;

import io.sounding.jobs.watch.RecordJson;
import io.sounding.schemas.MetricEvent;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A JSON object a line, as evaluations write them; it can be read back where Kafka is not. */
final class JsonLinesTable implements EventTable {

  private final BufferedWriter lines;

  JsonLinesTable(Path file) throws IOException {
    lines = Files.newBufferedWriter(file);
  }

  @Override
  public void write(MetricEvent event) throws IOException {
    lines.write(RecordJson.of(event).toString());
    lines.write('\n');
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
